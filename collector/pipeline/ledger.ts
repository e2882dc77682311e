// The ledger: where a source commits. A commit is made durable first and only then shown to the engine.
import type { MetricsRecorder } from '../metrics.ts';
import type { Ledger } from '../sources/source.ts';
import type { Store } from '../stores/store.ts';
import { traced } from '../tracing.ts';
import type { Engine } from './engine.ts';

export interface LedgerOptions {
  readonly store: Store;
  readonly engine: Engine;
  readonly metrics: MetricsRecorder;
  /** Whose ledger it is, for metrics and traces. */
  readonly source: string;
}

export function createLedger({ store, engine, metrics, source }: LedgerOptions): Ledger {
  return {
    position: (part) => store.position(part),
    positions: (prefix) => store.positions(prefix),
    async commit(commit) {
      const startedMs = performance.now();
      let done = false;
      try {
        const attributes = { 'ninefold.source': source, 'ninefold.part': commit.part };
        const deltas = await traced('source.commit', attributes, () => store.commit(commit));
        engine.apply(deltas);
        engine.cover(commit.coverage ?? []);
        done = true;
      } finally {
        metrics.commit(source, (performance.now() - startedMs) / 1000, done);
      }
    },
    instance: (slo, labels) => engine.admit(slo, labels),
    watermark: (slo, at) => engine.watermark(slo, at),
  };
}
