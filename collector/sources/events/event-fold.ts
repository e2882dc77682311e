// Folding a batch of events into few cells: one per SLO instance and second (wider for old events).
import { CELL_WIDTHS, type Cell, type CellWidth, type EpochSeconds } from '../../../slo/counts.ts';
import type { Slo } from '../../../slo/slo.ts';
import { latestVote, slotOf, type Vote } from '../../../slo/quorum.ts';
import { nominalSeconds } from '../../../slo/window.ts';
import type { CellWrite } from '../../stores/store.ts';
import type { Ledger } from '../source.ts';
import type { Classifier, Judge } from './classifier.ts';
import type { JsonObject } from './event-field.ts';

/** What became of one event: counted for some SLO, of no interest to any, older than anything kept, or without a time. */
export type FoldOutcome = 'counted' | 'ignored' | 'too-old' | 'no-time';

/** What one place said in one slot, for an SLO whose events are made by a quorum. */
export interface SloVote extends Vote {
  readonly slo: string;
}

/** Earliest and latest event time seen on a timeline, in seconds; the future is cut off. */
export interface TimeSpan {
  readonly first: number;
  readonly last: number;
}

export interface FoldTotals {
  readonly events: number;
  readonly counted: number;
  readonly ignored: number;
  readonly tooOld: number;
  readonly future: number;
  /** Counted, but older than the watermark was. */
  readonly late: number;
}

export interface EventFold {
  /** Judges one event; `carrier` is the time of the record or request that brought it, in seconds. */
  add(event: JsonObject, carrier: number): FoldOutcome;
  /** Everything counted so far, without what places vote on. */
  cells(): CellWrite[];
  /** The votes so far. */
  votes(): readonly SloVote[];
  /** One span per timeline of the classifier; undefined where no event had a time. */
  spans(): readonly (TimeSpan | undefined)[];
  totals(): FoldTotals;
}

export interface FoldLimits {
  /** Events older than this many seconds, and out of their SLO's window, are dropped and counted. @default 35 days */
  readonly retentionSeconds: number;
  /** How old events still get cells of the width, in seconds; what is older gets 60 s cells. */
  readonly fine: Readonly<Record<1 | 10, number>>;
}

const DAY = 86_400;
const DEFAULT_FOLD_LIMITS: FoldLimits = Object.freeze({
  retentionSeconds: 35 * DAY,
  fine: Object.freeze({ 1: 6 * 3600, 10: 3 * DAY }),
});

/** A clock further ahead than this is wrong: its events count when they arrive, and do not move the watermark. */
const FUTURE_SECONDS = 60;
/** Characters of a group's label value at most; longer ones are cut. */
const LONGEST_LABEL = 200;

export function createEventFold(options: {
  readonly classifier: Classifier;
  readonly instance: Ledger['instance'];
  /** Now, in seconds. */
  readonly now: number;
  readonly limits?: FoldLimits;
  /** Per timeline, where its watermark stands: what is older counts all the same, and is called late. */
  readonly watermarks?: readonly (number | undefined)[];
}): EventFold {
  const { classifier, now } = options;
  const { judges, timelines } = classifier;
  const limits = options.limits ?? DEFAULT_FOLD_LIMITS;
  const counters = judges.map((judge) => createCounter(judge, options.instance));
  const widths = judges.map(({ slo }) => widthByAge(slo, limits));
  const oldest = judges.map(({ slo }) => now - oldestAge(slo, limits));
  const times: (number | undefined)[] = timelines.map(() => undefined);
  const spans: ({ first: number; last: number } | undefined)[] = times.map(() => undefined);
  const totals = { events: 0, counted: 0, ignored: 0, tooOld: 0, future: 0, late: 0 };
  const votes: SloVote[] = [];
  let late = false;

  function readTimes(event: JsonObject, carrier: number): void {
    // Counted loops: this runs once for every event.
    for (let index = 0; index < timelines.length; index += 1) {
      const time = timelines[index]?.read(event, carrier);
      times[index] = time;
      if (time === undefined || time > now + FUTURE_SECONDS || time < 0) continue;
      const seen = Math.min(time, now);
      const span = spans[index];
      if (span === undefined) spans[index] = { first: seen, last: seen };
      else if (seen > span.last) span.last = seen;
      else if (seen < span.first) span.first = seen;
    }
  }

  function count(judge: Judge, index: number, event: JsonObject, carrier: number): FoldOutcome {
    if (!judge.counts(event)) return 'ignored';
    let time = times[judge.timeline];
    if (time === undefined) return 'no-time';
    if (time > now + FUTURE_SECONDS) {
      totals.future += 1;
      time = now;
    }
    const watermark = options.watermarks?.[judge.timeline];
    if (watermark !== undefined && time < watermark) late = true;
    if (time < (oldest[index] ?? 0) || time < 0) return 'too-old';
    if (judge.quorum !== undefined) {
      const vote = voteOf(judge, event, { time, carrier, now });
      if (typeof vote === 'string') return vote;
      votes.push(vote);
      return 'counted';
    }
    const width = widths[index]?.(now - time) ?? 1;
    const start = Math.floor(time / width) * width;
    counters[index]?.(event, start, width, judge.isBad(event) ? 1 : 0);
    return 'counted';
  }

  return {
    add(event, carrier) {
      readTimes(event, carrier);
      totals.events += 1;
      let outcome: FoldOutcome = 'ignored';
      late = false;
      for (let index = 0; index < judges.length; index += 1) {
        const judge = judges[index];
        if (judge === undefined) continue;
        const one = count(judge, index, event, carrier);
        if (one !== 'ignored' && outcome !== 'counted') outcome = one;
      }
      if (outcome === 'counted') totals.counted += 1;
      if (outcome === 'counted' && late) totals.late += 1;
      if (outcome === 'ignored') totals.ignored += 1;
      else if (outcome === 'too-old') totals.tooOld += 1;
      return outcome;
    },
    cells: () => counters.flatMap((counter) => counter.cells()),
    votes: () => votes,
    spans: () => spans,
    totals: () => totals,
  };
}

