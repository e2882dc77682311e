// Bytes that prove they are the ones once written: a checksum over the content and the place where it is kept.
import { crc32 } from 'node:zlib';

const CHECKSUM_BYTES = 4;

/** Where the content of sealed bytes begins. */
export const CONTENT_AT = CHECKSUM_BYTES;

/** What is kept at this place is not what was written there. */
export class DamagedBytesError extends Error {
  constructor(place: string) {
    super(`${place} does not match its checksum`);
    this.name = 'DamagedBytesError';
  }
}

/** CRC-32 of a place and the content kept there. */
export function checksum(place: string, content: Uint8Array | string): number {
  return crc32(content, crc32(place));
}

/** The content with its checksum before it; `place` names the row: the same bytes in another row count as damaged. */
export function sealed(content: Uint8Array, place: string): Buffer {
  const bytes = Buffer.allocUnsafe(CHECKSUM_BYTES + content.length);
  bytes.set(content, CHECKSUM_BYTES);
  bytes.writeUInt32BE(checksum(place, content), 0);
  return bytes;
}

/** @throws DamagedBytesError unless the bytes were sealed for this place. */
export function checkSeal(bytes: Uint8Array, place: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    bytes.length < CHECKSUM_BYTES ||
    view.getUint32(0) !== checksum(place, bytes.subarray(CHECKSUM_BYTES))
  )
    throw new DamagedBytesError(place);
}
