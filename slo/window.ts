// The compliance window: how long an SLO looks back, or which calendar period it counts in.
import { parseDuration } from './duration.ts';

export const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;

/** A calendar period in local time; weeks are ISO weeks, Monday to Sunday. */
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** A window that ends now and starts `seconds` earlier. */
export interface RollingWindow {
  readonly kind: 'rolling';
  readonly seconds: number;
}

/** The current calendar period in an IANA time zone. */
export interface CalendarWindow {
  readonly kind: 'calendar';
  readonly unit: CalendarUnit;
  readonly zone: string;
}

export type Window = RollingWindow | CalendarWindow;

/** A rolling window of a whole duration; undefined when the text is not a duration. */
export function rolling(text: string): RollingWindow | undefined {
  const seconds = parseDuration(text);
  return seconds === undefined ? undefined : { kind: 'rolling', seconds };
}

/** The window of one calendar unit in a zone. @example calendar('month', 'Europe/Berlin') */
export function calendar(unit: CalendarUnit, zone: string): CalendarWindow {
  return Object.freeze({ kind: 'calendar', unit, zone });
}

/**
 * The length by which burn rates are scaled, in seconds: a rolling window's own, or the unit's nominal length
 * (1, 7, 30, 91 and 365 days), because an alert threshold must not move with the number of days in the month.
 */
export function nominalSeconds(window: Window): number {
  if (window.kind === 'rolling') return window.seconds;
  const days = { day: 1, week: 7, month: 30, quarter: 91, year: 365 }[window.unit];
  return days * 86_400;
}
