// Elements of DER (ITU-T X.690), one level at a time: just what OCSP responses and certificates need.

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length: what signatures cover. */
  readonly whole: Buffer;
}

export const DER = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  generalizedTime: 0x18,
  sequence: 0x30,
  /** Constructed context tags: `context(0)` is `[0]`. */
  context: (number: number): number => 0xa0 | number,
} as const;

const MOST_ELEMENTS = 1000;

/** The elements of DER content, one level deep; none of no content. @throws RangeError when they do not fit */
export function derElements(content: Buffer = Buffer.alloc(0)): readonly DerElement[] {
  const found: DerElement[] = [];
  for (let at = 0; at < content.length && found.length < MOST_ELEMENTS;) {
    const tag = content.readUInt8(at);
    let length = content.readUInt8(at + 1);
    let begin = at + 2;
    if (length >= 0x80) {
      const size = length & 0x7f;
      length = content.readUIntBE(begin, size);
      begin += size;
    }
    const end = begin + length;
    if (end > content.length) throw new RangeError('an element is longer than its place');
    found.push({ tag, content: content.subarray(begin, end), whole: content.subarray(at, end) });
    at = end;
  }
  return found;
}

/** An object identifier as text, `1.3.6.1.5.5.7.48.1.1`; '' for any other element. */
export function derOid(element: DerElement | undefined): string {
  if (element?.tag !== DER.oid || element.content.length > 40) return '';
  const numbers: number[] = [];
  let number = 0;
  for (const byte of element.content) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...rest] = numbers;
  const arc = Math.min(2, Math.floor(first / 40));
  return [arc, first - 40 * arc, ...rest].join('.');
}

/** A GeneralizedTime in UTC as epoch seconds; undefined for anything else. */
export function derTime(element: DerElement | undefined): number | undefined {
  if (element?.tag !== DER.generalizedTime) return undefined;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(element.content.toString('latin1')) ?? [];
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** The bytes of a BIT STRING that fills them; undefined for anything else. */
export function derBits(element: DerElement | undefined): Buffer | undefined {
  return element?.tag === DER.bits && element.content[0] === 0
    ? element.content.subarray(1)
    : undefined;
}
