// One partition as the topic reader knows it: where it stands in the store, and whether we are the one who reads it.
import type { Classifier } from '../events/classifier.ts';
import type { EventFold } from '../events/event-fold.ts';
import type { EventDecoder } from '../events/json-event.ts';
import type { PoisonLog } from '../events/poison-log.ts';
import type { KafkaBatch } from './kafka-reader.ts';
import { type PartitionTimes, readPartitionPosition } from './stored-position.ts';
import type { PartPosition } from '../../stores/store.ts';

export interface Partition {
  readonly number: number;
  version: number;
  next: number;
  recordTimeMs: number;
  /** By timeline key. */
  times: Readonly<Record<string, PartitionTimes>>;
  /** When its last event was read, in seconds; 0 for long ago. */
  lastReadAt: number;
  /** Ours, read from `next` on. Otherwise only known, from the store. */
  placed: boolean;
  /** Records before `next` are gone unread: measured time begins anew with the next event. */
  gap: boolean;
  /** A commit of it is under way. */
  busy: boolean;
}

export function createPartition(number: number): Partition {
  return {
    number,
    version: 0,
    next: -1,
    recordTimeMs: 0,
    times: {},
    lastReadAt: 0,
    placed: false,
    gap: false,
    busy: false,
  };
}

/** Takes over what the store holds of a partition; one without a position stands at `start`. */
export function adopt(
  partition: Partition,
  stored: PartPosition | undefined,
  start: number,
  now: number,
): void {
  const position = stored && readPartitionPosition(stored.position);
  const next = position?.next ?? start;
  // Another collector has read on since we last looked.
  if (partition.next >= 0 && partition.next !== next) partition.lastReadAt = now;
  partition.version = stored?.version ?? 0;
  partition.next = next;
  partition.recordTimeMs = position?.recordTimeMs ?? 0;
  partition.times = position?.times ?? {};
  partition.gap = false;
}

/** The partition's times once the fold's events are committed. */
export function timesAfter(
  partition: Partition,
  fold: EventFold,
  { timelines }: Classifier,
): Readonly<Record<string, PartitionTimes>> {
  const times = { ...partition.times };
  for (const [index, span] of fold.spans().entries()) {
    const key = timelines[index]?.key;
    if (span === undefined || key === undefined) continue;
    const before = times[key];
    const from = partition.gap ? Math.ceil(span.first) : before?.from;
    times[key] = {
      first: before?.first ?? span.first,
      last: Math.max(before?.last ?? 0, span.last),
      ...(from !== undefined && { from }),
    };
  }
  return times;
}

/** Folds every record of a batch; answers the time of the last one, in milliseconds. */
export function foldBatch(
  batch: KafkaBatch,
  into: {
    readonly fold: EventFold;
    readonly decode: EventDecoder;
    readonly poison: PoisonLog;
    /** The time of records that carry none, in seconds. */
    readonly now: number;
  },
): number | undefined {
  const { fold, decode, poison, now } = into;
  let recordTimeMs: number | undefined;
  const place = (offset: number): string => `${batch.topic}/${batch.partition}@${offset}`;
  const undecodable = batch.visit((offset, timestampMs, bytes, from, to) => {
    if (timestampMs > 0) recordTimeMs = timestampMs;
    if (bytes === undefined) {
      poison.add('empty', place(offset));
      return;
    }
    const event = decode(bytes, from, to);
    if (typeof event === 'string') {
      poison.add(event, place(offset), bytes.subarray(from, to));
      return;
    }
    const outcome = fold.add(event, timestampMs > 0 ? timestampMs / 1000 : now);
    if (outcome === 'no-time') poison.add('no-time', place(offset), bytes.subarray(from, to));
  });
  for (const { offset, records, why } of undecodable)
    poison.add('undecodable', place(offset), Buffer.from(why), records);
  return recordTimeMs;
}
