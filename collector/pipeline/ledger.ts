// The ledger: where sources commit. A commit is made durable first and only then shown to the engine.
import type { Ledger } from '../sources/source.ts';
import type { Commit, Store } from '../stores/store.ts';
import type { Engine } from './engine.ts';

export interface LedgerOptions {
  readonly store: Store;
  readonly engine: Engine;
}

export function createLedger({ store, engine }: LedgerOptions): Ledger {
  return {
    position: (part) => store.position(part),
    positions: (prefix) => store.positions(prefix),
    async commit(commit: Commit) {
      const deltas = await store.commit(commit);
      engine.apply(deltas);
      if (commit.coverage !== undefined) engine.cover(commit.coverage);
    },
    instance: (slo, labels) => engine.admit(slo, labels),
    watermark: (slo, at) => engine.watermark(slo, at),
  };
}
