// One stretch of time of one width of cells: the unit in which counts are kept, merged and written to disk.
import type { CellWidth, EpochSeconds } from '../../slo/counts.ts';

/**
 * Seconds that one block spans, for each cell width: a few hundred cells, and a whole number of the next wider cells,
 * so that a block can be merged as a whole.
 */
export const BLOCK_SECONDS: Readonly<Record<CellWidth, number>> = Object.freeze({
  1: 600,
  10: 3600,
  60: 21_600,
  900: 432_000,
});

/** Cells of one width inside one block, sorted by offset (in cells from the block's start), none of them 0 and 0. */
export interface CellBlock {
  readonly offsets: number[];
  readonly totals: number[];
  readonly bads: number[];
}

export function createCellBlock(): CellBlock {
  return { offsets: [], totals: [], bads: [] };
}

/** The start of the block that a cell belongs to. */
export function blockStart(start: EpochSeconds, width: CellWidth): EpochSeconds {
  const span = BLOCK_SECONDS[width];
  return Math.floor(start / span) * span;
}

/** Adds counts to the cell at an offset; a cell that comes to 0 and 0 is dropped. */
export function addToBlock(block: CellBlock, offset: number, total: number, bad: number): void {
  const { offsets, totals, bads } = block;
  const at = position(offsets, offset);
  if (offsets[at] !== offset) {
    if (total === 0 && bad === 0) return;
    if (at === offsets.length) {
      offsets.push(offset);
      totals.push(total);
      bads.push(bad);
    } else {
      offsets.splice(at, 0, offset);
      totals.splice(at, 0, total);
      bads.splice(at, 0, bad);
    }
    return;
  }
  const newTotal = saturated((totals[at] ?? 0) + total);
  const newBad = saturated((bads[at] ?? 0) + bad);
  if (newTotal === 0 && newBad === 0) removeFromBlock(block, at, at + 1);
  else {
    totals[at] = newTotal;
    bads[at] = newBad;
  }
}

/** Drops the cells at positions `[from, to)` of the sorted lists. */
export function removeFromBlock(block: CellBlock, from: number, to: number): void {
  block.offsets.splice(from, to - from);
  block.totals.splice(from, to - from);
  block.bads.splice(from, to - from);
}

/** The position of the first cell whose offset is at least `offset`; the newest cell is looked at first. */
export function position(offsets: readonly number[], offset: number): number {
  let high = offsets.length;
  if (high === 0 || (offsets[high - 1] ?? 0) < offset) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counts end at ±(2^53 − 1): beyond it integers are no longer exact, and a cell that full is past all budgets anyway. */
function saturated(count: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, count));
}
