// Instants inside and outside of a stretch of time, for tests that have to name one.
import type { TimeSpec } from '../hours.ts';
import { createActiveTimes } from './active-time.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** All zones are whole quarters of an hour away from UTC. */
const QUARTER = 15;
/** A Monday; where a time names no year, any week will do. */
const ANY_WEEK = Date.UTC(2026, 0, 5);
const DAYS = 9;

/** The first instant found at which one of the specs holds, RFC 3339; undefined when none is in reach. */
export function instantWithin(specs: readonly TimeSpec[]): string | undefined {
  return findInstant(specs, true);
}

/** One at which none of them holds. */
export function instantOutside(specs: readonly TimeSpec[]): string | undefined {
  return findInstant(specs, false);
}

/**
 * Tries every quarter of an hour after which a spec may begin to hold, over a little more than a week; a day on either
 * side of a date, since local days begin on another day in UTC.
 */
function findInstant(specs: readonly TimeSpec[], wanted: boolean): string | undefined {
  const times = createActiveTimes([{ name: '', position: { line: 1, column: 1 }, specs }]);
  for (const spec of specs) {
    const first = firstDay(spec);
    const begin = spec.times?.[0]?.begin ?? 0;
    for (let minute = begin % QUARTER; minute < DAYS * DAY_MINUTES; minute += QUARTER) {
      const at = first + minute * MINUTE_MS;
      if (times.containing([''], at).length > 0 === wanted) return new Date(at).toISOString();
    }
  }
  return undefined;
}

function firstDay({ years, months, daysOfMonth }: TimeSpec): number {
  const year = years?.[0]?.begin;
  if (year === undefined) return ANY_WEEK;
  return Date.UTC(year, (months?.[0]?.begin ?? 1) - 1, daysOfMonth?.[0]?.begin ?? 1) - 86_400_000;
}
