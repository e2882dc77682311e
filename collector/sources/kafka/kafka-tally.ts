// What the Kafka source counts about itself, for status pages and metrics.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { FoldTotals } from '../events/event-fold.ts';

export interface KafkaTally {
  count(name: string, by: number): void;
  /** One committed batch. */
  batch(totals: FoldTotals): void;
  failed(error: unknown): void;
  /** The last failure is over. */
  recovered(): void;
  readonly counters: Readonly<Record<string, number>>;
  readonly failing: boolean;
  readonly lastError: { readonly at: EpochSeconds; readonly message: string } | undefined;
}

export function createKafkaTally(now: () => EpochSeconds): KafkaTally {
  const counters: Record<string, number> = {};
  let lastError: KafkaTally['lastError'];
  let failing = false;
  const count = (name: string, by: number): void => {
    counters[name] = (counters[name] ?? 0) + by;
  };
  return {
    count,
    batch({ events, counted, ignored, tooOld, future, late }) {
      failing = false;
      count('batches', 1);
      count('events', events);
      count('events_counted', counted);
      count('events_ignored', ignored);
      count('events_too_old', tooOld);
      count('events_future', future);
      count('events_late', late);
    },
    failed(error) {
      failing = true;
      lastError = { at: now(), message: error instanceof Error ? error.message : String(error) };
    },
    recovered() {
      failing = false;
    },
    get counters() {
      return counters;
    },
    get failing() {
      return failing;
    },
    get lastError() {
      return lastError;
    },
  };
}
