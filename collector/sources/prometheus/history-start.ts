// How far back the history of SLOs is needed: their compliance windows, and what their alerts look back on.
import { calendarPeriod } from '../../../slo/calendar.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Slo } from '../../../slo/slo.ts';

/** The earliest instant that any window of these SLOs reaches at `now`, on a whole cell of the widest kind. */
function historyStart(slos: readonly Slo[], now: EpochSeconds): EpochSeconds {
  const starts = slos.map(({ window, burnPolicy }) => {
    const start =
      window.kind === 'rolling' ? now - window.seconds : calendarPeriod(window, now).start;
    const longest = Math.max(0, ...burnPolicy.conditions.map(({ longWindow }) => longWindow));
    return Math.min(start, now - longest);
  });
  const earliest = Math.min(now, ...starts);
  return earliest - (earliest % 900);
}

export interface HistorySettings {
  readonly backfill: boolean;
  /** Nothing before this is read. */
  readonly notBefore: EpochSeconds;
}

/** Where the first read of new SLOs begins. */
export function firstRead(
  slos: readonly Slo[],
  now: EpochSeconds,
  { backfill, notBefore }: HistorySettings,
): EpochSeconds {
  return Math.min(now, Math.max(backfill ? historyStart(slos, now) : now, notBefore));
}
