// A source: telemetry in. It reads bytes, classifies them by the SLIs it serves, and commits counts with its position.
import type { EpochSeconds } from '../../slo/counts.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Clock } from '../clock.ts';
import type { Commit, PartId, PartPosition } from '../stores/store.ts';
import type { Log } from '../log.ts';

/** Where a source commits: the store and the engine behind one door. Commits of one part must be awaited in turn. */
export interface Ledger {
  position(part: PartId): Promise<PartPosition | undefined>;
  positions(prefix: string): Promise<ReadonlyMap<PartId, PartPosition>>;
  /** @throws StoreError, StaleReaderError */
  commit(commit: Commit): Promise<void>;
  /**
   * The instance id for a group's label values, which may be the shared one past the grouping's limit.
   * `labels` holds a value for each name in `slo.groupBy.labels`; a missing one is ''.
   */
  instance(slo: Slo, labels: Readonly<Record<string, string>>): string;
  /** Tells up to where the source has read for an SLO, whether or not anything was measured: the end of its windows. */
  watermark(slo: string, at: EpochSeconds): void;
}

export interface SourceContext {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells the operator about long work: `done` of `total` units, a sentence each time. */
  progress(what: string, done: number, total: number): void;
}

/** What a source is doing, for status pages and metrics. */
export interface SourceStatus {
  readonly name: string;
  readonly kind: string;
  readonly state: 'starting' | 'backfilling' | 'live' | 'failing' | 'stopped';
  /** The SLOs it serves. */
  readonly slos: readonly string[];
  /** Up to where it has read; undefined before the first success. */
  readonly watermark?: EpochSeconds;
  /** Seconds between now and what it has read. */
  readonly lagSeconds?: number;
  readonly lastError?: { readonly at: EpochSeconds; readonly message: string };
  /** Counters by name, such as events read, samples, late events, poison messages by reason. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface Source {
  readonly name: string;
  /**
   * Reads until the signal aborts, then resolves after its last commit. The world's failures are retried inside,
   * with back-off and jitter, and shown in the status; it rejects only when going on is impossible.
   */
  run(context: SourceContext, signal: AbortSignal): Promise<void>;
  status(): SourceStatus;
}
