// All that one part holds for one instance: blocks of cells of every width, and how they are read, merged and dropped.
import { type Cell, CELL_WIDTHS, type CellWidth, type EpochSeconds } from '../../slo/counts.ts';
import {
  addToBlock,
  BLOCK_SECONDS,
  type CellBlock,
  createCellBlock,
  position,
  removeFromBlock,
} from './cell-block.ts';
import type { CompactionPlan } from './compaction-plan.ts';

/** Names a block within a series: block number and width in one small integer. */
export type BlockKey = number;

export type CellSeries = Map<BlockKey, CellBlock>;

export function createCellSeries(): CellSeries {
  return new Map();
}

export function blockKey(start: EpochSeconds, width: CellWidth): BlockKey {
  return Math.floor(start / BLOCK_SECONDS[width]) * 4 + CELL_WIDTHS.indexOf(width);
}

/** The width, start and end of a block, from its key. */
export function blockPlace(key: BlockKey): {
  readonly width: CellWidth;
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
} {
  const index = ((key % 4) + 4) % 4;
  const width = CELL_WIDTHS[index] ?? 1;
  const start = ((key - index) / 4) * BLOCK_SECONDS[width];
  return { width, start, end: start + BLOCK_SECONDS[width] };
}

/** Adds a cell's counts, which may be negative; `touched` collects the keys of changed blocks. */
export function addToSeries(series: CellSeries, cell: Cell, touched?: Set<BlockKey>): void {
  const key = blockKey(cell.start, cell.width);
  let block = series.get(key);
  if (block === undefined) {
    if (cell.total === 0 && cell.bad === 0) return;
    block = createCellBlock();
    series.set(key, block);
  }
  const span = BLOCK_SECONDS[cell.width];
  const offset = (cell.start - Math.floor(cell.start / span) * span) / cell.width;
  addToBlock(block, offset, cell.total, cell.bad);
  if (block.offsets.length === 0) series.delete(key);
  touched?.add(key);
}

/** Visits the cells that lie at least partly in `[from, to)`, those of one block in order. */
export function visitSeries(
  series: CellSeries,
  visit: (start: EpochSeconds, width: CellWidth, total: number, bad: number) => void,
  from = -Infinity,
  to = Infinity,
): void {
  for (const [key, block] of series) {
    const { width, start, end } = blockPlace(key);
    if (end <= from || start >= to) continue;
    const { offsets, totals, bads } = block;
    for (let index = 0; index < offsets.length; index++) {
      const at = start + (offsets[index] ?? 0) * width;
      if (at + width > from && at < to) visit(at, width, totals[index] ?? 0, bads[index] ?? 0);
    }
  }
}

/** Merges blocks into the widths that the plan asks for and drops what is too old. `touched` collects changed blocks. */
export function compactSeries(
  series: CellSeries,
  plan: CompactionPlan,
  slo: string,
  touched?: Set<BlockKey>,
): void {
  // Wider blocks are written while narrower ones are read: the keys are taken before.
  const keys = Array.from(series.keys());
  for (const key of keys) {
    const block = series.get(key);
    if (block === undefined) continue;
    const { width, start, end } = blockPlace(key);
    if (start < plan.dropBefore && dropOld(series, key, block, plan.dropBefore)) touched?.add(key);
    const target = plan.targetWidth(slo, width, end);
    if (target === width || !series.has(key)) continue;
    series.delete(key);
    touched?.add(key);
    for (let index = 0; index < block.offsets.length; index++) {
      const at = start + (block.offsets[index] ?? 0) * width;
      const cell = {
        start: Math.floor(at / target) * target,
        width: target,
        total: block.totals[index] ?? 0,
        bad: block.bads[index] ?? 0,
      };
      addToSeries(series, cell, touched);
    }
  }
}

/** Whether anything was dropped; `before` is a multiple of the widest cell, so it never cuts one. */
function dropOld(
  series: CellSeries,
  key: BlockKey,
  block: CellBlock,
  before: EpochSeconds,
): boolean {
  const { width, start } = blockPlace(key);
  const kept = position(block.offsets, (before - start) / width);
  removeFromBlock(block, 0, kept);
  if (block.offsets.length === 0) series.delete(key);
  return kept > 0;
}
