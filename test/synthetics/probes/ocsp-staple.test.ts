// What the issuer says of a certificate, as servers hand it on: believed only when it is proved, of this certificate, and in time.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { tls } from '../../../index.ts';
import type { CertificateStaple } from '../../../synthetics/certificate.ts';
import { judgeStaple } from '../../../synthetics/probes/ocsp-staple.ts';
import { createCertificateAuthority, type IssuedCertificate } from '../certificate-authority.ts';
import { runProbe } from '../run-probe.ts';

const authority = createCertificateAuthority();
const stranger = createCertificateAuthority('Somebody else');
afterAll(() => {
  authority.remove();
  stranger.remove();
});
const shop = authority.issue(['DNS:shop.example']);
const other = authority.issue(['DNS:other.example']);

const EC = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

/** A certificate for whoever answers for the authority, if `purpose` is `OCSPSigning`. */
function responderOf(
  issuer: typeof authority,
  purpose: string,
  { days = '20', key = EC }: { readonly days?: string; readonly key?: readonly string[] } = {},
): IssuedCertificate {
  const at = (file: string): string => path.join(issuer.folder, file);
  const openssl = opensslIn(issuer.folder);
  openssl(
    'req',
    '-nodes',
    '-newkey',
    ...key,
    '-subj',
    '/CN=Responder',
    '-keyout',
    'r.key',
    '-out',
    'r.csr',
  );
  writeFileSync(at('r.txt'), `extendedKeyUsage=${purpose}\n`);
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days];
  openssl('x509', '-req', '-in', 'r.csr', ...signing, '-extfile', 'r.txt', '-out', 'r.pem');
  return { cert: readFileSync(at('r.pem'), 'utf8'), key: readFileSync(at('r.key'), 'utf8') };
}

function opensslIn(folder: string) {
  return (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { stdio: 'ignore', cwd: folder });
}

interface ResponseOptions {
  /** V is valid, R revoked; absent: nobody knows it. */
  readonly state?: 'V' | 'R';
  /** Who signs. @default the authority itself */
  readonly signer?: IssuedCertificate;
  readonly more?: readonly string[];
}

/** What is said of a certificate of the authority. */
function responseFor({ cert }: IssuedCertificate, options: ResponseOptions = {}): Buffer {
  const { state, signer, more = [] } = options;
  const at = (file: string): string => path.join(authority.folder, file);
  const openssl = opensslIn(authority.folder);
  const { serialNumber } = new X509Certificate(cert);
  const known = `${state}\t301231235959Z\t${state === 'R' ? '260101000000Z' : ''}\t${serialNumber}\tunknown\t/CN=shop.example\n`;
  writeFileSync(at('status.txt'), state === undefined ? '' : known);
  writeFileSync(at('asked.pem'), cert);
  writeFileSync(at('signer.pem'), signer?.cert ?? readFileSync(at('ca.pem')));
  writeFileSync(at('signer.key'), signer?.key ?? readFileSync(at('ca.key')));
  openssl('ocsp', '-issuer', 'ca.pem', '-cert', 'asked.pem', '-reqout', 'request.der');
  const signing = ['-rsigner', 'signer.pem', '-rkey', 'signer.key', '-CA', 'ca.pem'];
  const files = ['-index', 'status.txt', '-reqin', 'request.der', '-respout', 'response.der'];
  openssl('ocsp', ...files, ...signing, '-ndays', '2', ...more);
  return readFileSync(at('response.der'));
}

const der = ({ cert }: Pick<IssuedCertificate, 'cert'>): Buffer => new X509Certificate(cert).raw;
const issuer = der({ cert: readFileSync(authority.file, 'utf8') });
const judged = (response: Buffer, of = issuer): CertificateStaple =>
  judgeStaple(response, der(shop), of);
const invalid = (problem: string): CertificateStaple => ({ status: 'invalid', problem });

