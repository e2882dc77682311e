// The compliance window at an instant: the time that an SLO is held to account for, and how well it was measured.
import type { Calendar } from './calendar.ts';
import type { EpochSeconds } from './counts.ts';
import { coveredSeconds, type Interval } from './interval.ts';
import type { Window } from './window.ts';

/** `[from, to)` is what has passed of the window. */
export interface ComplianceWindow extends Interval {
  /** The whole calendar period, of which `[from, to)` has passed; absent on rolling windows. */
  readonly period?: Interval;
}

/** The window that ends at `end`: so many seconds before it, or since its calendar period began. */
export function complianceWindow(
  window: Window,
  end: EpochSeconds,
  calendar: Calendar,
): ComplianceWindow {
  if (window.kind === 'rolling') return { from: end - window.seconds, to: end };
  const period = calendar.period(window, end);
  return { from: period.start, to: end, period: { from: period.start, to: period.end } };
}

/** Measured ÷ elapsed seconds of an interval, 0…1; 0 when nothing has elapsed. */
export function coverageOf(measured: readonly Interval[], { from, to }: Interval): number {
  return to > from ? coveredSeconds(measured, from, to) / (to - from) : 0;
}
