// What a user writes to name a stretch of local time.
import type { Weekday } from './hours.ts';

type Clock = `${number}:${number}`;

export type CalendarDate = `${number}-${number}-${number}`;

/** A stretch of local time that comes again every week, or that comes on some dates. */
export interface HoursInput {
  /** Zone of the IANA database: `'Europe/Berlin'`. */
  readonly zone: string;
  /** One day, a range (`'friday:monday'` crosses the weekend) or several of them. @default every day */
  readonly days?:
    Weekday | `${Weekday}:${Weekday}` | readonly (Weekday | `${Weekday}:${Weekday}`)[];
  /** One date or a range of them, both included. @default every week */
  readonly dates?: CalendarDate | `${CalendarDate}:${CalendarDate}`;
  /** When it begins on each of these days: `'09:00'`. @default '00:00' */
  readonly from?: Clock;
  /** When it ends; at or before `from` that is on the next day. @default '24:00' */
  readonly to?: Clock;
}
