// The counting side of a fold: what every SLO instance has to be told at the next commit, and what waits for its total.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { CellWrite, CoverageWrite } from '../../stores/store.ts';
import type { Ledger } from '../source.ts';
import type { CounterFeed } from './counter-feed.ts';
import type { LabelSet } from './label-matcher.ts';
import { createMeasuredTime, type MeasuredTime } from './measured-time.ts';
import {
  createPendingCounts,
  type PendingCounts,
  type Role,
  type Surplus,
  TOTAL,
} from './pending-counts.ts';

/** Where the increases of one series go. */
export interface FoldRoute {
  readonly counts: PendingCounts;
  readonly slo: FoldSlo;
  readonly role: Role;
}

export interface FoldSlo {
  readonly feed: CounterFeed;
  readonly measured: MeasuredTime;
  readonly instances: Map<string, PendingCounts>;
  /** Time of the newest sample of its total, in milliseconds. */
  newestMs: number;
}

export interface FoldedCounts {
  readonly cells: readonly CellWrite[];
  readonly coverage: readonly CoverageWrite[];
}

export interface FoldTally {
  /** Where a series with these labels counts for an SLO; undefined when the SLO is not of this fold. */
  route(feed: CounterFeed, labels: LabelSet, role: Role): FoldRoute | undefined;
  /** Events of one series in `(fromMs, toMs]`. */
  count(routes: readonly FoldRoute[], events: number, fromMs: number, toMs: number): void;
  /** A sample of a series was read: its SLOs are known up to it, and measured since the one before when `measured`. */
  read(routes: readonly FoldRoute[], fromMs: number, toMs: number, measured: boolean): void;
  /** Everything since the last call; what ends by `fineFrom` in the SLO's widest cells. */
  drain(fineFrom: EpochSeconds): FoldedCounts;
  newestMs(sloId: string): number;
  /** Counted events that wait for their total, by instance. */
  readonly surplus: ReadonlyMap<string, Surplus>;
  /** Counted events given up because no total came for them. */
  readonly clamped: number;
}

export interface FoldTallyOptions {
  readonly feeds: readonly CounterFeed[];
  readonly ledger: Pick<Ledger, 'instance'>;
  /** From before a restart. */
  readonly surplus: Readonly<Record<string, Surplus>>;
  readonly newestMs: number;
}

export function createFoldTally({ feeds, ledger, ...before }: FoldTallyOptions): FoldTally {
  const slos = new Map(
    feeds.map((feed): [CounterFeed, FoldSlo] => [
      feed,
      { feed, measured: createMeasuredTime(), instances: new Map(), newestMs: before.newestMs },
    ]),
  );
  const byId = new Map([...slos.values()].map((slo) => [slo.feed.slo.id, slo]));
  const surplus = new Map(Object.entries(before.surplus));
  // Only what changed is gone through at a commit: a request touches a hundred SLOs of ten thousand.
  let changedCounts: PendingCounts[] = [];
  const changedSlos = new Set<FoldSlo>();
  let clamped = 0;

  return {
    surplus,
    get clamped() {
      return clamped;
    },
    newestMs: (sloId) => byId.get(sloId)?.newestMs ?? -Infinity,
    route(feed, labels, role) {
      const slo = slos.get(feed);
      if (slo === undefined) return undefined;
      const names = feed.slo.groupBy?.labels ?? [];
      const group = Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
      const id = ledger.instance(feed.slo, group);
      let counts = slo.instances.get(id);
      if (counts === undefined) {
        counts = createPendingCounts(id, feed.form.counted, feed.coarsest);
        counts.surplus = surplus.get(id);
        slo.instances.set(id, counts);
      }
      return { slo, role, counts };
    },
    count(routes, events, fromMs, toMs) {
      for (const { counts, role } of routes) {
        counts.add(role, events, fromMs, toMs);
        if (counts.isWaiting) continue;
        counts.isWaiting = true;
        changedCounts.push(counts);
      }
    },
    read(routes, fromMs, toMs, measured) {
      for (const { slo, role } of routes) {
        if ((role & TOTAL) === 0) continue;
        if (toMs > slo.newestMs) slo.newestMs = toMs;
        if (!measured) continue;
        slo.measured.add(fromMs, toMs);
        changedSlos.add(slo);
      }
    },
    drain(fineFrom) {
      const cells: CellWrite[] = [];
      const coverage: CoverageWrite[] = [];
      for (const counts of changedCounts) {
        counts.isWaiting = false;
        clamped += counts.drain(cells, fineFrom);
        if (counts.surplus === undefined) surplus.delete(counts.instance);
        else surplus.set(counts.instance, counts.surplus);
      }
      for (const { feed, measured } of changedSlos)
        for (const { from, to } of measured.drain()) coverage.push({ slo: feed.slo.id, from, to });
      changedCounts = [];
      changedSlos.clear();
      return { cells, coverage };
    },
  };
}
