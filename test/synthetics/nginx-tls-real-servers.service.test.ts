import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromEnvironment, http, type ProbeDefinition, tcp, tls } from '../../index.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { type RealNginx, startRealNginx } from './real-nginx.ts';
import { failureOf, runProbe } from './run-probe.ts';

type HttpInput = Parameters<typeof http>[0];

const authority = createCertificateAuthority();
const stranger = createCertificateAuthority('self.example');
const client = authority.issue(['DNS:probe.example']);
afterAll(() => {
  authority.remove();
  stranger.remove();
});

describeWithService(['nginx'], 'TLS of a real nginx', () => {
  let nginx: RealNginx;
  beforeAll(async () => {
    nginx = await startRealNginx(authority, stranger);
  });
  const to = (port: number, host: string, more: Partial<HttpInput> = {}): ProbeDefinition =>
    http({
      url: `https://${host}/ok`,
      connectTo: `127.0.0.1:${port}`,
      tls: { ca: authority.file },
      ...more,
    });

  it.each([
    ['expired.example', 'has expired'],
    ['wrong.example', 'is made for other names'],
    ['self.example', 'is signed by itself'],
    ['stranger.example', 'is issued by nobody who is trusted, or comes without its issuers'],
    ['lonely.example', 'is issued by nobody who is trusted, or comes without its issuers'],
  ])('of %s fails the handshake, because it %s', async (host, why) => {
    const message = `the certificate of ${host} ${why}`;
    const trust = { ca: authority.file, serverName: host };
    for (const probe of [
      to(nginx.secure, host),
      to(nginx.secure, host, { version: '2' }),
      tls({ address: `127.0.0.1:${nginx.secure}`, tls: trust }),
    ])
      expect(await failureOf(probe)).toMatchObject({
        verdict: 'failed',
        code: 'certificate',
        phase: 'tls',
        message,
        phases: ['connect', 'tls'],
      });
    const lenient = to(nginx.secure, host, { tls: { ca: authority.file, verify: false } });
    expect((await runProbe(lenient)).verdict).toBe('passed');
  });

  it('is accepted with an authority in between when the server shows it', async () => {
    const run = await runProbe(
      tls({
        address: `127.0.0.1:${nginx.secure}`,
        tls: { ca: authority.file, serverName: 'between.example' },
        protocols: ['h2', 'http/1.1'],
        expect: (answer) => [
          answer.chainLength.equals(3),
          answer.protocol.equals('h2'),
          answer.certificateIssuer.equals('Test authority in between'),
        ],
      }),
    );
    expect(run.reason).toBeUndefined();
    expect(run.verdict).toBe('passed');
  });

  it('hands on what the issuer says of a certificate, which may be that it is revoked', async () => {
    const told = (host: string, status: string): ProbeDefinition =>
      tls({
        address: `127.0.0.1:${nginx.secure}`,
        tls: { ca: authority.file, serverName: host },
        expect: (answer) => answer.stapleStatus.equals(status),
      });
    expect((await runProbe(told('stapled.example', 'good'))).reason).toBeUndefined();
    expect((await runProbe(told('revoked.example', 'revoked'))).reason).toBeUndefined();
    expect(await failureOf(told('revoked.example', 'good'))).toMatchObject({
      code: 'expectation',
      message: "expected staple status is 'good', got 'revoked'",
    });
    expect(await failureOf(told('shop.example', 'good'))).toMatchObject({
      code: 'expectation',
      message: "expected staple status is 'good', got nothing",
    });
  });

  it('of an old version is seen, and may be what is not wanted', async () => {
    const probe = to(nginx.old, 'shop.example', {
      expect: (answer) => [answer.status.equals(200), answer.tlsVersion.equals('TLSv1.3')],
    });
    expect(await failureOf(probe)).toMatchObject({
      code: 'expectation',
      message: "expected tls version is 'TLSv1.3', got 'TLSv1.2'",
    });
  });

  it('knows who calls by a certificate of the probe’s own', async () => {
    const known = to(nginx.secure, 'client.example', {
      tls: {
        ca: authority.file,
        certificate: 'client.pem',
        key: fromEnvironment('CLIENT_KEY'),
      },
    });
    const folder = temporaryFolder('probe');
    writeFileSync(path.join(folder, 'client.pem'), client.cert);
    const options = { folder, environment: { CLIENT_KEY: client.key } };
    const run = await runProbe(known, {}, options);
    expect(run.reason).toBeUndefined();
    expect(JSON.stringify(run)).not.toContain('PRIVATE KEY');
    expect(await failureOf(to(nginx.secure, 'client.example'))).toMatchObject({
      code: 'expectation',
      message: 'expected status is 200 to 299, got 400',
    });
    // Without its key nothing can be said about the server.
    expect(await failureOf(known, '10s', { folder })).toMatchObject({
      verdict: 'error',
      code: 'setup',
    });
  });

  it.each(['smtp', 'imap', 'pop3'] as const)('begins when %s is asked for it', async (startTls) => {
    const trust = { ca: authority.file, serverName: 'shop.example' };
    const address = `127.0.0.1:${nginx[startTls]}`;
    const run = await runProbe(tls({ address, startTls, tls: trust }));
    expect(run.reason).toBeUndefined();
    expect(run.certificate?.names).toContain('shop.example');
    expect(Object.keys(run.phases)).toEqual(['connect', 'tls']);
    const wrong = { ...trust, serverName: 'other.example' };
    expect(await failureOf(tls({ address, startTls, tls: wrong }))).toMatchObject({
      code: 'certificate',
      phase: 'tls',
      message: 'the certificate of other.example is made for other names',
    });
  });

  it('carries a conversation after STARTTLS, and is missed where nobody offers it', async () => {
    const talk = [
      { send: 'EHLO probe.example\r\n', expect: '250[ -]AUTH' },
      { send: 'QUIT\r\n', expect: '^(?s:.*)221' },
    ];
    const trust = { ca: authority.file, serverName: 'shop.example' };
    const address = `127.0.0.1:${nginx.smtp}`;
    const run = await runProbe(tcp({ address, startTls: 'smtp', tls: trust, talk }));
    expect(run.reason).toBeUndefined();
    expect(Object.keys(run.phases)).toEqual(['connect', 'tls', 'firstByte', 'transfer']);
    const bare = tcp({ address: `127.0.0.1:${nginx.bare}`, startTls: 'smtp', tls: trust });
    expect(await failureOf(bare)).toMatchObject({
      code: 'protocol',
      phase: 'tls',
      message: 'the server does not offer STARTTLS',
    });
  });
});
