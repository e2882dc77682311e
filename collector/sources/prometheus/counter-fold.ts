// Folds raw counter samples into counts: every increase once, whatever is read twice, late, or after a restart.
import { counterIncrease, isCounterReset, isCounterValue } from '../../../slo/counter-delta.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Ledger } from '../source.ts';
import type { CounterFeed } from './counter-feed.ts';
import {
  type CounterMemory,
  createMemoryWriter,
  type EncodedMemory,
  type RememberedSeries,
} from './counter-memory.ts';
import { createFoldTally, type FoldedCounts, type FoldRoute } from './fold-tally.ts';
import type { LabelSet } from './label-matcher.ts';
import { createReplicaWatch } from './replica-watch.ts';
import {
  createScrapeTarget,
  isReference,
  learnInterval,
  measuredGapMs,
  type ScrapeTarget,
  wasScrapedBefore,
} from './scrape-target.ts';
import { seriesKey, targetKey } from './series-key.ts';
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
  /** Up to when samples were taken as its last came, in milliseconds: senders may be hours apart in what they send. */
  takenAtMs: number;
  /** Set once the series was absent for so long that its last sample is forgotten: look it up anew. */
  forgotten: boolean;
}

/** The first sample of a series. */
export interface FirstSample {
  readonly series: FoldSeries;
  readonly ms: number;
  readonly value: number;
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

export interface CounterFold {
  /** The series of a label set; undefined when no SLI selects it. */
  series(labels: LabelSet): FoldSeries | undefined;
  /** Takes a sample unless it is not newer than the series' last. */
  sample(series: FoldSeries, ms: number, value: number): void;
  /**
   * Ends one answer or request: decides which new series were born and which were only never seen before. Answers those
   * that have a value and no proof that it is new; they are not counted.
   */
  settle(): readonly FirstSample[];
  /** Counts a series after all that was not proved new: its process began at `startMs`. */
  countFromStart(first: FirstSample, startMs: number): void;
  /** Everything folded since the last call; what ends by `fineFrom`, a multiple of 900, in the SLO's widest cells. */
  drain(fineFrom: EpochSeconds): FoldedCounts;
  memory(): EncodedMemory;
  /** While set, samples are values at points of a grid so many milliseconds apart: neighbours are measured through. */
  gridMs: number | undefined;
  /**
   * Samples after this moment are left for later: a wrong clock must not push the watermark. It goes on with the time of
   * whoever brings the samples; what is to be forgotten is judged by it.
   */
  latestMs: number;
  /** Time of the newest sample of all, in milliseconds; -Infinity before the first. */
  readonly newestSampleMs: number;
  /** Time of the newest sample of an SLO's total, after a restart of any; -Infinity before the first. */
  newestMs(sloId: string): number;
  /** The longest usual time between two scrapes of its targets, in milliseconds; 0 while unknown. Goes through them all. */
  scrapeMs(): number;
  counters(): Readonly<FoldCounters & { readonly clamped: number; readonly series: number }>;
  /** Samples taken so far. */
  readonly taken: number;
  /** Replica labels in which series that are otherwise the same differ: each of them is counted. */
  readonly replicas: ReadonlySet<string>;
}

/** Series and targets to which no sample came for so long are forgotten, however old the samples of others are. */
const FORGET_AFTER_MS = 3_600_000;

/** Gaps above this are reported as interpolated. */
const LUMP_MS = 60_000;

export function createCounterFold(options: FoldOptions): CounterFold {
  const { feeds, ledger, routes, memory, maxSeries = 200_000, provenScrapes = 1 } = options;
  let newest = memory.targets.reduce((last, { newestMs }) => Math.max(last, newestMs), -Infinity);
  const tally = createFoldTally({ feeds, ledger, surplus: memory.surplus, newestMs: newest });
  const live = new Map<string, FoldSeries>();
  /** Known from before a restart and not seen since. */
  const dormant = new Map(memory.series.map((series) => [series.key, series]));
  const targets = new Map(
    memory.targets.map((target) => [
      target.key,
      Object.assign(createScrapeTarget(target.key), target),
    ]),
  );
  const replicas = createReplicaWatch(maxSeries);
  const writer = createMemoryWriter();
  let births: FirstSample[] = [];
  /** What was remembered from before a restart counts as seen when the first samples come. */
  let beganMs = NaN;
  let forgottenAtMs = -Infinity;
  // Kept as they are while no series comes or goes: the writer then writes their keys once.
  let seriesList: RememberedSeries[] | undefined;
  let targetList: ScrapeTarget[] | undefined;
  const counters: FoldCounters = {
    samples: 0,
    duplicates: 0,
    resets: 0,
    births: 0,
    renames: 0,
    firstContacts: 0,
    invalid: 0,
    interpolated: 0,
    refusedSeries: 0,
  };

  function targetOf(labels: LabelSet): ScrapeTarget | undefined {
    const key = targetKey(labels);
    if (key === undefined) return undefined;
    const known = targets.get(key);
    if (known !== undefined) return known;
    const target = createScrapeTarget(key, labels);
    targets.set(key, target);
    return target;
  }

  function forget(nowMs: number): void {
    const before = nowMs - FORGET_AFTER_MS;
    forgottenAtMs = nowMs;
    if (Number.isNaN(beganMs)) beganMs = nowMs;
    seriesList = undefined;
    targetList = undefined;
    for (const [key, series] of live)
      if (series.takenAtMs < before) {
        series.forgotten = true;
        live.delete(key);
      }
    if (beganMs < before) dormant.clear();
    for (const [key, target] of targets) {
      if (Number.isNaN(target.takenAtMs)) target.takenAtMs = beganMs;
      if (target.takenAtMs < before) targets.delete(key);
    }
  }

  return {
    gridMs: undefined,
    latestMs: Infinity,
    replicas: replicas.found,
    counters: () => ({
      ...counters,
      clamped: tally.clamped,
      series: live.size + dormant.size,
    }),
    get taken() {
      return counters.samples;
    },
    get newestSampleMs() {
      return newest;
    },
    newestMs: (sloId) => tally.newestMs(sloId),
    scrapeMs() {
      let longest = 0;
      for (const { intervalMs, newestMs } of targets.values())
        if (newestMs > newest - FORGET_AFTER_MS / 4) longest = Math.max(longest, intervalMs);
      return longest;
    },
    series(labels) {
      const found = routes.find(labels);
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
      replicas.note(labels);
      const series: FoldSeries = {
        key,
        target: targetOf(labels),
        routes: found.flatMap(({ feed, role }) => tally.route(feed, labels, role) ?? []),
        lastMs: before?.lastMs ?? NaN,
        lastValue: before?.lastValue ?? NaN,
        takenAtMs: this.latestMs,
        forgotten: false,
      };
      live.set(key, series);
      seriesList = undefined;
      return series;
    },
    sample(series, ms, value) {
      const { lastMs, lastValue, target, routes: to } = series;
      if (ms <= lastMs) {
        counters.duplicates += 1;
        return;
      }
      if (!isCounterValue(value) || ms > this.latestMs || !(ms > 0)) {
        counters.invalid += 1;
        return;
      }
      counters.samples += 1;
      const { latestMs } = this;
      series.lastMs = ms;
      series.lastValue = value;
      series.takenAtMs = latestMs;
      if (ms > newest) newest = ms;
      if (target !== undefined) {
        if (ms < target.firstMs) target.firstMs = ms;
        if (ms > target.newestMs) target.newestMs = ms;
        target.takenAtMs = latestMs;
      }
      if (Number.isNaN(lastMs)) {
        births.push({ series, ms, value });
        seriesList = undefined;
        targetList = undefined;
        tally.read(to, ms, ms, false);
        return;
      }
      const gap = ms - lastMs;
      const { gridMs } = this;
      if (target !== undefined && gridMs === undefined && isReference(target, series, ms))
        learnInterval(target, gap);
      if (isCounterReset(lastValue, value)) counters.resets += 1;
      const events = counterIncrease(lastValue, value);
      if (events > 0) {
        if (gap > LUMP_MS && gridMs === undefined) counters.interpolated += events;
        tally.count(to, events, lastMs, ms);
      }
      tally.read(to, lastMs, ms, gap <= (gridMs ?? measuredGapMs(target)));
    },
    settle() {
      const unproved: FirstSample[] = [];
      for (const first of births) {
        const { series, ms, value } = first;
        const former = renamedFrom(series, ms, value, live.values());
        if (former !== undefined) {
          counters.renames += 1;
          tally.count(series.routes, counterIncrease(former.lastValue, value), former.lastMs, ms);
          // Should it come back after all, only what is beyond the new one's value would be counted.
          former.lastMs = ms;
          former.lastValue = value;
        } else if (wasScrapedBefore(series.target, ms, provenScrapes)) {
          counters.births += 1;
          if (value >= 1) tally.count(series.routes, Math.floor(value), ms, ms);
        } else {
          counters.firstContacts += 1;
          if (value >= 1) unproved.push(first);
        }
      }
      births = [];
      return unproved;
    },
    countFromStart({ series, ms, value }, startMs) {
      counters.firstContacts -= 1;
      counters.births += 1;
      tally.count(series.routes, Math.floor(value), startMs, ms);
      tally.read(series.routes, startMs, ms, true);
    },
    drain: (fineFrom) => tally.drain(fineFrom),
    memory() {
      if (this.latestMs - forgottenAtMs > FORGET_AFTER_MS / 60) forget(this.latestMs);
      seriesList ??= [...live.values(), ...dormant.values()].filter(({ lastMs }) => lastMs > 0);
      targetList ??= [...targets.values()].filter(({ newestMs }) => newestMs > 0);
      return writer.write(seriesList, targetList, tally.surplus);
    },
  };
}
