// What raw data say of the time before the counters began: the rules of the first day, read once an hour.
import { formatDuration } from '../../slo/duration.ts';
import { RULE_SERIES } from '../../slo/names.ts';
import { alertWindows, LONG_WINDOW } from './alert-windows.ts';
import { sumBy } from './counter-tile.ts';
import type { CountedSlos } from './counted-slos.ts';
import type { RecordingRule } from './rule.ts';
import { instanceLabelsOf, type SloSet } from './slo-set.ts';

/** Long ranges of raw data are dear. Until the next reading a window reaches back too far by this, at most. */
export const FIRST_DAY_SECONDS = 3600;

/**
 * Records what `increase()` says of each long window beyond what the counters hold by now. Its error is increase()'s own,
 * and at most an hour of events at the window's old edge; once a counter is as old as a window nothing of it is left.
 */
export function firstDayRules(counted: CountedSlos, set: SloSet): readonly RecordingRule[] {
  const { increase } = counted.tile;
  const [first] = counted.slos;
  if (increase === undefined || first === undefined) return [];
  const windows = new Set(
    counted.slos.flatMap((slo) => [
      ...alertWindows(slo).filter((seconds) => seconds >= LONG_WINDOW),
      ...(slo.window.kind === 'rolling' ? [slo.window.seconds] : []),
    ]),
  );
  const isAlone = Object.keys(counted.labels).length > 0;
  const by = instanceLabelsOf(counted.slos);
  const beyond = (raw: string, counter: string): string => {
    const own = `${counter}{${set.matchers}}`;
    return isAlone
      ? `clamp_min(${raw} - ${sumBy(counted.keys)} (${own}), 0)`
      : `clamp_min(${counted.named(raw)} - on (${by}) ${own}, 0)`;
  };
  return [...windows]
    .sort((a, b) => a - b)
    .flatMap((seconds) => {
      const window = formatDuration(seconds);
      const labels = { ...counted.labels, window };
      const raw = increase(window);
      const { total, bad, earlierTotal, earlierBad } = RULE_SERIES;
      return [
        { record: earlierTotal, labels, expr: beyond(raw.total, total) },
        { record: earlierBad, labels, expr: beyond(`(${raw.bad})`, bad) },
      ];
    });
}
