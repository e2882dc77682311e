// Spans of local time as people say them, split into what Alertmanager can hold: no span of its crosses midnight or Saturday.
import type { TimeIntervalSpec } from './alertmanager/configuration.ts';

export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

export const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

export type Weekday = (typeof WEEKDAYS)[number];

/** A time as Alertmanager holds it: ranges inside one day, one week, one month. */
export type TimeSpec = TimeIntervalSpec;

/** A span of local time, checked. */
export interface Span {
  /** 0 is Sunday; on these days it begins. */
  readonly weekdays: readonly number[];
  /** Days of the calendar on which it begins, inclusive; undefined: every week. */
  readonly dates?: { readonly first: CalendarDay; readonly last: CalendarDay };
  /** Minutes since local midnight, 0…1439. */
  readonly from: number;
  /** Minutes since local midnight, 1…1440; at or before `from` it ends on the next day. */
  readonly to: number;
}

export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const DAY_MINUTES = 1440;

/** The specs that hold exactly when the span does, in one zone. */
export function splitSpan(span: Span, zone: string): readonly TimeSpec[] {
  const overnight = span.to <= span.from;
  const evening = specsOf(span, 0, { begin: span.from, end: overnight ? DAY_MINUTES : span.to });
  const morning = overnight ? specsOf(span, 1, { begin: 0, end: span.to }) : [];
  return [...evening, ...morning].map((spec) => ({ ...spec, location: zone }));
}

/** The specs of a time inside one day, on the days of the span or on those `shift` days later. */
function specsOf(
  span: Span,
  shift: number,
  time: { readonly begin: number; readonly end: number },
): readonly Omit<TimeSpec, 'location'>[] {
  const whole = time.begin === 0 && time.end === DAY_MINUTES;
  const base = {
    times: whole ? undefined : [time],
    weekdays: weekdayRanges(span.weekdays.map((day) => (day + shift) % 7)),
    daysOfMonth: undefined,
    months: undefined,
    years: undefined,
  };
  if (span.dates === undefined) return [base];
  return dateRanges(addDays(span.dates.first, shift), addDays(span.dates.last, shift)).map(
    (range) => ({ ...base, ...range }),
  );
}

/** Runs of days in a week that begins on Sunday; undefined for all seven. */
function weekdayRanges(
  days: readonly number[],
): readonly { begin: number; end: number }[] | undefined {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  if (sorted.length === 7) return undefined;
  const runs: { begin: number; end: number }[] = [];
  for (const day of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last.end === day - 1) last.end = day;
    else runs.push({ begin: day, end: day });
  }
  return runs;
}

/** One range a month, since days of a month are counted in each month of a spec. */
function dateRanges(
  first: CalendarDay,
  last: CalendarDay,
): readonly Pick<TimeSpec, 'daysOfMonth' | 'months' | 'years'>[] {
  const ranges = [];
  let { year, month } = first;
  while (year < last.year || (year === last.year && month <= last.month)) {
    const begins = year === first.year && month === first.month ? first.day : 1;
    const ends = year === last.year && month === last.month ? last.day : daysInMonth(year, month);
    ranges.push({
      daysOfMonth: [{ begin: begins, end: ends }],
      months: [{ begin: month, end: month }],
      years: [{ begin: year, end: year }],
    });
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
  return ranges;
}

function addDays({ year, month, day }: CalendarDay, days: number): CalendarDay {
  const moved = new Date(Date.UTC(year, month - 1, day + days));
  return {
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
  };
}

/** Days of a month, 28…31. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
