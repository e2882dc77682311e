// What every kind of part that a Prometheus source reads has in common.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Slo } from '../../../slo/slo.ts';

export interface PollResult {
  /** Wall time of the queries in milliseconds: what the poll cost the server at most. */
  readonly milliseconds: number;
  /** Samples that told something new. */
  readonly samples: number;
}

/** Reads one part. Not to be used again after a method rejected with StaleReaderError: open it anew. */
export interface PartReader {
  readonly id: string;
  readonly slos: readonly Slo[];
  /** Seconds between now and what was read last; undefined before the first read. */
  behind(): number | undefined;
  /** Reads everything up to about now; resolves early when the signal aborts. @throws QueryError, StoreError */
  catchUp(signal: AbortSignal): Promise<void>;
  /** One poll. @throws QueryError, StoreError */
  poll(signal: AbortSignal): Promise<PollResult>;
  /** The oldest watermark of its SLOs; undefined before the first poll. */
  readonly watermark: EpochSeconds | undefined;
  /** Counts of what was met, by name. */
  readonly counters: Readonly<Record<string, number>>;
  /** What the operator should look into, one sentence each. */
  readonly doubts: readonly string[];
}
