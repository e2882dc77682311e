// Decompresses one snappy block, bounded, four bytes at a time: half of what a remote-write request costs is here.

/** Bytes that are no snappy block, or one that says it is larger than allowed. */
export class SnappyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SnappyError';
  }
}

/** Copies run over the end by at most three bytes; the output has this much room to spare. */
const SLACK = 8;

/**
 * The block's content, in `scratch` when it is large enough, so that the next call overwrites it.
 * @param maxLength bytes at most, whatever the input says
 * @throws SnappyError
 */
export function decompressBlock(
  input: Uint8Array,
  maxLength: number,
  scratch?: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const { length, at: start } = readLength(input);
  if (length > maxLength)
    throw new SnappyError(`${length} bytes after decompression; ${maxLength} are allowed`);
  const out =
    scratch !== undefined && scratch.byteOffset === 0 && scratch.length >= length + SLACK
      ? scratch
      : new Uint8Array(length + SLACK);
  const words = new DataView(out.buffer);
  const source = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const end = input.length;
  let at = start;
  let to = 0;
  while (at < end) {
    const tag = input[at] ?? 0;
    at += 1;
    let size: number;
    let offset = 0;
    if ((tag & 3) === 0) {
      size = tag >>> 2;
      if (size >= 60) {
        const bytes = size - 59;
        if (at + bytes > end) throw new SnappyError('it ends inside a length');
        size = 0;
        for (let i = 0; i < bytes; i += 1) size += (input[at + i] ?? 0) * 2 ** (8 * i);
        at += bytes;
      }
      size += 1;
      if (at + size > end) throw new SnappyError('it ends inside a literal');
      if (to + size > length) throw new SnappyError('a literal runs past the stated length');
      if (size > 256) out.set(input.subarray(at, at + size), to);
      else if (at + size + 3 < end)
        for (let i = 0; i < size; i += 4)
          words.setUint32(to + i, source.getUint32(at + i, true), true);
      else for (let i = 0; i < size; i += 1) out[to + i] = input[at + i] ?? 0;
      at += size;
      to += size;
      continue;
    }
    const bytes = tag & 3;
    if (at + (bytes === 3 ? 4 : bytes) > end) throw new SnappyError('it ends inside a copy');
    if (bytes === 1) {
      size = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | (input[at] ?? 0);
      at += 1;
    } else {
      size = (tag >>> 2) + 1;
      offset = bytes === 2 ? source.getUint16(at, true) : source.getUint32(at, true);
      at += bytes === 2 ? 2 : 4;
    }
    if (offset === 0 || offset > to) throw new SnappyError('a copy begins before the output');
    if (to + size > length) throw new SnappyError('a copy runs past the stated length');
    const from = to - offset;
    // Four at a time only when the words read are whole already: copies may repeat what they write.
    if (offset >= 4)
      for (let i = 0; i < size; i += 4)
        words.setUint32(to + i, words.getUint32(from + i, true), true);
    else for (let i = 0; i < size; i += 1) out[to + i] = out[from + i] ?? 0;
    to += size;
  }
  if (to !== length) throw new SnappyError(`it holds ${to} bytes and says ${length}`);
  return out.subarray(0, length);
}

/** The stated length, a varint of at most 32 bits, and where the block goes on. */
function readLength(input: Uint8Array): { readonly length: number; readonly at: number } {
  let length = 0;
  for (let at = 0; at < Math.min(5, input.length); at += 1) {
    const byte = input[at] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) {
      if (length >= 2 ** 32) break;
      return { length, at: at + 1 };
    }
  }
  throw new SnappyError('it does not begin with a length');
}
