// What the Kafka source asks of a client library: membership in a group, records in order, offsets. Nothing of kafkajs.

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Sees one record: `bytes[from, to)` is its value, `undefined` bytes a tombstone. The bytes are only lent. */
export type RecordVisitor = (
  offset: number,
  timestampMs: number,
  bytes: Buffer | undefined,
  from: number,
  to: number,
) => void;

/** What one fetch brought from one partition. */
export interface KafkaBatch extends TopicPartition {
  /** The offset that was asked for. */
  readonly from: number;
  /** The offset to go on with; records that the group may not see (aborted, control) are passed over. */
  readonly next: number;
  /** Visits the records in `[from, next)` in order; resolves with those that could not be decoded, by batch. */
  visit(each: RecordVisitor): readonly UndecodableRecords[];
}

/** Records whose batch is broken, too large or compressed in an unknown way: lost to us, never in the way. */
export interface UndecodableRecords {
  readonly offset: number;
  readonly records: number;
  readonly why: string;
}

export interface KafkaHandler {
  /** Which partitions are ours from now on; all that is not listed is not. None is read before `seek` was called for it. */
  assigned(partitions: readonly TopicPartition[]): void;
  /**
   * Takes one batch; no other batch of the partition comes until it resolves. After a rejection the batch
   * comes again, and after a few of them the run ends.
   * `alive` tells the group that we are still here; it rejects when we are no longer part of it.
   */
  batch(batch: KafkaBatch, alive: () => Promise<void>): Promise<void>;
}

export interface OffsetRange {
  /** The oldest offset that can still be read. */
  readonly low: number;
  /** The offset that the next record gets. */
  readonly high: number;
}

/** A connection to a Kafka cluster as one member of a consumer group. */
export interface KafkaReader {
  /** Joins the group, reads the topics until the signal aborts, and leaves. @throws KafkaReaderError when the connection is lost for longer than its own short retries */
  run(topics: readonly string[], handler: KafkaHandler, signal: AbortSignal): Promise<void>;
  /** Reads an assigned partition from this offset on, whatever was fetched before. */
  seek(partition: TopicPartition, offset: number): void;
  /** Reads nothing more from an assigned partition until `seek`. */
  hold(partition: TopicPartition): void;
  /** Which of the topics exist. @throws KafkaReaderError */
  existing(topics: readonly string[]): Promise<readonly string[]>;
  /** By partition, as the broker has them now. @throws KafkaReaderError */
  offsets(topic: string): Promise<ReadonlyMap<number, OffsetRange>>;
  /** By partition: the first offset whose record is not older, or the next one. @throws KafkaReaderError */
  offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

/** Kafka could not be reached or refused; retrying with a new connection may help unless it says otherwise. */
export class KafkaReaderError extends Error {
  readonly retryable: boolean;
  constructor(
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'KafkaReaderError';
    this.retryable = options.retryable ?? true;
  }
}
