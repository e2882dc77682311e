// Counts per step of time for charts, folded from the store's cells.
import { CELL_WIDTHS, type EpochSeconds, evenShare } from '../../slo/counts.ts';
import { type InstanceId, parseInstanceId } from '../../slo/instance.ts';
import type { Store } from '../stores/store.ts';
import type { HistoryPoint } from '../view.ts';

/** Widest cell: what reaches over the edges of the range must be read too. */
const WIDEST = Math.max(...CELL_WIDTHS);

/** The counts of `[from, to)` in steps that start at `from`; a cell over an edge of a step is shared evenly. */
export async function foldSteps(
  store: Store,
  instance: InstanceId,
  from: EpochSeconds,
  to: EpochSeconds,
  stepSeconds: number,
): Promise<readonly HistoryPoint[]> {
  const steps = Math.ceil((to - from) / stepSeconds);
  const total = new Float64Array(steps);
  const bad = new Float64Array(steps);
  await store.readCells(
    (cells) => {
      for (const cell of cells) {
        if (cell.instance !== instance) continue;
        const end = cell.start + cell.width;
        const first = Math.max(0, Math.floor((cell.start - from) / stepSeconds));
        for (let step = first; step < steps; step += 1) {
          const left = Math.max(from + step * stepSeconds, cell.start) - cell.start;
          const right = Math.min(from + (step + 1) * stepSeconds, end) - cell.start;
          if (right <= left) break;
          const share = (count: number): number =>
            evenShare(count, right, cell.width) - evenShare(count, left, cell.width);
          total[step] = (total[step] ?? 0) + share(cell.total);
          bad[step] = (bad[step] ?? 0) + share(cell.bad);
        }
      }
    },
    { slo: parseInstanceId(instance).sloId, from: from - WIDEST, to: to + WIDEST },
  );
  return Array.from({ length: steps }, (_, step) => ({
    at: from + step * stepSeconds,
    total: total[step] ?? 0,
    bad: bad[step] ?? 0,
  }));
}
