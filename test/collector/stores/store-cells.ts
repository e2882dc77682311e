/** What a store holds, in a form that two stores can be compared by. */
import type { CellWrite, Store } from '../../../collector/stores/store.ts';

export async function cellsOf(
  store: Store,
  filter?: Parameters<Store['readCells']>[1],
): Promise<CellWrite[]> {
  const cells: CellWrite[] = [];
  await store.readCells((batch) => {
    for (const cell of batch) cells.push(cell);
  }, filter);
  return cells;
}

/** Counts summed over parts and pieces, one line for each instance and cell, sorted; in cells of `width` when given. */
export function summed(cells: readonly CellWrite[], width?: number): string[] {
  const sums = new Map<string, [number, number]>();
  for (const { instance, start, width: own, total, bad } of cells) {
    const w = width ?? own;
    const key = `${instance} ${Math.floor(start / w) * w} ${w}`;
    const sum = sums.get(key) ?? [0, 0];
    sums.set(key, [sum[0] + total, sum[1] + bad]);
  }
  return [...sums]
    .filter(([, [total, bad]]) => total !== 0 || bad !== 0)
    .map(([key, [total, bad]]) => `${key}: ${bad}/${total}`)
    .sort();
}
