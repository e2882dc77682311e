// Reads an OCSP response (RFC 6960): what it says of which certificates, and what vouches for it. Judges nothing.
import { DER, derBits, type DerElement, derElements, derOid, derTime } from './der.ts';

export interface OcspResponse {
  /** What the signature covers. */
  readonly signed: Buffer;
  readonly algorithm: string;
  readonly signature: Buffer;
  /** Certificates that came along, DER. */
  readonly certificates: readonly Buffer[];
  readonly answers: readonly OcspAnswer[];
}

export interface OcspAnswer {
  /** The hash by which the issuer is named, as an object identifier; and its hashes. */
  readonly hash: string;
  readonly issuerName: Buffer;
  readonly issuerKey: Buffer;
  /** Hex. */
  readonly serial: string;
  readonly status: 'good' | 'revoked' | 'unknown';
  /** Epoch seconds. */
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
}

const BASIC = '1.3.6.1.5.5.7.48.1.1';
const STATES = ['successful', 'malformedRequest', 'internalError', 'tryLater', '', 'sigRequired'];
const STATUSES = ['good', 'revoked', 'unknown'] as const;
const MOST_CERTIFICATES = 10;

/** The response; or, as text, why there is none: `the responder says tryLater`. */
export function readOcspResponse(bytes: Buffer): OcspResponse | string {
  try {
    return readResponse(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 'it is cut';
  }
}

const UNREADABLE = 'it is no OCSP response that can be read';

/** OCSPResponse → responseBytes → BasicOCSPResponse → tbsResponseData → responses. */
function readResponse(bytes: Buffer): OcspResponse | string {
  const [state, wrapped] = derElements(derElements(bytes)[0]?.content);
  if (state?.tag !== DER.enumerated) return UNREADABLE;
  const code = state.content[0] ?? 0;
  if (code !== 0) return `the responder says ${STATES[code] ?? code}`;
  const [type, response] = derElements(derElements(wrapped?.content)[0]?.content);
  if (derOid(type) !== BASIC || response?.tag !== DER.octets) return UNREADABLE;
  const [data, algorithm, bits, chain] = derElements(derElements(response.content)[0]?.content);
  const signature = derBits(bits);
  const answers = answersOf(data);
  if (data === undefined || signature === undefined || answers === undefined) return UNREADABLE;
  const certificates = derElements(derElements(chain?.content)[0]?.content);
  return {
    signed: data.whole,
    algorithm: derOid(derElements(algorithm?.content)[0]),
    signature,
    certificates: certificates.slice(0, MOST_CERTIFICATES).map(({ whole }) => whole),
    answers,
  };
}

function answersOf(data: DerElement | undefined): readonly OcspAnswer[] | undefined {
  // Before the list stand a version, who answers, and when; only the list is a sequence.
  const list = derElements(data?.content).findLast(({ tag }) => tag === DER.sequence);
  const answers = derElements(list?.content).map(answerOf);
  const read = answers.filter((each) => each !== undefined);
  return read.length === answers.length && read.length > 0 ? read : undefined;
}

function answerOf(single: DerElement): OcspAnswer | undefined {
  const [certificate, state, from, until] = derElements(single.content);
  const [hash, name, key, serial] = derElements(certificate?.content);
  const status = state === undefined ? undefined : STATUSES[state.tag & 0x1f];
  const thisUpdate = derTime(from);
  const nextUpdate =
    until?.tag === DER.context(0) ? derTime(derElements(until.content)[0]) : undefined;
  if (name?.tag !== DER.octets || key?.tag !== DER.octets || serial?.tag !== DER.integer)
    return undefined;
  if (status === undefined || thisUpdate === undefined) return undefined;
  return {
    hash: derOid(derElements(hash?.content)[0]),
    issuerName: name.content,
    issuerKey: key.content,
    serial: serial.content.toString('hex'),
    status,
    thisUpdate,
    ...(nextUpdate === undefined ? {} : { nextUpdate }),
  };
}
