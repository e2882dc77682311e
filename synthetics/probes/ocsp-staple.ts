// Judges what a server handed on from the issuer of its certificate (OCSP stapling, RFC 6960 section 3.2): about whom it is, and who signed it.
import { createHash, verify, X509Certificate } from 'node:crypto';
import type { CertificateStaple } from '../certificate.ts';
import { DER, derBits, derElements } from './der.ts';
import { type OcspAnswer, type OcspResponse, readOcspResponse } from './ocsp-response.ts';

/**
 * What the response says of the certificate `leaf`, both in DER; `invalid` with the problem unless the issuer, or whom the issuer
 * lets answer, said it of this very certificate. Without the issuer's certificate nothing can be told.
 */
export function judgeStaple(
  response: Buffer,
  leaf: Buffer,
  issuer: Buffer | undefined,
): CertificateStaple {
  if (issuer === undefined) return invalid('the issuer of the certificate is not known here');
  const read = readOcspResponse(response);
  if (typeof read === 'string') return invalid(read);
  try {
    return judge(read, new X509Certificate(leaf), new X509Certificate(issuer));
  } catch {
    // Node says no more of bytes that are no certificate, key or signature.
    return invalid('its signature cannot be checked');
  }
}

function judge(
  response: OcspResponse,
  leaf: X509Certificate,
  issuer: X509Certificate,
): CertificateStaple {
  const answer = response.answers.find((each) => isAbout(each, leaf, issuer));
  if (answer === undefined) return invalid('it is about another certificate');
  const { status, thisUpdate, nextUpdate } = answer;
  const said = { status, thisUpdate };
  if (isSignedBy(response, issuer))
    return nextUpdate === undefined ? said : { ...said, nextUpdate };
  const responder = response.certificates
    .map((der) => new X509Certificate(der))
    .find((each) => isSignedBy(response, each));
  if (responder === undefined) return invalid('the issuer did not sign it');
  const problem = delegationProblem(responder, issuer, thisUpdate);
  if (problem !== undefined) return invalid(problem);
  // What a responder says holds no longer than its own certificate.
  const until = Math.min(nextUpdate ?? Infinity, epochSeconds(responder.validTo));
  return { ...said, nextUpdate: until };
}

function invalid(problem: string): CertificateStaple {
  return { status: 'invalid', problem };
}

/** Object identifiers of hashes that name issuers. */
const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

function isAbout(answer: OcspAnswer, leaf: X509Certificate, issuer: X509Certificate): boolean {
  const hash = HASHES[answer.hash];
  const { subject, key } = partsOf(issuer);
  if (hash === undefined || subject === undefined || key === undefined) return false;
  const isHash = (of: Buffer, bytes: Buffer): boolean =>
    createHash(hash).update(of).digest().equals(bytes);
  return (
    sameNumber(answer.serial, leaf.serialNumber) &&
    isHash(subject, answer.issuerName) &&
    isHash(key, answer.issuerKey)
  );
}

/** The subject as it stands in a certificate, and the bits of its key: what a certificate is named by. */
function partsOf({ raw }: X509Certificate): {
  readonly subject: Buffer | undefined;
  readonly key: Buffer | undefined;
} {
  const fields = derElements(derElements(derElements(raw)[0]?.content)[0]?.content);
  // A version may stand in front: serial, algorithm, issuer, validity, subject, key.
  const own = fields[0]?.tag === DER.context(0) ? fields.slice(1) : fields;
  return { subject: own[4]?.whole, key: derBits(derElements(own[5]?.content)[1]) };
}

function sameNumber(one: string, other: string): boolean {
  const bare = (hex: string): string => hex.toLowerCase().replace(/^0+/, '');
  return bare(one) === bare(other);
}

/** Object identifiers of signatures, with the hash that they are made of; null for those that hash by themselves. */
const SIGNATURES: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
  '1.3.101.113': null,
};

function isSignedBy(
  { algorithm, signed, signature }: OcspResponse,
  { publicKey }: X509Certificate,
): boolean {
  const hash = SIGNATURES[algorithm];
  return hash !== undefined && verify(hash, signed, publicKey, signature);
}

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

/** RFC 6960 section 4.2.2.2: the issuer itself made the certificate, for this purpose. */
function delegationProblem(
  responder: X509Certificate,
  issuer: X509Certificate,
  thisUpdate: number,
): string | undefined {
  if (!responder.checkIssued(issuer) || !responder.verify(issuer.publicKey))
    return 'who signed it is not of the same issuer';
  // What Node calls key usage is the extended one, by object identifiers.
  const purposes = responder.keyUsage as readonly string[] | undefined;
  if (purposes?.includes(OCSP_SIGNING) !== true) return 'who signed it may not sign such responses';
  const within =
    epochSeconds(responder.validFrom) <= thisUpdate &&
    thisUpdate <= epochSeconds(responder.validTo);
  return within ? undefined : 'who signed it was not valid then';
}

function epochSeconds(text: string): number {
  return Math.floor(Date.parse(text) / 1000);
}
