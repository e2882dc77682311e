// Counts of events: integers in, integers out, in cells of a fixed grid of time.

/** A moment in whole seconds since 1970-01-01T00:00:00Z. */
export type EpochSeconds = number;

/** Events counted: `0 ≤ bad ≤ total`, both integers up to 2^53. */
export interface Counts {
  readonly total: number;
  readonly bad: number;
}

/**
 * The cell widths, in seconds, on which counts are kept; a cell starts at a multiple of its width.
 * The widest is 15 minutes because every zone offset in use is a multiple of it: a calendar boundary never cuts a cell.
 */
export const CELL_WIDTHS = [1, 10, 60, 900] as const;

export type CellWidth = (typeof CELL_WIDTHS)[number];

/** Counts that happened somewhere in `[start, start + width)`; negative numbers occur only in corrections. */
export interface Cell extends Counts {
  readonly start: EpochSeconds;
  readonly width: CellWidth;
}

/**
 * The share of an integer `count`, spread evenly over `of` steps, that falls into the first `steps` of them.
 * Consecutive differences are integers that add up to `count`: second k of n gets f(k + 1) − f(k).
 * Corrections may be negative, and spread like the positive count they take back.
 */
export function evenShare(count: number, steps: number, of: number): number {
  if (steps <= 0) return 0;
  if (steps >= of) return count;
  const product = Math.abs(count) * steps;
  const share = Number.isSafeInteger(product)
    ? Math.floor(product / of)
    : Number((BigInt(Math.abs(count)) * BigInt(steps)) / BigInt(of));
  return count < 0 ? -share : share;
}
