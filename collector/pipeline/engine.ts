// The engine: for every SLO instance its counts over time, for every SLO what was measured. In memory, fed by commits.
import { type Calendar, createCalendar } from '../../slo/calendar.ts';
import { type CountHistory, createCountHistory } from '../../slo/count-history.ts';
import type { Cell, EpochSeconds } from '../../slo/counts.ts';
import { compactLayout, type HistoryLayout } from '../../slo/history-layout.ts';
import {
  type InstanceId,
  instanceId,
  type Labels,
  OTHER_GROUPS,
  parseInstanceId,
} from '../../slo/instance.ts';
import { addInterval, dropBefore, type Interval } from '../../slo/interval.ts';
import { createSliceLedger, type SliceLedger } from '../../slo/slices.ts';
import type { Slo } from '../../slo/slo.ts';
import type { CalendarWindow, Window } from '../../slo/window.ts';
import type { CountDelta, CoverageWrite } from '../stores/store.ts';

/** One budget's place in the engine. */
export interface Instance {
  readonly id: InstanceId;
  readonly tracked: TrackedSlo;
  readonly group: Labels;
  readonly column: number;
  /** Folds raw counts into slices, when the SLO counts slices of time. */
  readonly slices: SliceLedger | undefined;
  /** The conditions that held at the last evaluation: bit k is condition k of the policy. */
  holding: number;
}

/** An SLO with what its instances share. */
export interface TrackedSlo {
  slo: Slo;
  readonly history: CountHistory;
  readonly instances: Map<InstanceId, Instance>;
  coverage: readonly Interval[];
  /** Up to where its source has read; undefined before it said so. */
  watermark: EpochSeconds | undefined;
  /** The end of its newest counts, which may be ahead of the watermark. */
  newest: EpochSeconds;
  /** How far behind the clock its watermark usually is, in seconds. */
  normalDelay: number;
  /** Label sets that were folded into the shared budget since the start. */
  overflowed: number;
}

export interface EngineOptions {
  readonly start: EpochSeconds;
  /** The resolution for a compliance window of so many seconds. @default the compact layout */
  readonly layout?: (windowSeconds: number) => HistoryLayout;
}

export interface Engine {
  /** The definitions to track from now on: known ones keep their counts, missing ones are forgotten, new ones begin empty. */
  define(slos: readonly Slo[]): void;
  tracked(): Iterable<TrackedSlo>;
  find(sloId: string): TrackedSlo | undefined;
  /** The instance of a group, made when it is new; past the grouping's limit the shared one. */
  admit(slo: Slo, labels: Labels): InstanceId;
  apply(deltas: readonly CountDelta[]): void;
  cover(writes: readonly CoverageWrite[]): void;
  watermark(sloId: string, at: EpochSeconds): void;
  /** Moves time on, never back, and judges the time slices that ended. */
  advance(now: EpochSeconds): void;
  /** Drops groups without an event in all their history, so that new ones find room under the limit. */
  retire(now: EpochSeconds): void;
  /** Changes whenever definitions or instances come or go. */
  readonly shape: number;
  /** Cells that no window could take: too old for all of them, or more than an hour ahead of the clock. */
  readonly ignored: number;
  /** Instances tracked. */
  readonly size: number;
  /** Seconds of history that any window needs. */
  readonly longestWindow: number;
  readonly calendar: Calendar;
}

