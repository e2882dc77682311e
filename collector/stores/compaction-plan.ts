// Which cells are old enough to be merged or dropped at a moment, in steps of whole blocks so that little is rewritten.
import { CELL_WIDTHS, type CellWidth, type EpochSeconds } from '../../slo/counts.ts';
import { BLOCK_SECONDS } from './cell-block.ts';
import type { Retention } from './store.ts';

export interface CompactionPlan {
  /** Cells that end at or before this moment are dropped; a multiple of 900. */
  readonly dropBefore: EpochSeconds;
  /** The width that cells of `width` in a block that ends at `end` shall have; `width` itself when they stay. */
  targetWidth(slo: string, width: CellWidth, end: EpochSeconds): CellWidth;
  /** Two plans with the same text change nothing in cells that one of them has already been applied to. */
  readonly signature: string;
}

/** The text before the first brace of an instance id: its SLO. */
export function sloOf(instance: string): string {
  const brace = instance.indexOf('{');
  return brace < 0 ? instance : instance.slice(0, brace);
}

/**
 * Cells of width 1 stay for `fine[1]` seconds, then become 10 wide, and so on up to 900 or the SLO's own widest.
 * Each limit is rounded down to a whole block of the narrower width: cells may stay fine for one block longer.
 */
export function compactionPlan(now: EpochSeconds, retention: Retention): CompactionPlan {
  const limits = new Map<CellWidth, EpochSeconds>();
  for (const [narrow, wide] of [
    [1, 10],
    [10, 60],
    [60, 900],
  ] as const) {
    const span = BLOCK_SECONDS[narrow];
    limits.set(wide, Math.floor((now - retention.fine[narrow]) / span) * span);
  }
  const dropBefore = Math.floor((now - retention.total) / 900) * 900;
  const widest = [...retention.widest].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    dropBefore,
    signature: JSON.stringify([dropBefore, [...limits], widest]),
    targetWidth(slo, width, end) {
      const widest = retention.widest.get(slo) ?? 900;
      let target = width;
      for (const wide of CELL_WIDTHS)
        if (wide > target && wide <= widest && end <= (limits.get(wide) ?? -Infinity))
          target = wide;
      return target;
    },
  };
}
