// Whether a named time interval holds at an instant, in any zone.
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
  const clock = createWallClock();
  return {
    containing: (names, atMs) =>
      names.filter((name) => {
        const interval = byName.get(name);
        if (interval === undefined)
          throw new RangeError(`there is no time interval '${name}'; define it in time_intervals`);
        return interval.specs.some((spec) =>
          holds(spec, clock.at(atMs, spec.location === 'Local' ? localZone : spec.location)),
        );
      }),
  };
}

/** What a clock and a calendar on the wall show. */
interface WallTime {
  readonly year: number;
  /** 1…12 */
  readonly month: number;
  /** 1…31 */
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Since midnight as the clock shows it, 0…1439. */
  readonly minute: number;
}

/** Whether all given fields of a time interval hold at what the wall shows. */
function holds(spec: TimeIntervalSpec, wall: WallTime): boolean {
  const { times, daysOfMonth, months, weekdays, years } = spec;
  return (
    (times === undefined ||
      times.some(({ begin, end }) => begin <= wall.minute && wall.minute < end)) &&
    (daysOfMonth === undefined || daysOfMonth.some((range) => holdsDay(range, wall))) &&
    within(months, wall.month) &&
    within(weekdays, wall.weekday) &&
    within(years, wall.year)
  );
}

function within(ranges: readonly Range[] | undefined, value: number): boolean {
  return ranges === undefined || ranges.some(({ begin, end }) => begin <= value && value <= end);
}

/** Negative days count from the end of the month; what reaches over its ends is cut off. */
function holdsDay({ begin, end }: Range, { year, month, day }: WallTime): boolean {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const resolved = (bound: number): number => (bound < 0 ? last + bound + 1 : bound);
  return resolved(begin) <= day && day <= Math.min(resolved(end), last);
}

interface WallClock {
  /** @throws RangeError when the zone is unknown to this runtime */
  at(atMs: number, zone: string): WallTime;
}

/** Reads the wall of any zone; remembers the formatter of each zone, which is slow to make. */
function createWallClock(): WallClock {
  const formatters = new Map<string, Intl.DateTimeFormat>();
  const formatterOf = (zone: string): Intl.DateTimeFormat => {
    const known = formatters.get(zone);
    if (known !== undefined) return known;
    const made = zoneFormatter(zone);
    formatters.set(zone, made);
    return made;
  };
  return {
    at: (atMs, zone) =>
      wallTime(zone === 'UTC' || zone === '' ? atMs : localMs(formatterOf(zone), atMs)),
  };
}

/** The fields of a count of milliseconds that is read as UTC. */
function wallTime(ms: number): WallTime {
  const date = new Date(ms);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    minute: date.getUTCHours() * 60 + date.getUTCMinutes(),
  };
}

/** A formatter that writes a zone's wall time in numbers. @throws RangeError when the zone is unknown to this runtime */
export function zoneFormatter(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new RangeError(`'${zone}' is no time zone that is known here; write an IANA name`);
  }
}

/** The wall's time of an instant, as milliseconds of a clock that reads so in UTC; whole seconds. */
export function localMs(formatter: Intl.DateTimeFormat, atMs: number): number {
  const shown: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(atMs)) shown[type] = Number(value);
  return Date.UTC(
    shown['year'] ?? Number.NaN,
    (shown['month'] ?? Number.NaN) - 1,
    shown['day'],
    shown['hour'],
    shown['minute'],
    shown['second'],
  );
}
