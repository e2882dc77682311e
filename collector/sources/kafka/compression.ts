// Decompressing the records of a Kafka batch: every codec of the protocol, each with a limit on what comes out.
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { decompressBlock } from '../remote-write/snappy-block.ts';
import { decompressLz4Frame } from './lz4-frame.ts';

/** Bytes of one record batch after decompression at most. */
export const LARGEST_BATCH = 64 * 1024 * 1024;

/** The codec of a batch, as the lowest three bits of its attributes. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type Codec = (typeof CODECS)[number];

/** @throws Error (of whatever kind) when the bytes are broken or hold more than `limit` bytes */
export function decompress(codec: Codec, bytes: Buffer, limit: number = LARGEST_BATCH): Buffer {
  switch (codec) {
    case 'none':
      return bytes;
    case 'gzip':
      return gunzipSync(bytes, { maxOutputLength: limit });
    case 'snappy':
      return decompressSnappy(bytes, limit);
    case 'lz4':
      return decompressLz4Frame(bytes, limit);
    case 'zstd':
      return zstdDecompressSync(bytes, { maxOutputLength: limit });
    default:
      return codec satisfies never;
  }
}

/** How the Java client frames snappy: this, two version numbers, then blocks, each with its length before it. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = XERIAL.length + 8;

/** Snappy as one plain block (librdkafka) or in xerial frames (Java). */
function decompressSnappy(bytes: Buffer, limit: number): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return snappyBlock(bytes, limit);
  const blocks: Buffer[] = [];
  let left = limit;
  for (let at = XERIAL_HEADER; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError('snappy block is cut off');
    const block = snappyBlock(bytes.subarray(at + 4, end), left);
    left -= block.length;
    blocks.push(block);
    at = end;
  }
  return Buffer.concat(blocks);
}

// Not snappyjs: a hostile length sends it backwards for minutes.
function snappyBlock(bytes: Buffer, limit: number): Buffer {
  const content = decompressBlock(bytes, limit);
  return Buffer.from(content.buffer, content.byteOffset, content.length);
}
