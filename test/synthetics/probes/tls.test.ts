import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { tls } from '../../../index.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createCertificateAuthority, type IssuedCertificate } from '../certificate-authority.ts';
import { lineServer, onLine } from '../line-server.ts';
import { runProbe } from '../run-probe.ts';

const authority = createCertificateAuthority();
const stranger = createCertificateAuthority('Somebody else');
afterAll(() => {
  authority.remove();
  stranger.remove();
});
const good = authority.issue(['DNS:shop.example', 'DNS:www.shop.example'], 20);
const trust = { ca: authority.file, serverName: 'shop.example' };
const quiet = (): void => {};

probeContract('tls', {
  healthy: async () => tls({ address: (await lineServer(quiet, good)).address, tls: trust }),
  silent: async () => tls({ address: (await lineServer(quiet)).address, tls: trust }),
  absent: (port) => tls({ address: `127.0.0.1:${port}` }),
});

describe('a handshake as it should be', () => {
  it('tells chain, names, days, version, cipher and the protocol agreed on', async () => {
    const { address } = await lineServer(quiet, { ...good, ALPNProtocols: ['h2'] });
    const run = await runProbe(
      tls({
        address,
        tls: trust,
        protocols: ['h2', 'http/1.1'],
        expect: (answer) => [
          answer.certificateDaysLeft.atLeast(18),
          answer.certificateDaysLeft.atMost(20),
          answer.certificateLifeLeft.greaterThan(0.99),
          answer.certificateNames.contains('www.shop.example'),
          answer.certificateIssuer.equals('Test authority'),
          answer.certificateTrusted.equals(true),
          answer.tlsVersion.oneOf('TLSv1.2', 'TLSv1.3'),
          answer.tlsCipher.matches('^TLS_'),
          answer.protocol.equals('h2'),
          answer.chainLength.equals(2),
          answer.stapleStatus.absent(),
          answer.phase('tls').atMost('20s'),
        ],
      }),
    );
    expect(run.assertions.filter(({ held }) => !held)).toEqual([]);
    expect(run.verdict).toBe('passed');
    expect(Object.keys(run.phases)).toEqual(['connect', 'tls']);
  });

  it('is degraded when less than a tenth of the certificate’s life is left, unless something is said of that', async () => {
    const old = issuedBetween('20260101000000Z', daysFromNow(9));
    const { address } = await lineServer(quiet, old);
    const run = await runProbe(tls({ address, tls: trust }));
    expect(run).toMatchObject({ verdict: 'degraded', reason: { code: 'expectation' } });
    expect(run.reason?.message).toMatch(
      /expected certificate life left is at least 0\.1, got 0\.0/,
    );
    const told = tls({ address, tls: trust, expect: (a) => a.certificateDaysLeft.atLeast(7) });
    expect((await runProbe(told)).verdict).toBe('passed');
  });

  it('looks at a certificate that is not accepted, when it need not be', async () => {
    const { address } = await lineServer(quiet, stranger.issue(['DNS:shop.example']));
    const run = await runProbe(
      tls({
        address,
        tls: { ...trust, verify: false },
        expect: (answer) => answer.certificateTrusted.equals(true),
      }),
    );
    expect(run).toMatchObject({ verdict: 'failed', reason: { code: 'expectation' } });
    expect(run.assertions[1]?.excerpt ?? run.assertions[0]?.excerpt).toMatch(/UNABLE_TO/);
  });

  it('asks mail servers and databases for TLS first', async () => {
    const postgres = await lineServer((socket) => {
      socket.once('data', (data: Buffer) => {
        expect(data.toString('hex')).toBe('0000000804d2162f');
        socket.write('S');
        upgrade(socket);
      });
    });
    expect(
      await runProbe(tls({ address: postgres.address, startTls: 'postgres', tls: trust })),
    ).toMatchObject({ verdict: 'passed', certificate: { subject: 'shop.example' } });
    const imap = await lineServer((socket) => {
      socket.write('* OK ready\r\n');
      onLine(socket, () => {
        socket.removeAllListeners('data');
        socket.write('* CAPABILITY x\r\na1 OK go\r\n');
        upgrade(socket);
      });
    });
    expect(
      await runProbe(tls({ address: imap.address, startTls: 'imap', tls: trust })),
    ).toMatchObject({ verdict: 'passed' });
  });
});

describe('what goes wrong', () => {
  it.each<[string, () => IssuedCertificate, string, RegExp]>([
    [
      'another name',
      () => authority.issue(['DNS:other.example']),
      'certificate',
      /made for other names/,
    ],
    [
      'an issuer whom nobody knows',
      () => stranger.issue(['DNS:shop.example']),
      'certificate',
      /issued by nobody who is trusted/,
    ],
    [
      'a certificate that is over',
      () => issuedBetween('20250101000000Z', '20250201000000Z'),
      'certificate',
      /has expired/,
    ],
    [
      'a certificate that is not valid yet',
      () => issuedBetween(daysFromNow(2), daysFromNow(9)),
      'certificate',
      /is not valid yet/,
    ],
  ])('is told of %s', async (_name, issue, code, says) => {
    const { address } = await lineServer(quiet, issue());
    const run = await runProbe(tls({ address, tls: trust }));
    expect(run).toMatchObject({ verdict: 'failed', reason: { code } });
    expect(run.reason?.message).toMatch(says);
    expect(run.certificate?.distrust).toBeDefined();
  });

  it('is told of something that speaks no TLS, and of a server that hangs up', async () => {
    const ssh = await lineServer((socket) => void socket.write('SSH-2.0-OpenSSH_10.0\r\n'));
    expect((await runProbe(tls({ address: ssh.address, tls: trust }))).reason).toMatchObject({
      code: 'tls',
      phase: 'tls',
      message: /does not speak TLS/ as never,
    });
    const rude = await lineServer((socket) => void socket.once('data', () => socket.end()));
    expect((await runProbe(tls({ address: rude.address, tls: trust }))).reason).toMatchObject({
      code: 'tls',
      phase: 'tls',
    });
  });
});

function upgrade(socket: Socket): void {
  new TLSSocket(socket, { isServer: true, ...good }).on('error', () => {});
}

/** `20261201000000Z`. */
function daysFromNow(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
}

/** A certificate of shop.example between two times. */
function issuedBetween(from: string, to: string): IssuedCertificate {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { stdio: 'ignore', cwd: authority.folder });
  writeFileSync(path.join(authority.folder, 'between.cnf'), BETWEEN);
  writeFileSync(path.join(authority.folder, 'index.txt'), '');
  writeFileSync(path.join(authority.folder, 'between.key'), good.key);
  openssl('req', '-new', '-key', 'between.key', '-subj', '/CN=shop.example', '-out', 'between.csr');
  openssl(
    'ca',
    '-batch',
    '-config',
    'between.cnf',
    '-startdate',
    from,
    '-enddate',
    to,
    '-in',
    'between.csr',
    '-out',
    'between.pem',
    '-notext',
  );
  return { cert: readFileSync(path.join(authority.folder, 'between.pem'), 'utf8'), key: good.key };
}

const BETWEEN = `[ca]
default_ca = own
[own]
new_certs_dir = .
database = index.txt
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
rand_serial = yes
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:shop.example
`;
