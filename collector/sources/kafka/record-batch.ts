// Kafka's record batch (magic 2) read where it lies: header at once, records one by one without an object for each.
import { CODECS, type Codec, decompress, LARGEST_BATCH } from './compression.ts';
import type { RecordVisitor, UndecodableRecords } from './kafka-reader.ts';

/** The header of one batch and the bytes of its records, still compressed. */
export interface RecordBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly records: number;
  readonly producerId: bigint;
  readonly transactional: boolean;
  /** A control batch holds a transaction's end marker and no data. */
  readonly control: boolean;
  /** Undefined: a codec that this protocol version does not have. */
  readonly codec: Codec | undefined;
  readonly firstTimestampMs: number;
  /** Present when the broker stamped all records when it appended them. */
  readonly appendTimestampMs?: number;
  readonly body: Buffer;
}

const HEADER = 61;
const MAGIC_AT = 16;

/**
 * The whole batches in a fetch's bytes; a cut-off last one, which brokers send to fill the answer, is left out.
 * @throws RangeError on batches of the formats before Kafka 0.11, which brokers since 4.0 no longer store
 */
export function readRecordBatches(bytes: Buffer): RecordBatch[] {
  const batches: RecordBatch[] = [];
  let at = 0;
  while (at + HEADER <= bytes.length) {
    const length = bytes.readInt32BE(at + 8);
    const end = at + 12 + length;
    if (bytes[at + MAGIC_AT] !== 2)
      throw new RangeError(`record batch format ${bytes[at + MAGIC_AT]} is not read, only 2`);
    if (length < HEADER - 12 || end > bytes.length) break;
    batches.push(readHeader(bytes, at, end));
    at = end;
  }
  return batches;
}

function readHeader(bytes: Buffer, at: number, end: number): RecordBatch {
  const attributes = bytes.readInt16BE(at + 21);
  const firstOffset = Number(bytes.readBigInt64BE(at));
  return {
    firstOffset,
    lastOffset: firstOffset + bytes.readInt32BE(at + 23),
    records: Math.max(0, bytes.readInt32BE(at + 57)),
    producerId: bytes.readBigInt64BE(at + 43),
    transactional: (attributes & 0x10) !== 0,
    control: (attributes & 0x20) !== 0,
    codec: CODECS[attributes & 0x07],
    firstTimestampMs: Number(bytes.readBigInt64BE(at + 27)),
    ...((attributes & 0x08) !== 0 && {
      appendTimestampMs: Number(bytes.readBigInt64BE(at + 35)),
    }),
    body: bytes.subarray(at + HEADER, end),
  };
}

/** Whether a control batch says that its producer's transaction was aborted (its one record's key: version, type 0). */
export function isAbortMarker(batch: RecordBatch): boolean {
  if (!batch.control) return false;
  const cursor = { bytes: batch.body, at: 0 };
  readVarint(cursor);
  cursor.at += 1;
  readVarint(cursor);
  readVarint(cursor);
  const key = readVarint(cursor);
  return key >= 4 && batch.body.readInt16BE(cursor.at + 2) === 0;
}

/** Visits the records from offset `from` on. Answers what could not be decoded: nothing, or the rest of the batch. */
export function visitRecords(
  batch: RecordBatch,
  from: number,
  each: RecordVisitor,
): UndecodableRecords | undefined {
  let done = 0;
  let offset = Math.max(from, batch.firstOffset);
  const failed = (why: string): UndecodableRecords => ({
    offset,
    records: Math.max(1, batch.records - done),
    why,
  });
  if (batch.codec === undefined) return failed('unknown compression');
  try {
    const bytes = decompress(batch.codec, batch.body, LARGEST_BATCH);
    const cursor = { bytes, at: 0 };
    for (; done < batch.records; done += 1) {
      const end = readVarint(cursor) + cursor.at;
      if (end > bytes.length || end < cursor.at) return failed('a record is cut off');
      cursor.at += 1;
      const timestamp = batch.firstTimestampMs + readVarint(cursor);
      const found = batch.firstOffset + readVarint(cursor);
      const key = readVarint(cursor);
      if (key > 0) cursor.at += key;
      const length = readVarint(cursor);
      if (cursor.at + Math.max(0, length) > end) return failed('a value is cut off');
      if (found >= from) {
        offset = found;
        const value = length < 0 ? undefined : bytes;
        each(found, batch.appendTimestampMs ?? timestamp, value, cursor.at, cursor.at + length);
      }
      cursor.at = end;
    }
    return undefined;
  } catch (error) {
    // The visitor is ours and does not throw; whatever is thrown here comes from the bytes.
    return failed(error instanceof Error ? error.message : String(error));
  }
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/** A zigzag varint of up to 64 bits; exact to 2^53, which offsets, lengths and timestamps stay below. */
function readVarint(cursor: Cursor): number {
  const { bytes } = cursor;
  let low = bytes[cursor.at++];
  if (low === undefined) throw new RangeError('a number is cut off');
  if (low < 0x80) return (low >>> 1) ^ -(low & 1);
  let value = low & 0x7f;
  let scale = 0x80;
  do {
    low = bytes[cursor.at++];
    if (low === undefined || scale > 2 ** 63) throw new RangeError('a number is cut off');
    value += (low & 0x7f) * scale;
    scale *= 0x80;
  } while (low >= 0x80);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
