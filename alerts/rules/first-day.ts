// What raw data say of the time before the counters began: the rules of the first day, read once an hour.
import { formatDuration } from '../../slo/duration.ts';
import { RULE_SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { alertWindows, LONG_WINDOW } from './alert-windows.ts';
import { sumBy } from './counter-tile.ts';
import type { EventTile } from './event-tile.ts';
import type { RecordingRule } from './rule.ts';

/** Long ranges of raw data are dear. Until the next reading a window reaches back too far by this, at most. */
export const FIRST_DAY_SECONDS = 3600;

/**
 * Records what `increase()` says of each long window beyond what the counters hold by now. Its error is increase()'s own,
 * and at most an hour of events at the window's old edge; once a counter is as old as a window nothing of it is left.
 */
export function firstDayRules(slo: Slo, tile: EventTile): readonly RecordingRule[] {
  const { increase } = tile;
  if (increase === undefined) return [];
  const windows = new Set(alertWindows(slo).filter((seconds) => seconds >= LONG_WINDOW));
  if (slo.window.kind === 'rolling') windows.add(slo.window.seconds);
  const groups = slo.groupBy?.labels ?? [];
  return [...windows]
    .sort((a, b) => a - b)
    .flatMap((seconds) => {
      const window = formatDuration(seconds);
      const labels = { slo: slo.id, service: slo.service.name, window };
      const raw = increase(window);
      const beyond = (counted: string, counter: string): string =>
        `clamp_min(${counted} - ${sumBy(groups)} (${counter}{slo="${slo.id}"}), 0)`;
      return [
        {
          record: RULE_SERIES.earlierTotal,
          labels,
          expr: beyond(raw.total, RULE_SERIES.total),
        },
        { record: RULE_SERIES.earlierBad, labels, expr: beyond(`(${raw.bad})`, RULE_SERIES.bad) },
      ];
    });
}
