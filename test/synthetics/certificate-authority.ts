/** A certificate authority of the tests' own, and certificates that it issues. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateAuthority {
  readonly folder: string;
  /** PEM file of the authority's own certificate. */
  readonly file: string;
  /** A certificate for these names, `DNS:shop.example` or `IP:127.0.0.1`, for so many days. */
  issue(names: readonly string[], days?: number): IssuedCertificate;
  /** The same, issued by an authority in between, whose own certificate is `chain`. */
  issueInBetween(names: readonly string[]): IssuedCertificate & { readonly chain: string };
  /** What the authority says of one of its certificates, for two days: an OCSP response (DER). */
  statusOf(certificate: IssuedCertificate, status: 'good' | 'revoked'): Buffer;
  remove(): void;
}

export function createCertificateAuthority(name = 'Test authority'): CertificateAuthority {
  const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-ca-'));
  const at = (file: string): string => path.join(folder, file);
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { stdio: 'ignore', cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  let issued = 0;
  /** Signed by the issuer's `.pem` and `.key`; the name of its own files. */
  function sign(issuer: string, subject: string, extensions: string, days: number): string {
    issued += 1;
    const file = String(issued);
    const [request, own] = [`${file}.csr`, `${file}.key`];
    openssl('req', ...key, '-subj', `/CN=${subject}`, '-keyout', own, '-out', request);
    writeFileSync(at('extensions.txt'), extensions);
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      `${issuer}.pem`,
      '-CAkey',
      `${issuer}.key`,
      '-CAcreateserial',
      '-days',
      String(days),
      '-extfile',
      'extensions.txt',
      '-out',
      `${file}.pem`,
    );
    return file;
  }
  const text = (file: string): string => readFileSync(at(file), 'utf8');
  const leaf = (issuer: string, names: readonly string[], days: number): IssuedCertificate => {
    const first = names[0]?.replace(/^\w+:/, '') ?? '';
    const file = sign(issuer, first, `subjectAltName=${names.join(',')}\n`, days);
    return { cert: text(`${file}.pem`), key: text(`${file}.key`) };
  };
  return {
    folder,
    file: at('ca.pem'),
    issue: (names, days = 20) => leaf('ca', names, days),
    issueInBetween(names) {
      const middle = sign('ca', `${name} in between`, 'basicConstraints=critical,CA:TRUE\n', 25);
      return { ...leaf(middle, names, 20), chain: text(`${middle}.pem`) };
    },
    statusOf({ cert }, status) {
      const { serialNumber } = new X509Certificate(cert);
      const [state, when] = status === 'good' ? ['V', ''] : ['R', '260101000000Z'];
      writeFileSync(
        at('status.txt'),
        `${state}\t301231235959Z\t${when}\t${serialNumber}\tunknown\t/CN=any\n`,
      );
      writeFileSync(at('asked.pem'), cert);
      const asked = ['-issuer', 'ca.pem', '-cert', 'asked.pem', '-reqout', 'asked.der'];
      openssl('ocsp', ...asked);
      const signing = ['-CA', 'ca.pem', '-rsigner', 'ca.pem', '-rkey', 'ca.key', '-ndays', '2'];
      const files = ['-index', 'status.txt', '-reqin', 'asked.der', '-respout', 'status.der'];
      openssl('ocsp', ...files, ...signing);
      return readFileSync(at('status.der'));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
