// What a replacement changes: the exact differences between what a part held in a range and what it shall hold.
import { type Cell, CELL_WIDTHS, type EpochSeconds } from '../../slo/counts.ts';
import { addToSeries, type CellSeries, createCellSeries, visitSeries } from './cell-series.ts';
import type { Replacement } from './store.ts';

/**
 * The differences that make `held` contain exactly the replacement's cells in its range; zero ones are left out.
 *
 * Old cells may have been merged into wider ones that only partly lie in the range. Such a cell cannot be taken apart,
 * so the range is narrowed to the whole cells inside it: what the partial cell spans stays as it was, and new cells
 * there are left out because its counts already hold their events. Nothing is ever counted twice.
 */
export function replacementDifferences(held: CellSeries, replacement: Replacement): Cell[] {
  const { from, to } = wholeCellRange(held, replacement);
  const changed = createCellSeries();
  visitSeries(
    held,
    (start, width, total, bad) => {
      if (start >= from && start + width <= to)
        addToSeries(changed, { start, width, total: -total, bad: -bad });
    },
    from,
    to,
  );
  for (const cell of replacement.cells)
    if (cell.start >= from && cell.start + cell.width <= to) addToSeries(changed, cell);
  const differences: Cell[] = [];
  visitSeries(changed, (start, width, total, bad) =>
    differences.push({ start, width, total, bad }),
  );
  return differences;
}

/** The range without what held cells span that reach over its edges; empty when one cell spans it all. */
function wholeCellRange(
  held: CellSeries,
  range: { readonly from: EpochSeconds; readonly to: EpochSeconds },
): { from: EpochSeconds; to: EpochSeconds } {
  let { from, to } = range;
  const widest = CELL_WIDTHS.at(-1) ?? 900;
  visitSeries(
    held,
    (start, width) => {
      if (start < range.from) from = Math.max(from, start + width);
      if (start + width > range.to) to = Math.min(to, start);
    },
    range.from - (range.from % widest),
    range.to,
  );
  return { from, to };
}
