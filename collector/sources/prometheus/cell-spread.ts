// Counts known only to lie somewhere in a stretch of time, as cells of the grid: spread evenly, never split in halves.
import {
  type Cell,
  type CellWidth,
  type Counts,
  type EpochSeconds,
  evenShare,
} from '../../../slo/counts.ts';

/** Gaps up to so many seconds are not spread: their counts lie in the second of the newer sample. */
export const LARGEST_LUMP_SECONDS = 60;

/** The width that tiles a stretch: wider for longer ones, so that a day's gap is not 86,400 cells. */
export function spreadWidth(seconds: number): CellWidth {
  if (seconds <= 3600) return 10;
  return seconds <= 86_400 ? 60 : 900;
}

/**
 * Cells inside `[from, to)` that hold `counts`, good and bad events each spread evenly by `evenShare`.
 * Whole cells of `width` take their share; a part of one at either edge gives its share to its last second.
 */
export function spreadCells(
  from: EpochSeconds,
  to: EpochSeconds,
  { total, bad }: Counts,
  width: CellWidth,
): Cell[] {
  const cells: Cell[] = [];
  const seconds = to - from;
  const good = total - bad;
  for (let start = from; start < to;) {
    const end = Math.min(to, start - (start % width) + width);
    const share = (count: number): number =>
      evenShare(count, end - from, seconds) - evenShare(count, start - from, seconds);
    const shareBad = share(bad);
    const shareTotal = shareBad + share(good);
    if (shareTotal > 0) {
      const whole = end - start === width;
      cells.push({
        start: whole ? start : end - 1,
        width: whole ? width : 1,
        total: shareTotal,
        bad: shareBad,
      });
    }
    start = end;
  }
  return cells;
}
