// Reads what an OCSP response (RFC 6960) says of one certificate; its signature is not checked.
import type { CertificateStaple } from '../certificate.ts';

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
const ENUMERATED = 0x0a;
const GENERALIZED_TIME = 0x18;
const CONTEXT_0 = 0xa0;
const STATUSES = ['good', 'revoked', 'unknown'] as const;

/** The status of the certificate with this serial number in hex; undefined when the bytes hold none. */
export function readOcspResponse(bytes: Buffer, serial: string): CertificateStaple | undefined {
  try {
    for (const single of singleResponses(bytes)) {
      const [certificate, state, from, until] = elements(single.content);
      const number = elements(certificate?.content).at(3);
      if (number?.tag !== INTEGER || !sameNumber(number.content, serial)) continue;
      const status = state === undefined ? undefined : STATUSES[state.tag & 0x1f];
      const thisUpdate = epochSeconds(from);
      const nextUpdate =
        until?.tag === CONTEXT_0 ? epochSeconds(elements(until.content)[0]) : undefined;
      if (status === undefined || thisUpdate === undefined) return undefined;
      return { status, thisUpdate, ...(nextUpdate === undefined ? {} : { nextUpdate }) };
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

/** OCSPResponse → responseBytes → BasicOCSPResponse → tbsResponseData → responses. */
function singleResponses(bytes: Buffer): readonly Element[] {
  const [state, wrapped] = elements(elements(bytes)[0]?.content);
  if (state?.tag !== ENUMERATED || state.content[0] !== 0 || wrapped?.tag !== CONTEXT_0) return [];
  const response = elements(elements(wrapped.content)[0]?.content)[1];
  if (response?.tag !== OCTETS) return [];
  const data = elements(elements(response.content)[0]?.content)[0];
  const list = elements(data?.content).findLast(({ tag }) => tag === SEQUENCE);
  return elements(list?.content);
}

const MOST_ELEMENTS = 1000;

/** The elements of DER content, one level deep. @throws RangeError when they do not fit */
function elements(content: Buffer = Buffer.alloc(0)): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < content.length && found.length < MOST_ELEMENTS;) {
    const tag = content.readUInt8(at);
    let length = content.readUInt8(at + 1);
    let begin = at + 2;
    if (length >= 0x80) {
      const size = length & 0x7f;
      length = content.readUIntBE(begin, size);
      begin += size;
    }
    if (begin + length > content.length)
      throw new RangeError('an element is longer than its place');
    found.push({ tag, content: content.subarray(begin, begin + length) });
    at = begin + length;
  }
  return found;
}

function sameNumber(content: Buffer, serial: string): boolean {
  const bare = (hex: string): string => hex.toLowerCase().replace(/^0+/, '');
  return bare(content.toString('hex')) === bare(serial);
}

function epochSeconds(time: Element | undefined): number | undefined {
  if (time?.tag !== GENERALIZED_TIME) return undefined;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(time.content.toString('latin1')) ?? [];
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
