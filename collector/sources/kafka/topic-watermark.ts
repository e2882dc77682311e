// Up to where a topic has been read in event time, from what is known of its partitions.
import type { EpochSeconds } from '../../../slo/counts.ts';

/** One partition as it stands on one timeline. */
export interface PartitionProgress {
  /** The offset to read next: all before it is committed. */
  readonly next: number;
  /** The offset after its newest record at `provenAt`; undefined when the broker was not asked yet. */
  readonly high: number | undefined;
  /** The newest event time; undefined before the first event. */
  readonly last: number | undefined;
  /** When that event was read, in seconds. */
  readonly lastReadAt: number;
}

export interface WatermarkRules {
  /** How far events may be out of order, in seconds. */
  readonly latenessSeconds: number;
  /** Seconds without an event after which a partition that is read to its end no longer holds the watermark back. */
  readonly idleSeconds: number;
}

/**
 * The watermark of a timeline (engine theory 3.3): the minimum over partitions, less the lateness, in whole seconds.
 * A partition with records unread stands at its newest event. One that is read to its end is moved on by the clock at
 * the distance at which its newest event arrived, and after `idleSeconds` stands at the moment of the proof itself: so
 * neither a quiet partition nor a quiet topic holds anything back, and producers that send late are waited for.
 * Undefined while some partition has unread records and no event yet.
 */
export function topicWatermark(
  partitions: Iterable<PartitionProgress>,
  provenAt: number,
  rules: WatermarkRules,
): EpochSeconds | undefined {
  let least = Infinity;
  for (const partition of partitions) {
    const reached = progress(partition, provenAt, rules.idleSeconds);
    if (reached === undefined) return undefined;
    least = Math.min(least, reached);
  }
  return least === Infinity ? undefined : Math.floor(least - rules.latenessSeconds);
}

function progress(
  { next, high, last, lastReadAt }: PartitionProgress,
  provenAt: number,
  idleSeconds: number,
): number | undefined {
  if (high === undefined || next < high) return last;
  const quiet = provenAt - lastReadAt;
  if (last === undefined || quiet >= idleSeconds) return Math.max(last ?? 0, provenAt);
  return last + Math.max(0, quiet);
}
