// TLS as probes use it: contexts made once for each set of certificates, and what a handshake showed.
import {
  createSecureContext,
  type DetailedPeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { TlsSettings } from '../../slo/connection.ts';
import type { CertificateFacts } from '../certificate.ts';
import type { Attempt } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { judgeStaple } from './ocsp-staple.ts';

export interface TlsContexts {
  /** The context of settings; files and secrets are read each time, so that rotated ones are seen. @throws ProbeFailure `setup` */
  contextOf(settings: TlsSettings | undefined, attempt: Attempt): SecureContext;
}

const MOST_CONTEXTS = 200;

/** Making a context costs as much as several handshakes, so each is kept. */
export function createTlsContexts(): TlsContexts {
  const contexts = new Map<string, SecureContext>();
  return {
    contextOf(settings, attempt) {
      const ca = text(settings?.ca, attempt);
      const cert = text(settings?.certificate, attempt);
      const key = settings?.key === undefined ? '' : attempt.secret(settings.key);
      const name = [ca, cert, key].join('\0');
      const known = contexts.get(name);
      if (known !== undefined) return known;
      const made = makeContext(ca, cert, key);
      if (contexts.size >= MOST_CONTEXTS) contexts.clear();
      contexts.set(name, made);
      return made;
    },
  };
}

function text(path: string | undefined, attempt: Attempt): string {
  return path === undefined ? '' : new TextDecoder().decode(attempt.file(path));
}

function makeContext(ca: string, cert: string, key: string): SecureContext {
  try {
    return createSecureContext({
      ...(ca === '' ? {} : { ca }),
      ...(cert === '' ? {} : { cert }),
      ...(key === '' ? {} : { key }),
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProbeFailure('setup', `the certificates or the key cannot be used: ${reason}`, cause);
  }
}

/** What a handshake showed, with the OCSP response that came with it; undefined when the server showed no certificate. */
export function certificateFacts(
  socket: TLSSocket,
  response?: Buffer,
): CertificateFacts | undefined {
  const leaf = socket.getPeerCertificate(true);
  // Without a certificate the object is empty, whatever its type says.
  if ((leaf.raw as Buffer | undefined) === undefined) return undefined;
  const { authorizationError } = socket;
  const distrust = socket.authorized ? undefined : String(authorizationError);
  const issuer = leaf.issuerCertificate as DetailedPeerCertificate | undefined;
  const staple = response && judgeStaple(response, leaf.raw, issuer?.raw);
  return {
    tlsVersion: socket.getProtocol() ?? '',
    cipher: socket.getCipher().name,
    subject: commonName(leaf.subject),
    issuer: commonName(leaf.issuer),
    names: alternativeNames(leaf.subjectaltname),
    notBefore: epochSeconds(leaf.valid_from),
    notAfter: epochSeconds(leaf.valid_to),
    chainNotAfter: chainEnd(leaf),
    fingerprint: leaf.fingerprint256,
    serial: leaf.serialNumber,
    ...(distrust === undefined ? {} : { distrust }),
    ...(staple === undefined ? {} : { staple }),
  };
}

function commonName(name: DetailedPeerCertificate['subject'] | undefined): string {
  const common: unknown = name?.CN;
  return Array.isArray(common) ? common.join(', ') : typeof common === 'string' ? common : '';
}

function alternativeNames(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(', ')
    .map((each) => each.replace(/^(DNS|IP Address):/, ''))
    .filter((each) => each !== '')
    .slice(0, 200);
}

const LONGEST_CHAIN = 10;

/** The end of the certificate that ends first. A root that is trusted by itself does not count: nobody looks at its end. */
function chainEnd(leaf: DetailedPeerCertificate): number {
  let end = epochSeconds(leaf.valid_to);
  let issued = leaf;
  for (let depth = 1; depth < LONGEST_CHAIN; depth += 1) {
    const issuer = issued.issuerCertificate as DetailedPeerCertificate | undefined;
    if (issuer === undefined || issuer.fingerprint256 === issued.fingerprint256) break;
    const selfSigned =
      (issuer.issuerCertificate as DetailedPeerCertificate | undefined)?.fingerprint256 ===
      issuer.fingerprint256;
    if (!selfSigned) end = Math.min(end, epochSeconds(issuer.valid_to));
    issued = issuer;
  }
  return end;
}

function epochSeconds(text: string): number {
  return Math.floor(Date.parse(text) / 1000);
}