export function createEngine(options: EngineOptions): Engine {
  const layout = options.layout ?? compactLayout;
  const tracked = new Map<string, TrackedSlo>();
  const histories = new Map<number, CountHistory>();
  const calendar = createCalendar();
  let now = options.start;
  let shape = 0;

  const historyOf = (slo: Slo): CountHistory => {
    const seconds = historySeconds(slo.window);
    const known = histories.get(seconds);
    if (known !== undefined) return known;
    const history = createCountHistory({ start: now, layout: layout(seconds) });
    histories.set(seconds, history);
    return history;
  };

  const addInstance = (entry: TrackedSlo, id: InstanceId, group: Labels): Instance => {
    const column = entry.history.addColumn();
    const { method, window } = entry.slo;
    const slices =
      method.kind === 'time-slices'
        ? createSliceLedger({ method, start: now, keepSeconds: reachOf(window) })
        : undefined;
    const instance = { id, tracked: entry, group, column, slices, holding: 0 };
    entry.instances.set(id, instance);
    shape += 1;
    return instance;
  };

  const instanceOf = (id: InstanceId): Instance | undefined => {
    const brace = id.indexOf('{');
    const entry = tracked.get(brace < 0 ? id : id.slice(0, brace));
    if (entry === undefined) return undefined;
    return entry.instances.get(id) ?? addInstance(entry, id, parseInstanceId(id).labels);
  };

  const pinCalendars = (): void => {
    const instants = new Map<CountHistory, Set<EpochSeconds>>();
    for (const { slo, history } of tracked.values())
      if (slo.window.kind === 'calendar') {
        const pins = instants.get(history) ?? new Set();
        for (const instant of periodStarts(calendar, slo.window, now)) pins.add(instant);
        instants.set(history, pins);
      }
    for (const [history, pins] of instants) history.pin([...pins].sort((a, b) => a - b));
  };

  const judgeSlices = ({ slo, coverage, history, instances }: TrackedSlo): void => {
    const through = coverage.at(-1)?.to;
    if (slo.method.kind !== 'time-slices' || through === undefined) return;
    for (const instance of instances.values()) {
      const cells = instance.slices?.judge(Math.min(through, now), coverage[0]?.from) ?? [];
      if (cells.length === 0) continue;
      history.apply(instance.column, cells);
    }
  };

  const forget = (entry: TrackedSlo): void => {
    for (const { column } of entry.instances.values()) entry.history.removeColumn(column);
    tracked.delete(entry.slo.id);
  };

  return {
    define(slos) {
      shape += 1;
      const wanted = new Map(slos.map((slo) => [slo.id, slo]));
      for (const entry of tracked.values()) {
        const slo = wanted.get(entry.slo.id);
        if (slo === undefined || !countsAlike(slo, entry.slo)) forget(entry);
      }
      for (const slo of slos) {
        const known = tracked.get(slo.id);
        if (known !== undefined) known.slo = slo;
        else {
          const entry: TrackedSlo = {
            slo,
            history: historyOf(slo),
            instances: new Map(),
            coverage: [],
            watermark: undefined,
            newest: 0,
            normalDelay: usualSilence(slo),
            overflowed: 0,
          };
          tracked.set(slo.id, entry);
          if (slo.groupBy === undefined) addInstance(entry, slo.id, {});
        }
      }
      pinCalendars();
    },
    tracked: () => tracked.values(),
    find: (sloId) => tracked.get(sloId),
    admit(slo, labels) {
      const id = instanceId(slo.id, labels);
      const entry = tracked.get(slo.id);
      if (entry === undefined || entry.instances.has(id)) return id;
      const { limit, labels: names } = slo.groupBy ?? { limit: 1, labels: [] };
      if (entry.instances.size < limit) return addInstance(entry, id, labels).id;
      entry.overflowed += 1;
      return instanceId(slo.id, Object.fromEntries(names.map((name) => [name, OTHER_GROUPS])));
    },
    apply(deltas) {
      for (const [id, cells] of groupByInstance(deltas)) {
        const instance = instanceOf(id);
        if (instance === undefined) continue;
        const { tracked: entry } = instance;
        for (const { start, width } of cells) entry.newest = Math.max(entry.newest, start + width);
        if (instance.slices === undefined) entry.history.apply(instance.column, cells);
        else instance.slices.apply(cells);
      }
    },
    cover(writes) {
      for (const { slo, from, to } of writes) {
        const entry = tracked.get(slo);
        if (entry !== undefined) entry.coverage = addInterval(entry.coverage, { from, to });
      }
    },
    watermark(sloId, at) {
      const entry = tracked.get(sloId);
      if (entry === undefined) return;
      entry.watermark = Math.max(entry.watermark ?? at, at);
      // A slow average: one late answer does not make a source slow, a slow source soon counts as such.
      const delay = Math.max(0, now - at);
      const average =
        entry.normalDelay + (Math.min(delay, LONGEST_DELAY) - entry.normalDelay) * DELAY_WEIGHT;
      entry.normalDelay = Math.max(usualSilence(entry.slo), average);
    },
    advance(to) {
      if (to <= now) return;
      const hourPassed = Math.floor(to / 3600) !== Math.floor(now / 3600);
      now = to;
      for (const history of histories.values()) history.advance(to);
      for (const entry of tracked.values()) judgeSlices(entry);
      if (!hourPassed) return;
      pinCalendars();
      for (const entry of tracked.values())
        entry.coverage = dropBefore(entry.coverage, now - 2 * reachOf(entry.slo.window));
    },
    retire(at) {
      for (const entry of tracked.values()) {
        if (entry.slo.groupBy === undefined) continue;
        for (const instance of entry.instances.values()) {
          const { total } = entry.history.sum(instance.column, entry.history.oldest, at);
          if (total > 0) continue;
          entry.history.removeColumn(instance.column);
          entry.instances.delete(instance.id);
          shape += 1;
        }
      }
    },
    get shape() {
      return shape;
    },
    get ignored() {
      return [...histories.values()].reduce(
        (sum, { ignored }) => sum + ignored.tooOld + ignored.tooFarAhead,
        0,
      );
    },
    get size() {
      return [...tracked.values()].reduce((sum, entry) => sum + entry.instances.size, 0);
    },
    calendar,
    get longestWindow() {
      let longest = SHORTEST_HISTORY;
      for (const { slo } of tracked.values()) longest = Math.max(longest, reachOf(slo.window));
      return longest;
    },
  };
}

