// The offset of a time zone from UTC as PromQL: its changes are listed, because Prometheus knows no zones.
import { offsetSeconds } from '../../slo/wall-time.ts';

/** The years whose changes of clocks are listed; before and after them the clocks stay as they are at the edges. */
export const KNOWN_YEARS = { first: 2026, last: 2035 } as const;

const DAY = 86_400;

/** A scalar expression of the zone's offset in seconds at the scalar `at`. @throws RangeError for an unknown zone */
export function zoneOffset(zone: string, at: string): string {
  const { initial, changes } = clockChanges(zone);
  const terms = changes.map(
    ({ instant, by }) => `${by < 0 ? '-' : '+'} ${Math.abs(by)} * (${at} >= bool ${instant})`,
  );
  return `(${[String(initial), ...terms].join(' ')})`;
}

interface ClockChange {
  /** Epoch seconds from which on the new offset holds. */
  readonly instant: number;
  readonly by: number;
}

/** The offset at the beginning of the known years, and every change in them. */
function clockChanges(zone: string): {
  readonly initial: number;
  readonly changes: readonly ClockChange[];
} {
  const offsetAt = (seconds: number): number => offsetSeconds(seconds * 1000, zone);
  const first = Date.UTC(KNOWN_YEARS.first, 0, 1) / 1000;
  const end = Date.UTC(KNOWN_YEARS.last + 1, 0, 1) / 1000;
  const initial = offsetAt(first);
  const changes: ClockChange[] = [];
  let before = initial;
  // Every day is looked at: temporal-polyfill's getTimeZoneTransition misses most of Morocco's changes, which are five weeks
  // apart. No zone changes its clocks twice in a day.
  for (let at = first; at < end; at += DAY) {
    const after = offsetAt(at + DAY);
    if (after === before) continue;
    let [low, high] = [at, at + DAY];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ instant: high, by: after - before });
    before = after;
  }
  return { initial, changes };
}
