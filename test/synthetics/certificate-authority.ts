/** A certificate authority of the tests' own, and certificates that it issues. */
import { execFileSync } from 'node:child_process';
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
  return {
    folder,
    file: at('ca.pem'),
    issue(names, days = 20) {
      issued += 1;
      const [request, certificate, own] = [`${issued}.csr`, `${issued}.pem`, `${issued}.key`];
      const first = names[0]?.replace(/^\w+:/, '') ?? '';
      openssl('req', ...key, '-subj', `/CN=${first}`, '-keyout', own, '-out', request);
      writeFileSync(at('names.txt'), `subjectAltName=${names.join(',')}\n`);
      openssl(
        'x509',
        '-req',
        '-in',
        request,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        String(days),
        '-extfile',
        'names.txt',
        '-out',
        certificate,
      );
      return { cert: readFileSync(at(certificate), 'utf8'), key: readFileSync(at(own), 'utf8') };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