describe('a stapled response', () => {
  it('is what the issuer itself signed: good, revoked, or unknown to it', () => {
    const now = Date.now() / 1000;
    for (const [state, status] of [
      ['V', 'good'],
      ['R', 'revoked'],
      [undefined, 'unknown'],
    ] as const) {
      const staple = judged(responseFor(shop, state === undefined ? {} : { state }));
      expect(staple.status).toBe(status);
      if (staple.status === 'invalid') throw new Error(staple.problem);
      expect(Math.abs(staple.thisUpdate - now)).toBeLessThan(60);
      expect(Math.abs((staple.nextUpdate ?? 0) - now - 2 * 86_400)).toBeLessThan(60);
    }
  });

  it('may be signed by whom the issuer lets answer, no longer than that one is valid', () => {
    const signer = responderOf(authority, 'OCSPSigning', { days: '1' });
    const staple = judged(responseFor(shop, { state: 'V', signer }));
    const end = Math.floor(Date.parse(new X509Certificate(signer.cert).validTo) / 1000);
    expect(staple).toMatchObject({ status: 'good', nextUpdate: end });
  });

  it.each([
    ['RSA', ['rsa:2048'], 'sha256'],
    ['RSA with SHA-512', ['rsa:2048'], 'sha512'],
    ['P-384', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], 'sha384'],
  ])('may be signed with %s', (_name, key, hash) => {
    const signer = responderOf(authority, 'OCSPSigning', { key });
    const staple = judged(responseFor(shop, { state: 'V', signer, more: ['-rmd', hash] }));
    expect(staple.status).toBe('good');
  });

  it.each<[string, () => Buffer, string]>([
    [
      'somebody whom the issuer made for something else',
      () => responseFor(shop, { state: 'V', signer: responderOf(authority, 'serverAuth') }),
      'who signed it may not sign such responses',
    ],
    [
      'whom another authority lets answer',
      () => responseFor(shop, { state: 'V', signer: responderOf(stranger, 'OCSPSigning') }),
      'who signed it is not of the same issuer',
    ],
    [
      'somebody who does not show a certificate',
      () =>
        responseFor(shop, {
          state: 'V',
          signer: responderOf(authority, 'OCSPSigning'),
          more: ['-resp_no_certs'],
        }),
      'the issuer did not sign it',
    ],
    [
      'with a hash that is not trusted any more',
      () => responseFor(shop, { state: 'V', more: ['-rmd', 'sha1'] }),
      'the issuer did not sign it',
    ],
  ])('proves nothing when it was signed by %s', (_name, make, problem) => {
    expect(judged(make())).toEqual(invalid(problem));
  });

  it('proves nothing about another certificate, or one of another issuer', () => {
    const about = invalid('it is about another certificate');
    expect(judged(responseFor(other, { state: 'V' }))).toEqual(about);
    const elsewhere = der({ cert: readFileSync(stranger.file, 'utf8') });
    expect(judged(responseFor(shop, { state: 'V' }), elsewhere)).toEqual(about);
    expect(judgeStaple(responseFor(shop, { state: 'V' }), der(shop), undefined)).toEqual(
      invalid('the issuer of the certificate is not known here'),
    );
  });

  it('proves nothing when the responder has no answer', () => {
    // OCSPResponse with responseStatus tryLater and nothing else.
    expect(judged(Buffer.from('30030a0103', 'hex'))).toEqual(
      invalid('the responder says tryLater'),
    );
  });

  it('proves nothing when one byte of it is another, or it is cut, and never more than it did', () => {
    const whole = responseFor(shop, {
      state: 'R',
      signer: responderOf(authority, 'OCSPSigning'),
    });
    expect(judged(whole).status).toBe('revoked');
    for (let length = 0; length < whole.length; length += 7)
      expect(judged(whole.subarray(0, length)).status).toBe('invalid');
    for (let at = 0; at < whole.length; at += 1) {
      const wrong = Buffer.from(whole);
      wrong[at] = (wrong[at] ?? 0) ^ 0x01;
      expect(['invalid', 'revoked']).toContain(judged(wrong).status);
    }
  });
});

describe('the probe', () => {
  async function run(response: Buffer | null) {
    const server = createServer(shop, (socket) => void socket.on('error', () => {}));
    server.on('OCSPRequest', (_certificate, _issuer, done) => done(null, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = `127.0.0.1:${(server.address() as { port: number }).port}`;
    const trust = { ca: authority.file, serverName: 'shop.example' };
    return runProbe(
      tls({ address, tls: trust, expect: (answer) => answer.stapleStatus.equals('good') }),
    );
  }

  it('passes with what is good, also without the issuer in the chain that the server sends', async () => {
    const done = await run(responseFor(shop, { state: 'V' }));
    expect(done.certificate?.staple?.status).toBe('good');
    expect(done.verdict).toBe('passed');
  });

  it.each<[string, () => Buffer | null, string, RegExp]>([
    ['revoked', () => responseFor(shop, { state: 'R' }), 'revoked', /^said at .*, until /],
    ['unknown', () => responseFor(shop), 'unknown', /^said at /],
    [
      'of another',
      () => responseFor(other, { state: 'V' }),
      'invalid',
      /^it is about another certificate$/,
    ],
    ['nothing at all', () => null, 'nothing', /^undefined$/],
  ])('fails with what is %s, and says why', async (_name, make, got, says) => {
    const { verdict, assertions } = await run(make());
    expect(verdict).toBe('failed');
    const wrong = assertions.find(({ held }) => !held);
    expect(wrong?.got.replaceAll("'", '')).toBe(got);
    expect(String(wrong?.excerpt)).toMatch(says);
  });
});
