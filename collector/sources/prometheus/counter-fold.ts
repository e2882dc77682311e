// Folds raw counter samples into counts: every increase once, whatever is read twice, late, or after a restart.
import { counterIncrease, isCounterReset, isCounterValue } from '../../../slo/counter-delta.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { CellWrite, CoverageWrite } from '../../stores/store.ts';
import type { Ledger } from '../source.ts';
import type { CounterFeed } from './counter-feed.ts';
import {
  type CounterMemory,
  createMemoryWriter,
  type EncodedMemory,
  type RememberedSeries,
} from './counter-memory.ts';
import type { LabelSet } from './label-matcher.ts';
import { createMeasuredTime, type MeasuredTime } from './measured-time.ts';
import {
  createPendingCounts,
  type PendingCounts,
  type Role,
  type Surplus,
  TOTAL,
} from './pending-counts.ts';
import {
  createScrapeTarget,
  isReference,
  learnInterval,
  measuredGapMs,
  type ScrapeTarget,
  wasScrapedBefore,
} from './scrape-target.ts';
import { replicaKey, seriesKey, targetKey } from './series-key.ts';
import { renamedFrom } from './series-rename.ts';
import type { SeriesRoutes } from './series-routes.ts';

/** A series that some SLI selects, with its last sample. */
export interface FoldSeries {
  readonly key: string;
  readonly target: ScrapeTarget | undefined;
  readonly routes: readonly FoldRoute[];
  /** NaN until the first sample. */
  lastMs: number;
  lastValue: number;
  /** Set once the series was absent for so long that its last sample is forgotten: look it up anew. */
  forgotten: boolean;
}

interface FoldRoute {
  readonly counts: PendingCounts;
  readonly slo: FoldSlo;
  readonly role: Role;
}

interface FoldSlo {
  readonly feed: CounterFeed;
  readonly measured: MeasuredTime;
  readonly instances: Map<string, PendingCounts>;
  newestMs: number;
}

export interface FoldCounters {
  samples: number;
  duplicates: number;
  resets: number;
  births: number;
  /** Series that go on counting where one of the same target ended: a relabelling, not a birth. */
  renames: number;
  /** Series first seen without proof that they are new: their value is not counted. */
  firstContacts: number;
  /** Samples that no counter can have, or from the future. */
  invalid: number;
  /** Events whose place in time is not known better than a gap of over a minute. */
  interpolated: number;
  /** Counted events given up because no total came for them within ten minutes. */
  clamped: number;
  /** Series not read because the part already holds the most it may. */
  refusedSeries: number;
}

export interface FoldOptions {
  readonly feeds: readonly CounterFeed[];
  readonly routes: SeriesRoutes;
  readonly ledger: Pick<Ledger, 'instance'>;
  readonly memory: CounterMemory;
  /** Series at most. @default 200000 */
  readonly maxSeries?: number;
  /** Scrapes of a target that must have been seen without a series before it counts as born. @default 1 */
  readonly provenScrapes?: number;
}

export interface FoldedCounts {
  readonly cells: readonly CellWrite[];
  readonly coverage: readonly CoverageWrite[];
}

export interface CounterFold {
  /** The series of a label set; undefined when no SLI selects it. */
  series(labels: LabelSet): FoldSeries | undefined;
  /** Takes a sample unless it is not newer than the series' last. */
  sample(series: FoldSeries, ms: number, value: number): void;
  /** Ends one answer or request: decides which new series were born and which were only never seen before. */
  settle(): void;
  /** Everything folded since the last call; what ends by `fineFrom`, a multiple of 900, in the SLO's widest cells. */
  drain(fineFrom: EpochSeconds): FoldedCounts;
  memory(): EncodedMemory;
  /** While set, samples are values at points of a grid so many milliseconds apart: neighbours are measured through. */
  gridMs: number | undefined;
  /** Samples after this moment are left for later: a wrong clock must not push the watermark. */
  latestMs: number;
  /** Time of the newest sample of all, in milliseconds; -Infinity before the first. */
  readonly newestSampleMs: number;
  /** The longest usual time between two scrapes of its targets, in milliseconds; 0 while unknown. */
  readonly scrapeMs: number;
  /** Time of the newest sample of an SLO's total, after a restart of any; -Infinity before the first. */
  newestMs(sloId: string): number;
  readonly counters: Readonly<FoldCounters>;
  /** Replica labels in which series that are otherwise the same differ: each of them is counted. */
  readonly replicas: ReadonlySet<string>;
  readonly seriesCount: number;
}

