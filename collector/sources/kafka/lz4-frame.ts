// Decompressing LZ4 frames as Kafka producers write them: bounded output, every offset checked, no native code.

const MAGIC = 0x184d2204;
const UNCOMPRESSED = 0x80000000;
const CONTENT_CHECKSUM = 0x04;
const CONTENT_SIZE = 0x08;
const BLOCK_CHECKSUM = 0x10;
const DICTIONARY = 0x01;

/**
 * The content of one or more LZ4 frames (frame format 1.6). Checksums are skipped, not verified: Kafka has its own
 * over the whole batch. @throws RangeError when the bytes are no such frame or the content is longer than `limit`
 */
export function decompressLz4Frame(input: Uint8Array, limit: number): Buffer {
  const output = createOutput(input.length * 4, limit);
  let at = 0;
  while (at < input.length) at = readFrame(input, at, output);
  return output.content();
}

function readFrame(input: Uint8Array, start: number, output: Output): number {
  if (uint32(input, start) !== MAGIC) throw new RangeError('not an LZ4 frame');
  const flags = byte(input, start + 4);
  if (flags >> 6 !== 1) throw new RangeError(`LZ4 frame version ${flags >> 6} is unknown`);
  if ((flags & DICTIONARY) !== 0) throw new RangeError('LZ4 frame needs a dictionary');
  let at = start + 7 + ((flags & CONTENT_SIZE) === 0 ? 0 : 8);
  for (;;) {
    const size = uint32(input, at);
    at += 4;
    if (size === 0) break;
    const length = size & ~UNCOMPRESSED;
    const end = at + length;
    if (end > input.length) throw new RangeError('LZ4 block is cut off');
    if ((size & UNCOMPRESSED) === 0) readBlock(input, at, end, output);
    else output.copyFrom(input, at, length);
    at = end + ((flags & BLOCK_CHECKSUM) === 0 ? 0 : 4);
  }
  return at + ((flags & CONTENT_CHECKSUM) === 0 ? 0 : 4);
}

/** Sequences of literals and a match; the last one has literals only. */
function readBlock(input: Uint8Array, start: number, end: number, output: Output): void {
  let at = start;
  const length = (nibble: number): number => {
    let total = nibble;
    if (nibble < 15) return total;
    let more: number;
    do {
      if (at >= end) throw new RangeError('LZ4 length is cut off');
      more = byte(input, at++);
      total += more;
    } while (more === 255);
    return total;
  };
  while (at < end) {
    const token = byte(input, at++);
    const literals = length(token >> 4);
    if (at + literals > end) throw new RangeError('LZ4 literals are cut off');
    output.copyFrom(input, at, literals);
    at += literals;
    if (at === end) return;
    if (at + 2 > end) throw new RangeError('LZ4 match is cut off');
    const distance = byte(input, at) | (byte(input, at + 1) << 8);
    at += 2;
    output.repeat(distance, length(token & 15) + 4);
  }
}

interface Output {
  copyFrom(source: Uint8Array, from: number, length: number): void;
  /** Appends `length` bytes that start `distance` before the end; they may overlap themselves. */
  repeat(distance: number, length: number): void;
  content(): Buffer;
}

function createOutput(expected: number, limit: number): Output {
  let bytes = Buffer.allocUnsafe(Math.max(64, Math.min(expected, limit)));
  let end = 0;
  const reserve = (length: number): void => {
    if (end + length > limit) throw new RangeError(`more than ${limit} bytes after decompression`);
    if (end + length <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.min(limit, Math.max(end + length, bytes.length * 2)));
    bytes.copy(larger, 0, 0, end);
    bytes = larger;
  };
  return {
    copyFrom(source, from, length) {
      reserve(length);
      bytes.set(source.subarray(from, from + length), end);
      end += length;
    },
    repeat(distance, length) {
      if (distance === 0 || distance > end)
        throw new RangeError('LZ4 match lies before the content');
      reserve(length);
      const stop = end + length;
      if (distance >= length) bytes.copyWithin(end, end - distance, stop - distance);
      else for (let to = end; to < stop; to += 1) bytes[to] = bytes[to - distance] ?? 0;
      end = stop;
    },
    content: () => bytes.subarray(0, end),
  };
}

function byte(input: Uint8Array, at: number): number {
  const value = input[at];
  if (value === undefined) throw new RangeError('LZ4 frame is cut off');
  return value;
}

function uint32(input: Uint8Array, at: number): number {
  const high = byte(input, at + 3) * 0x1000000;
  return high + (byte(input, at) | (byte(input, at + 1) << 8) | (byte(input, at + 2) << 16));
}
