// What Kafka parts keep as their position: text in the store, checked when it is read back.
import type { EpochSeconds } from '../../../slo/counts.ts';

/** What was seen of one timeline on one partition, in seconds of event time. */
export interface PartitionTimes {
  /** The earliest event of the first batch ever read. */
  readonly first: number;
  /** The newest event so far. */
  readonly last: number;
  /** Nothing is known of this partition before: records were deleted before they were read. */
  readonly from?: EpochSeconds;
}

/** Where a partition stands. */
export interface PartitionPosition {
  /** The offset to read next. */
  readonly next: number;
  /** The record time of the last record, for finding the place again after the log was cut or made anew. */
  readonly recordTimeMs: number;
  /** By timeline key. */
  readonly times: Readonly<Record<string, PartitionTimes>>;
}

/** What a topic's partitions share. */
export interface TopicPosition {
  /** The offset at which each partition began that existed at the first start; later ones begin at their start. */
  readonly starts: Readonly<Record<string, number>>;
  /** By SLO id, up to where its measured time was committed; null before the beginning is known. */
  readonly through: Readonly<Record<string, EpochSeconds | null>>;
}

export function partitionPart(connection: string, topic: string, partition: number): string {
  return `${topicPrefix(connection, topic)}${partition}`;
}

export function topicPart(connection: string, topic: string): string {
  return `${topicPrefix(connection, topic)}coverage`;
}

export function topicPrefix(connection: string, topic: string): string {
  return `kafka/${connection}/${topic}/`;
}

/** @throws RangeError when the text is not a position of this kind */
export function readPartitionPosition(text: string): PartitionPosition {
  const { next, recordTimeMs, times } = parse(text);
  if (!isOffset(next) || typeof recordTimeMs !== 'number' || !isRecord(times))
    throw new RangeError(`not the position of a Kafka partition: ${text.slice(0, 200)}`);
  return { next, recordTimeMs, times: times as PartitionPosition['times'] };
}

/** @throws RangeError when the text is not a position of this kind */
export function readTopicPosition(text: string): TopicPosition {
  const { starts, through } = parse(text);
  if (!isRecord(starts) || !isRecord(through) || !Object.values(starts).every(isOffset))
    throw new RangeError(`not the position of a Kafka topic: ${text.slice(0, 200)}`);
  return { starts, through } as unknown as TopicPosition;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
