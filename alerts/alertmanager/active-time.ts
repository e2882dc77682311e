// Whether a named time interval holds at an instant, in any zone.
import { type WallTime, wallTime } from '../../slo/wall-time.ts';
import type { Range, TimeInterval, TimeIntervalSpec } from './configuration.ts';

/** The time intervals of a configuration, ready to be asked. */
export interface ActiveTimes {
  /**
   * Those of the named intervals that contain the instant, in the order given.
   * @throws RangeError when there is no interval of that name, or when its zone is unknown here
   */
  containing(names: readonly string[], atMs: number): string[];
}

/** @param localZone IANA name of what `location: Local` means: the zone of Alertmanager's host; UTC by default */
export function createActiveTimes(
  intervals: readonly TimeInterval[],
  localZone = 'UTC',
): ActiveTimes {
  const byName = new Map(intervals.map((interval) => [interval.name, interval]));
  return {
    containing: (names, atMs) =>
      names.filter((name) => {
        const interval = byName.get(name);
        if (interval === undefined)
          throw new RangeError(`there is no time interval '${name}'; define it in time_intervals`);
        return interval.specs.some((spec) =>
          holds(spec, wallIn(spec.location === 'Local' ? localZone : spec.location, atMs)),
        );
      }),
  };
}

/** Whether all given fields of a time interval hold at what a wall's clock and calendar show. */
function holds(spec: TimeIntervalSpec, wall: WallTime): boolean {
  const { times, daysOfMonth, months, weekdays, years } = spec;
  const minute = wall.hour * 60 + wall.minute;
  return (
    (times === undefined || times.some(({ begin, end }) => begin <= minute && minute < end)) &&
    (daysOfMonth === undefined || daysOfMonth.some((range) => holdsDay(range, wall))) &&
    within(months, wall.month) &&
    // Sunday is 0 for Alertmanager.
    within(weekdays, wall.dayOfWeek % 7) &&
    within(years, wall.year)
  );
}

function within(ranges: readonly Range[] | undefined, value: number): boolean {
  return ranges === undefined || ranges.some(({ begin, end }) => begin <= value && value <= end);
}

/** Negative days count from the end of the month; what reaches over its ends is cut off. */
function holdsDay({ begin, end }: Range, { day, daysInMonth: last }: WallTime): boolean {
  const resolved = (bound: number): number => (bound < 0 ? last + bound + 1 : bound);
  return resolved(begin) <= day && day <= Math.min(resolved(end), last);
}

/** @throws RangeError when the zone is unknown to this runtime */
function wallIn(zone: string, atMs: number): WallTime {
  try {
    return wallTime(atMs, zone === '' ? 'UTC' : zone);
  } catch {
    throw new RangeError(`'${zone}' is no time zone that is known here; write an IANA name`);
  }
}
