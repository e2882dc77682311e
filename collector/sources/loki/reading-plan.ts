// Which stretches of history to ask Loki for, in which cells: pure arithmetic.
import { CELL_WIDTHS, type CellWidth, type EpochSeconds } from '../../../slo/counts.ts';
import type { Slo } from '../../../slo/slo.ts';
import { nominalSeconds } from '../../../slo/window.ts';
import type { CellRange } from './loki-query.ts';

const HOUR = 3600;
const DAY = 86_400;

interface Band {
  readonly width: CellWidth;
  /** How old its cells may be. */
  readonly maxAge: number;
  /** How much is asked for at once; a multiple of 900. */
  readonly chunk: number;
}

const OLDEST: Band = { width: 900, maxAge: Infinity, chunk: DAY };
const BANDS: readonly Band[] = [
  { width: 10, maxAge: 6 * HOUR, chunk: 6 * HOUR },
  { width: 60, maxAge: 4 * DAY, chunk: DAY },
  OLDEST,
];

/** The finest cells that Loki is asked for. */
export const FINEST = 10;
const WIDEST = 900;

export function alignDown(time: number, width: number): EpochSeconds {
  return Math.floor(time / width) * width;
}

/**
 * `[from, to)` in chunks, oldest first: fine cells for what is young, wide ones for what is old, none wider than
 * `widest`. Starts at or before `from`, on a boundary that no cell crosses; chunks meet at multiples of 900.
 */
export function chunksOf(
  range: { readonly from: EpochSeconds; readonly to: EpochSeconds },
  now: EpochSeconds,
  widest: CellWidth,
): CellRange[] {
  const { from, to } = range;
  const chunks: CellRange[] = [];
  for (let at = from; at < to;) {
    const index = BANDS.findIndex(({ maxAge }) => now - at <= maxAge);
    const { width: wanted, chunk } = BANDS[index] ?? OLDEST;
    const younger = BANDS[index - 1];
    const width = wanted < widest ? wanted : widest;
    const start = alignDown(at, width);
    const border = younger === undefined ? to : alignDown(now - younger.maxAge, WIDEST) + WIDEST;
    const end = Math.min(to, border, alignDown(start, WIDEST) + chunk);
    const whole = alignDown(end, width);
    if (whole > start) chunks.push({ from: start, to: whole, width });
    // Only the end of the range can cut a wide cell.
    if (whole < end) chunks.push({ from: whole, to: alignDown(end, FINEST), width: FINEST });
    at = end;
  }
  return chunks;
}

/** The widest cells whose boundaries no time slice of the SLO is cut by. */
export function widestCells({ method }: Slo): CellWidth {
  const slice = method.kind === 'time-slices' ? method.sliceSeconds : WIDEST;
  return CELL_WIDTHS.findLast((width) => width >= FINEST && slice % width === 0) ?? FINEST;
}

/** How far back an SLO's history is read at its first start: the compliance window, and never less than the alert windows. */
export function historySeconds(slo: Slo): number {
  // The longest month is a day longer than the nominal one, and a window may begin in another zone's day.
  const window = nominalSeconds(slo.window) + (slo.window.kind === 'calendar' ? 2 * DAY : 0);
  return Math.max(window, ...slo.burnPolicy.conditions.map(({ longWindow }) => longWindow));
}
