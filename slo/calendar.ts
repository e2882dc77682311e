// Calendar periods: where the local day, ISO week, month, quarter or year around an instant begins and ends.
import { Temporal } from 'temporal-polyfill';
import type { EpochSeconds } from './counts.ts';
import type { CalendarUnit, CalendarWindow } from './window.ts';

/** `[start, end)`: from the first instant of the first local date to the first instant of the next period. */
export interface Period {
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
}

/** Finds periods. */
export interface Calendar {
  period(window: CalendarWindow, at: EpochSeconds): Period;
}

/** A calendar that remembers the last periods of every unit and zone: finding one takes tens of microseconds. */
export function createCalendar(): Calendar {
  const remembered = new Map<string, readonly Period[]>();
  return {
    period(window, at) {
      const key = `${window.unit} ${window.zone}`;
      const periods = remembered.get(key) ?? [];
      const known = periods.find(({ start, end }) => start <= at && at < end);
      if (known !== undefined) return known;
      const period = calendarPeriod(window, at);
      // The present one, the one before and the one after are asked for in turn.
      remembered.set(key, [period, ...periods.slice(0, 3)]);
      return period;
    },
  };
}

/**
 * The period that holds an instant. Every instant lies in exactly one; lengths are real elapsed seconds, so a March in
 * Berlin has 743 hours. @throws RangeError when the zone is not in the IANA database of the runtime.
 */
export function calendarPeriod({ unit, zone }: CalendarWindow, at: EpochSeconds): Period {
  const today = Temporal.Instant.fromEpochMilliseconds(at * 1000)
    .toZonedDateTimeISO(zone)
    .toPlainDate();
  let first = firstDate(unit, today);
  let start = firstInstant(first, zone);
  for (;;) {
    const next = first.add(STEPS[unit]);
    const end = firstInstant(next, zone);
    // Clocks turned back over midnight repeat the end of a day after the next one has begun: it belongs to the next.
    if (at < end) return { start, end };
    first = next;
    start = end;
  }
}

const STEPS: Readonly<Record<CalendarUnit, Temporal.DurationLike>> = {
  day: { days: 1 },
  week: { weeks: 1 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
};

function firstDate(unit: CalendarUnit, date: Temporal.PlainDate): Temporal.PlainDate {
  switch (unit) {
    case 'day':
      return date;
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 });
    case 'month':
      return date.with({ day: 1 });
    case 'quarter':
      return date.with({ month: date.month - ((date.month - 1) % 3), day: 1 });
    case 'year':
      return date.with({ month: 1, day: 1 });
  }
}

/** The first instant of a local date; 01:00 where clocks skip midnight, the earlier midnight where they repeat it. */
function firstInstant(date: Temporal.PlainDate, zone: string): EpochSeconds {
  return Math.floor(date.toZonedDateTime(zone).epochMilliseconds / 1000);
}