/** Series and targets without a sample for so long are forgotten. */
const FORGET_AFTER_MS = 3_600_000;

export function createCounterFold(options: FoldOptions): CounterFold {
  const { ledger, routes, maxSeries = 200_000, provenScrapes = 1 } = options;
  const live = new Map<string, FoldSeries>();
  /** Known from before a restart and not seen since. */
  const dormant = new Map<string, RememberedSeries>(
    options.memory.series.map((series) => [series.key, series]),
  );
  const targets = new Map<string, ScrapeTarget>(
    options.memory.targets.map((target) => [
      target.key,
      Object.assign(createScrapeTarget(target.key), target),
    ]),
  );
  const surplus = new Map(Object.entries(options.memory.surplus));
  let births: { readonly series: FoldSeries; readonly ms: number; readonly value: number }[] = [];
  let newest = Math.max(-Infinity, ...options.memory.targets.map(({ newestMs }) => newestMs));
  const slos = new Map<CounterFeed, FoldSlo>();
  for (const feed of options.feeds)
    slos.set(feed, {
      feed,
      measured: createMeasuredTime(),
      instances: new Map(),
      newestMs: newest,
    });
  const byId = new Map([...slos.values()].map((slo) => [slo.feed.slo.id, slo]));
  const replicaOf = new Map<string, string>();
  const replicas = new Set<string>();
  const writer = createMemoryWriter();
  let forgottenAt = -Infinity;
  let remembered: RememberedSeries[] | undefined;
  let rememberedTargets: ScrapeTarget[] | undefined;
  const counters: FoldCounters = {
    samples: 0,
    duplicates: 0,
    resets: 0,
    births: 0,
    renames: 0,
    firstContacts: 0,
    invalid: 0,
    interpolated: 0,
    clamped: 0,
    refusedSeries: 0,
  };

  function pendingOf(slo: FoldSlo, labels: LabelSet): PendingCounts {
    const names = slo.feed.slo.groupBy?.labels ?? [];
    const group = Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
    const id = ledger.instance(slo.feed.slo, group);
    let counts = slo.instances.get(id);
    if (counts === undefined) {
      counts = createPendingCounts(id, slo.feed.form.counted, slo.feed.coarsest);
      counts.surplus = surplus.get(id);
      slo.instances.set(id, counts);
    }
    return counts;
  }

  function targetOf(labels: LabelSet): ScrapeTarget | undefined {
    const key = targetKey(labels);
    if (key === undefined) return undefined;
    const known = targets.get(key);
    if (known !== undefined) return known;
    const target = createScrapeTarget(key);
    targets.set(key, target);
    rememberedTargets = undefined;
    return target;
  }

  function noteReplica(labels: LabelSet): void {
    const replica = replicaKey(labels);
    if (replica === undefined || replicaOf.size > maxSeries) return;
    const other = replicaOf.get(replica.key);
    if (other !== undefined && other !== replica.replica && replicas.size < 20)
      replicas.add(`${other} and ${replica.replica}`);
    replicaOf.set(replica.key, replica.replica);
  }

  function credit(series: FoldSeries, events: number, fromMs: number, toMs: number): void {
    for (const { counts, role } of series.routes) counts.add(role, events, fromMs, toMs);
  }

  function forget(): void {
    const before = newest - FORGET_AFTER_MS;
    forgottenAt = newest;
    remembered = undefined;
    rememberedTargets = undefined;
    for (const [key, series] of live)
      if (series.lastMs < before) {
        series.forgotten = true;
        live.delete(key);
      }
    for (const [key, { lastMs }] of dormant) if (lastMs < before) dormant.delete(key);
    for (const [key, { newestMs }] of targets) if (newestMs < before) targets.delete(key);
  }

  return {
    gridMs: undefined,
    latestMs: Infinity,
    counters,
    replicas,
    get seriesCount() {
      return live.size + dormant.size;
    },
    get newestSampleMs() {
      return newest;
    },
    get scrapeMs() {
      let longest = 0;
      for (const { intervalMs, newestMs } of targets.values())
        if (newestMs > newest - FORGET_AFTER_MS / 4) longest = Math.max(longest, intervalMs);
      return longest;
    },
    newestMs: (sloId) => byId.get(sloId)?.newestMs ?? -Infinity,
    series(labels) {
      const found = routes.find(labels).filter(({ feed }) => slos.has(feed));
      if (found.length === 0) return undefined;
      const key = seriesKey(labels);
      const known = live.get(key);
      if (known !== undefined) return known;
      const before = dormant.get(key);
      if (before === undefined && live.size + dormant.size >= maxSeries) {
        counters.refusedSeries += 1;
        return undefined;
      }
      dormant.delete(key);
      noteReplica(labels);
      const series: FoldSeries = {
        key,
        target: targetOf(labels),
        routes: found.flatMap(({ feed, role }) => {
          const slo = slos.get(feed);
          return slo === undefined ? [] : [{ slo, role, counts: pendingOf(slo, labels) }];
        }),
        lastMs: before?.lastMs ?? NaN,
        lastValue: before?.lastValue ?? NaN,
        forgotten: false,
      };
      live.set(key, series);
      remembered = undefined;
      return series;
    },
    sample(series, ms, value) {
      const { lastMs, lastValue, target } = series;
      if (ms <= lastMs) {
        counters.duplicates += 1;
        return;
      }
      if (!isCounterValue(value) || ms > this.latestMs || !(ms > 0)) {
        counters.invalid += 1;
        return;
      }
      counters.samples += 1;
      series.lastMs = ms;
      series.lastValue = value;
      if (ms > newest) newest = ms;
      if (target !== undefined) {
        if (ms < target.firstMs) target.firstMs = ms;
        if (ms > target.newestMs) target.newestMs = ms;
      }
      // NaN: the first sample of this series.
      if (!(lastMs <= ms)) {
        births.push({ series, ms, value });
        remembered = undefined;
        rememberedTargets = undefined;
        noteNewest(series, ms);
        return;
      }
      const gap = ms - lastMs;
      if (target !== undefined && this.gridMs === undefined) {
        if (isReference(target, series, ms)) learnInterval(target, gap);
      }
      if (isCounterReset(lastValue, value)) counters.resets += 1;
      const events = counterIncrease(lastValue, value);
      if (events > 0) {
        if (gap > 60_000 && this.gridMs === undefined) counters.interpolated += events;
        credit(series, events, lastMs, ms);
      }
      const measured = gap <= (this.gridMs ?? measuredGapMs(target));
      for (const { slo, role } of series.routes) {
        if ((role & TOTAL) === 0) continue;
        if (measured) slo.measured.add(lastMs, ms);
        if (ms > slo.newestMs) slo.newestMs = ms;
      }
    },
    settle() {
      for (const { series, ms, value } of births) {
        const former = renamedFrom(series, ms, value, live.values());
        if (former !== undefined) {
          counters.renames += 1;
          credit(series, counterIncrease(former.lastValue, value), former.lastMs, ms);
          // Should it come back after all, only what is beyond the new one's value would be counted.
          former.lastMs = ms;
          former.lastValue = value;
        } else if (wasScrapedBefore(series.target, ms, provenScrapes)) {
          counters.births += 1;
          credit(series, Math.floor(value), ms, ms);
        } else counters.firstContacts += 1;
      }
      births = [];
    },
    drain(fineFrom) {
      const cells: CellWrite[] = [];
      const coverage: CoverageWrite[] = [];
      for (const { feed, instances, measured } of slos.values()) {
        for (const counts of instances.values()) counters.clamped += counts.drain(cells, fineFrom);
        for (const { from, to } of measured.drain()) coverage.push({ slo: feed.slo.id, from, to });
      }
      return { cells, coverage };
    },
    memory() {
      if (newest - forgottenAt > FORGET_AFTER_MS / 60) forget();
      // The lists stay the same objects while no series comes or goes: the writer then writes their keys once.
      remembered ??= [...live.values(), ...dormant.values()].filter(({ lastMs }) => lastMs > 0);
      rememberedTargets ??= [...targets.values()].filter(({ newestMs }) => newestMs > 0);
      const waiting = new Map<string, Surplus>();
      for (const { instances } of slos.values())
        for (const { instance, surplus } of instances.values())
          if (surplus !== undefined) waiting.set(instance, surplus);
      return writer.write(remembered, rememberedTargets, waiting);
    },
  };
}

function noteNewest(series: FoldSeries, ms: number): void {
  for (const { slo, role } of series.routes)
    if ((role & TOTAL) !== 0 && ms > slo.newestMs) slo.newestMs = ms;
}
