// Between instants and what a zone's clock and calendar on the wall show.
import { Temporal } from 'temporal-polyfill';

/** What a clock and a calendar on the wall show. */
export interface WallTime {
  readonly year: number;
  /** 1…12 */
  readonly month: number;
  /** 1…31 */
  readonly day: number;
  /** Of this month, 28…31. */
  readonly daysInMonth: number;
  /** Monday is 1, Sunday 7. */
  readonly dayOfWeek: number;
  readonly hour: number;
  readonly minute: number;
}

/** What the wall shows at an instant. @throws RangeError when the zone is not in the IANA database of the runtime */
export function wallTime(atMs: number, zone: string): WallTime {
  return zoned(atMs, zone);
}

/** Seconds by which a zone's clocks are ahead of UTC at an instant. @throws RangeError for an unknown zone */
export function offsetSeconds(atMs: number, zone: string): number {
  return zoned(atMs, zone).offsetNanoseconds / 1e9;
}

/**
 * The instant at which a zone's wall shows a time, given as the milliseconds at which a wall in UTC shows it. A time
 * that clocks show twice is the first of them; one that they skip is as long after the last one that they show.
 * @throws RangeError for an unknown zone
 */
export function instantShowing(utcMs: number, zone: string): number {
  return zoned(utcMs, 'UTC').toPlainDateTime().toZonedDateTime(zone).epochMilliseconds;
}

function zoned(atMs: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone);
}
