// The blocks of up to 256 instances of one part while they change: what a durable store loads, folds into and writes.
import type { CellBlock } from './cell-block.ts';
import {
  addToSeries,
  type BlockKey,
  blockKey,
  blockPlace,
  type CellSeries,
  compactSeries,
  createCellSeries,
} from './cell-series.ts';
import type { CompactionPlan } from './compaction-plan.ts';
import type { NumberedCell } from './journal-codec.ts';

/** Instances whose counts are journaled, folded and compacted together. */
export const SLAB_SIZE = 256;

export function slabOf(id: number): number {
  return Math.floor(id / SLAB_SIZE);
}

/** Names one stored block of a part. */
export interface BlockName {
  readonly id: number;
  readonly key: BlockKey;
}

/** A block to write, or to delete when it has become empty. */
export interface BlockChange extends BlockName {
  readonly block: CellBlock | undefined;
}

export interface Slab {
  /** Hands in a block as it is stored. */
  put(name: BlockName, block: CellBlock): void;
  add(cell: NumberedCell): void;
  /** All blocks handed in or made so far, of one instance. */
  series(id: number): CellSeries;
  /** Merges and drops; `slo` is undefined for a number whose name is gone, whose counts are dropped. */
  compact(plan: CompactionPlan, slo: (id: number) => string | undefined): void;
  changes(): BlockChange[];
}

export function createSlab(): Slab {
  const all = new Map<number, { readonly series: CellSeries; readonly touched: Set<BlockKey> }>();
  const of = (id: number): { readonly series: CellSeries; readonly touched: Set<BlockKey> } => {
    let held = all.get(id);
    if (held === undefined) {
      held = { series: createCellSeries(), touched: new Set() };
      all.set(id, held);
    }
    return held;
  };
  return {
    put: ({ id, key }, block) => void of(id).series.set(key, block),
    add(cell) {
      const { series, touched } = of(cell.id);
      addToSeries(series, cell, touched);
    },
    series: (id) => of(id).series,
    compact(plan, slo) {
      for (const [id, { series, touched }] of all) {
        const name = slo(id);
        if (name !== undefined) compactSeries(series, plan, name, touched);
        else {
          for (const key of series.keys()) touched.add(key);
          series.clear();
        }
      }
    },
    changes() {
      const changes: BlockChange[] = [];
      for (const [id, { series, touched }] of all)
        for (const key of touched) changes.push({ id, key, block: series.get(key) });
      return changes;
    },
  };
}

/** The blocks that cells go into; one may be named more than once. */
export function blocksOf(cells: readonly NumberedCell[]): BlockName[] {
  return cells.map(({ id, start, width }) => ({ id, key: blockKey(start, width) }));
}

/** Each block once. */
export function distinctBlocks(names: Iterable<BlockName>): BlockName[] {
  const keysById = new Map<number, Set<BlockKey>>();
  const distinct: BlockName[] = [];
  for (const name of names) {
    let keys = keysById.get(name.id);
    if (keys === undefined) keysById.set(name.id, (keys = new Set()));
    if (keys.has(name.key)) continue;
    keys.add(name.key);
    distinct.push(name);
  }
  return distinct;
}

/** Of the named blocks those that compaction changes, and the wider blocks that they are merged into. */
export function blocksToCompact(
  names: Iterable<BlockName>,
  plan: CompactionPlan,
  slo: (id: number) => string | undefined,
): BlockName[] {
  const found: BlockName[] = [];
  for (const { id, key } of names) {
    const { width, start, end } = blockPlace(key);
    const name = slo(id);
    const target = name === undefined ? width : plan.targetWidth(name, width, end);
    if (target === width && start >= plan.dropBefore && name !== undefined) continue;
    found.push({ id, key });
    // Every wider block holds a whole number of narrower ones: one target for all of the block's cells.
    if (target !== width) found.push({ id, key: blockKey(start, target) });
  }
  return found;
}
