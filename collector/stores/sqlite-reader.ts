// Reads all cells of the SQLite store as of one moment, while commits go on beside it.
import type { DatabaseSync } from 'node:sqlite';
import { visitBlock } from './block-codec.ts';
import { blockPlace } from './cell-series.ts';
import { decodeCells } from './journal-codec.ts';
import { slabOf } from './slab.ts';
import { COVERAGE_SLAB } from './sqlite-journal.ts';
import {
  type BlockRow,
  blockPlaceText,
  createSqliteRows,
  journalPlaceText,
  type SqliteRows,
} from './sqlite-rows.ts';
import type { CellWrite, Store } from './store.ts';

/** Blocks fetched before other work gets a turn. */
const SLICE = 256;

type ReadCells = Parameters<Store['readCells']>;

/** Visits the cells of one block after another; the connection is closed at the end. */
export async function readSqliteCells(
  connection: DatabaseSync,
  visit: ReadCells[0],
  filter: ReadCells[1] = {},
): Promise<void> {
  try {
    const rows = createSqliteRows(connection);
    rows.beginRead();
    const wanted = new Map(rows.names(filter.slo).map(({ id, name }) => [id, name]));
    const slabs = filter.slo === undefined ? undefined : new Set(Array.from(wanted.keys(), slabOf));
    const { from = -Infinity, to = Infinity } = filter;
    for (const slice of blockSlices(rows, filter.slo === undefined ? undefined : wanted)) {
      for (const row of slice) {
        // A block at a time: what is visited and dropped at once costs the garbage collector nothing.
        const batch: CellWrite[] = [];
        const instance = wanted.get(row.instance);
        if (instance !== undefined) readBlock(row, instance, from, to, batch);
        if (batch.length > 0) visit(batch);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    readJournal(rows, wanted, slabs, from, to, visit);
  } finally {
    connection.close();
  }
}

/** All blocks in the order in which they lie in the file, or those of some instances. */
function* blockSlices(
  rows: SqliteRows,
  only: ReadonlyMap<number, string> | undefined,
): Iterable<readonly BlockRow[]> {
  if (only !== undefined) {
    for (const { id: part } of rows.parts())
      for (const instance of only.keys()) yield rows.blocksOf(part, instance);
    return;
  }
  for (let after = 0; ;) {
    const slice = rows.blocksAfter(after, SLICE);
    if (slice.length > 0) yield slice;
    if (slice.length < SLICE) return;
    after = slice.at(-1)?.id ?? after;
  }
}

function readBlock(
  row: BlockRow,
  instance: string,
  from: number,
  to: number,
  batch: CellWrite[],
): void {
  const { width, start, end } = blockPlace(row.key);
  if (end <= from || start >= to) return;
  visitBlock(row.cells, blockPlaceText(row.part, row.instance, row.key), (offset, total, bad) => {
    const at = start + offset * width;
    if (at + width > from && at < to) batch.push({ instance, start: at, width, total, bad });
  });
}

function readJournal(
  rows: SqliteRows,
  wanted: ReadonlyMap<number, string>,
  slabs: ReadonlySet<number> | undefined,
  from: number,
  to: number,
  visit: ReadCells[0],
): void {
  for (const { id, part, slab } of rows.journalPlaces()) {
    if (slab === COVERAGE_SLAB || slabs?.has(slab) === false) continue;
    const entry = rows.journalEntry(id) ?? new Uint8Array();
    const batch: CellWrite[] = [];
    for (const cell of decodeCells(entry, journalPlaceText(id, part, slab))) {
      const instance = wanted.get(cell.id);
      const { start, width, total, bad } = cell;
      if (instance !== undefined && start + width > from && start < to)
        batch.push({ instance, start, width, total, bad });
    }
    if (batch.length > 0) visit(batch);
  }
}