/** An event as a vote, or why it is none. A place that nobody asked has no voice. */
function voteOf(
  { slo, quorum, isBad }: Judge,
  event: JsonObject,
  { time, carrier, now }: { readonly time: number; readonly carrier: number; readonly now: number },
): SloVote | FoldOutcome {
  const place = quorum?.readPlace(event);
  if (quorum === undefined || typeof place !== 'string' || !quorum.among.includes(place))
    return 'ignored';
  const said = quorum.readSlotTime(event, carrier);
  if (said === undefined || said < 0) return 'no-time';
  const slot = slotOf(quorum, said > now + FUTURE_SECONDS ? now : said);
  if (slot < now - latestVote(quorum)) return 'too-old';
  const offset = Math.min(Math.max(Math.floor(time) - slot, 0), quorum.slotSeconds - 1);
  return { slo: slo.id, place, slot, offset, bad: isBad(event) };
}

type MutableCell = { -readonly [Key in keyof Cell]: Cell[Key] };

interface Counter {
  (event: JsonObject, start: EpochSeconds, width: CellWidth, bad: 0 | 1): void;
  cells(): CellWrite[];
}

/** Counts of one SLO: a column of cells per group, created when the group is first met. */
function createCounter(judge: Judge, instance: Ledger['instance']): Counter {
  const columns = new Map<string, Column>();
  // Groups past the grouping's limit share one instance, hence one column.
  const byInstance = new Map<string, Column>();
  const whole = judge.groups === undefined ? columnFor(instance(judge.slo, {})) : undefined;

  function columnFor(id: string): Column {
    let column = byInstance.get(id);
    if (column === undefined) byInstance.set(id, (column = createColumn(id)));
    return column;
  }

  function columnOf(event: JsonObject): Column {
    let key = '';
    const labels: Record<string, string> = {};
    for (const { label, read } of judge.groups ?? []) {
      const value = labelValue(read(event));
      labels[label] = value;
      key += `${value.length}:${value}`;
    }
    let column = columns.get(key);
    if (column === undefined) {
      column = columnFor(instance(judge.slo, labels));
      columns.set(key, column);
    }
    return column;
  }

  const counter = (event: JsonObject, start: EpochSeconds, width: CellWidth, bad: 0 | 1): void =>
    (whole ?? columnOf(event)).add(start, width, bad);
  const cells = (): CellWrite[] => [...byInstance.values()].flatMap((column) => column.cells());
  return Object.assign(counter, { cells });
}

interface Column {
  add(start: EpochSeconds, width: CellWidth, bad: 0 | 1): void;
  cells(): CellWrite[];
}

function createColumn(instance: string): Column {
  const cells = new Map<number, MutableCell>();
  // Neighbours in a batch mostly share their second.
  let last: MutableCell | undefined;
  return {
    add(start, width, bad) {
      if (last?.start !== start || last.width !== width) {
        // Widths are below 1000, so the key is unique and still an exact integer.
        const key = start * 1000 + width;
        last = cells.get(key);
        if (last === undefined) {
          last = { start, width, total: 0, bad: 0 };
          cells.set(key, last);
        }
      }
      last.total += 1;
      last.bad += bad;
    },
    cells: () => [...cells.values()].map((cell) => ({ instance, ...cell })),
  };
}

/** Text, numbers and booleans as text, cut and well-formed; anything else, like an absent field, is ''. */
function labelValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return '';
  const text = value.length > LONGEST_LABEL ? value.slice(0, LONGEST_LABEL) : value;
  return text.toWellFormed();
}

/** A calendar window may begin a day or two before its nominal length. */
function oldestAge({ window }: Slo, { retentionSeconds }: FoldLimits): number {
  return Math.max(retentionSeconds, nominalSeconds(window) + 2 * DAY);
}

/** Cells no wider than the SLO's time slices, which must not be cut. */
function widthByAge(slo: Slo, limits: FoldLimits): (age: number) => CellWidth {
  const { method } = slo;
  const slice = method.kind === 'time-slices' ? method.sliceSeconds : 900;
  const widest = (wanted: CellWidth): CellWidth =>
    CELL_WIDTHS.findLast((width) => width <= wanted && slice % width === 0) ?? 1;
  const [ten, sixty] = [widest(10), widest(60)];
  return (age) => (age <= limits.fine[1] ? 1 : age <= limits.fine[10] ? ten : sixty);
}
