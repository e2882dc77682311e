// Reads protobuf field by field over bytes that anybody may have sent: no read leaves its bounds.

/** Bytes that are no write request; the message says where they cease to be one. */
export class WriteRequestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WriteRequestError';
  }
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** A cursor whose reads refuse to leave `[at, end)`. */
export interface Cursor {
  readonly bytes: Buffer;
  readonly view: DataView;
  at: number;
}

/** A varint; beyond 2^53 the number is inexact, which only bogus times and lengths are. */
export function readVarint(cursor: Cursor, end: number): number {
  const { bytes } = cursor;
  let byte = cursor.at < end ? (bytes[cursor.at] ?? 0) : -1;
  if (byte >= 0 && byte < 0x80) {
    cursor.at += 1;
    return byte;
  }
  let value = 0;
  let weight = 1;
  for (let length = 1; length <= 10; length += 1) {
    if (cursor.at >= end) throw new WriteRequestError('a number is cut off');
    byte = bytes[cursor.at] ?? 0;
    cursor.at += 1;
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) return value;
    weight *= 128;
  }
  throw new WriteRequestError('a number has more than ten bytes');
}

/** Reads a length and answers where what it measures ends. */
export function readEnd(cursor: Cursor, end: number): number {
  const length = readVarint(cursor, end);
  const to = cursor.at + length;
  if (to > end) throw new WriteRequestError(`a field of ${length} bytes is cut off`);
  return to;
}

export function skipField(cursor: Cursor, tag: number, end: number): void {
  if (tag < 8) throw new WriteRequestError('a field has the number 0');
  switch (tag % 8) {
    case VARINT:
      readVarint(cursor, end);
      return;
    case FIXED64:
      cursor.at += 8;
      break;
    case BYTES:
      cursor.at = readEnd(cursor, end);
      return;
    case FIXED32:
      cursor.at += 4;
      break;
    default:
      throw new WriteRequestError(`a field has the wire type ${tag % 8}`);
  }
  if (cursor.at > end) throw new WriteRequestError('a field is cut off');
}