/** A watermark further behind than this is an outage of the source, not its normal delay. */
const LONGEST_DELAY = 600;
const DELAY_WEIGHT = 0.02;

/** Seconds between two events of a source that brings one now and then, as a check does: it is not late meanwhile. */
function usualSilence({ sli: { form } }: Slo): number {
  return form.form === 'events' ? (form.everySeconds ?? 0) : 0;
}

/** How far back a window may reach: its own length, or the longest period of its calendar unit. */
function reachOf(window: Window): number {
  if (window.kind === 'rolling') return window.seconds;
  return { day: 2, week: 8, month: 32, quarter: 93, year: 367 }[window.unit] * 86_400;
}

/** Alert windows reach back three days however short the compliance window is. */
const SHORTEST_HISTORY = 4 * 86_400;

/** The history that a window is read from: as long as a rolling window; calendar starts are pinned and need no more. */
function historySeconds(window: Window): number {
  return window.kind === 'rolling' ? Math.max(window.seconds, SHORTEST_HISTORY) : 30 * 86_400;
}

/** Whether the counts held for one definition are those of another: same history, same way of counting. */
function countsAlike(one: Slo, other: Slo): boolean {
  return (
    historySeconds(one.window) === historySeconds(other.window) &&
    JSON.stringify(one.method) === JSON.stringify(other.method)
  );
}

/** The starts of the period around an instant, of the one before and of the one after: all that a tick may ask for. */
function periodStarts(
  calendar: Calendar,
  window: CalendarWindow,
  at: EpochSeconds,
): readonly EpochSeconds[] {
  const current = calendar.period(window, at);
  return [calendar.period(window, current.start - 1).start, current.start, current.end];
}

function groupByInstance(deltas: readonly CountDelta[]): ReadonlyMap<InstanceId, readonly Cell[]> {
  const groups = new Map<InstanceId, CountDelta[]>();
  for (const delta of deltas) {
    const group = groups.get(delta.instance);
    if (group === undefined) groups.set(delta.instance, [delta]);
    else group.push(delta);
  }
  return groups;
}
