// Reading Fetch answers ourselves: kafkajs gets one stand-in per record batch, so that it need not decode any record.
import {
  isAbortMarker,
  type RecordBatch,
  readRecordBatches,
  visitRecords,
} from './record-batch.ts';
import type { RecordVisitor, UndecodableRecords } from './kafka-reader.ts';

/** What kafkajs takes for a message: it only looks at the offset. The batch itself rides along. */
export interface BatchMessage {
  /** The last offset of the batch, as text. */
  readonly offset: string;
  readonly isControlRecord: false;
  readonly headers: Readonly<Record<string, never>>;
  readonly key: null;
  readonly value: null;
  readonly timestamp: string;
  readonly recordBatch: RecordBatch;
  /** Its transaction was aborted, or it only marks a transaction's end. */
  readonly hidden: boolean;
}

interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset: string;
  readonly abortedTransactions: readonly never[];
  readonly preferredReadReplica: number;
  readonly messages: readonly BatchMessage[];
}

/** The shape that kafkajs expects of a decoded Fetch answer, version 11. */
export interface FetchResponse {
  readonly throttleTime: 0;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

/** @throws RangeError when the bytes are no Fetch answer of version 11 */
export function decodeFetchResponse(bytes: Buffer): FetchResponse {
  const reader = createReader(bytes);
  return {
    throttleTime: 0,
    clientSideThrottleTime: reader.int32(),
    errorCode: reader.int16(),
    sessionId: reader.int32(),
    responses: reader.array(() => ({
      topicName: reader.text(),
      partitions: reader.array(() => readPartition(reader)),
    })),
  };
}

function readPartition(reader: Reader): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const lastStartOffset = reader.int64();
  const aborted = reader.array(() => ({
    producerId: BigInt(reader.int64()),
    firstOffset: Number(reader.int64()),
  }));
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    lastStartOffset,
    abortedTransactions: [],
    preferredReadReplica: reader.int32(),
    messages: batchMessages(readRecordBatches(reader.bytes()), aborted),
  };
}

interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/** Hides aborted batches: those of a producer from a transaction's first offset to its abort marker. */
function batchMessages(
  batches: readonly RecordBatch[],
  aborted: readonly AbortedTransaction[],
): BatchMessage[] {
  const ahead = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<bigint>();
  return batches.map((recordBatch) => {
    while (ahead[0] !== undefined && ahead[0].firstOffset <= recordBatch.lastOffset)
      open.add(ahead.shift()?.producerId ?? -1n);
    const { producerId, transactional, control } = recordBatch;
    if (isAbortMarker(recordBatch)) open.delete(producerId);
    return {
      offset: String(recordBatch.lastOffset),
      isControlRecord: false,
      headers: {},
      key: null,
      value: null,
      timestamp: String(recordBatch.firstTimestampMs),
      recordBatch,
      hidden: control || (transactional && open.has(producerId)),
    };
  });
}

/** Visits all records of the batches from an offset on, but for the hidden ones. */
export function visitMessages(
  messages: readonly BatchMessage[],
  from: number,
  each: RecordVisitor,
): readonly UndecodableRecords[] {
  const undecodable: UndecodableRecords[] = [];
  for (const { recordBatch, hidden } of messages) {
    if (hidden) continue;
    const failed = visitRecords(recordBatch, from, each);
    if (failed !== undefined) undecodable.push(failed);
  }
  return undecodable;
}

interface Reader {
  int16(): number;
  int32(): number;
  int64(): string;
  text(): string;
  bytes(): Buffer;
  array<Item>(read: () => Item): Item[];
}

function createReader(buffer: Buffer): Reader {
  let at = 0;
  const take = (length: number): number => {
    const start = at;
    at += length;
    return start;
  };
  const int16 = (): number => buffer.readInt16BE(take(2));
  const int32 = (): number => buffer.readInt32BE(take(4));
  const slice = (length: number): Buffer => {
    if (at + length > buffer.length) throw new RangeError('the Fetch answer is cut off');
    const start = take(length);
    return buffer.subarray(start, start + length);
  };
  return {
    int16,
    int32,
    int64: () => buffer.readBigInt64BE(take(8)).toString(),
    text: () => slice(Math.max(0, int16())).toString('utf8'),
    bytes: () => slice(Math.max(0, int32())),
    array(read) {
      // A null array has length -1. No item is shorter than a byte: a longer list than that is not worth room.
      const length = Math.max(0, int32());
      if (length > buffer.length - at) throw new RangeError('the Fetch answer is cut off');
      return Array.from({ length }, read);
    },
  };
}
