// Commits, their folding into blocks, and compaction in the SQLite store; synchronous, one transaction at a time.
import { CELL_WIDTHS } from '../../slo/counts.ts';
import { decodeBlock, encodeBlock } from './block-codec.ts';
import { BLOCK_SECONDS, blockStart } from './cell-block.ts';
import { addToSeries, blockKey, type CellSeries, createCellSeries } from './cell-series.ts';
import { type CompactionPlan, sloOf } from './compaction-plan.ts';
import { decodeCells, encodeCells, type NumberedCell } from './journal-codec.ts';
import { createNameBook } from './name-book.ts';
import { replacementDifferences } from './replacement.ts';
import {
  type BlockName,
  blocksOf,
  blocksToCompact,
  createSlab,
  distinctBlocks,
  SLAB_SIZE,
  slabOf,
} from './slab.ts';
import { createSqliteCoverage, type SqliteCoverage } from './sqlite-coverage.ts';
import { COVERAGE_SLAB, createSqliteJournal } from './sqlite-journal.ts';
import { blockPlaceText, type PartRow, type SqliteRows } from './sqlite-rows.ts';
import {
  type Commit,
  type CountDelta,
  type PartId,
  type Replacement,
  StaleReaderError,
} from './store.ts';
import { createVarintWriter } from './varint.ts';

/** A slab is folded by the commit that gives it this many entries or bytes, when compaction has not done it before. */
const FOLD_ENTRIES = 256;
const FOLD_BYTES = 1_048_576;

interface SlabPlace {
  readonly part: number;
  readonly slab: number;
}

export interface SqliteCounts {
  readonly parts: ReadonlyMap<PartId, PartRow>;
  readonly coverage: SqliteCoverage;
  commit(commit: Commit): readonly CountDelta[];
  /** Folds, merges and drops, one short transaction for each step of the iteration. */
  compact(plan: CompactionPlan): Iterable<void>;
}

export function createSqliteCounts(rows: SqliteRows): SqliteCounts {
  const out = createVarintWriter();
  const parts = new Map<PartId, PartRow>(rows.parts().map((part) => [part.name, part]));
  const names = createNameBook(rows.names(), rows.nextName());
  const journal = createSqliteJournal(rows);
  const coverage = createSqliteCoverage(rows, journal, names);
  /** Slabs that hold blocks, with the plan that they were last compacted by. */
  const compacted = new Map<string, SlabPlace & { readonly signature?: string }>();
  for (const { part, slab } of rows.blockSlabs(SLAB_SIZE))
    compacted.set(`${part} ${slab}`, { part, slab });

  const sloName = (id: number): string | undefined => {
    const name = names.name(id);
    return name === undefined ? undefined : sloOf(name);
  };

  function transaction<T>(work: () => T): T {
    rows.begin();
    try {
      const result = work();
      for (const { id, name, day } of names.changes()) rows.saveName(id, name, day);
      rows.commit();
      names.keep();
      journal.keep();
      return result;
    } catch (error) {
      names.undo();
      journal.undo();
      rows.rollback();
      throw error;
    }
  }

  function journaled(place: SlabPlace): NumberedCell[] {
    const cells: NumberedCell[] = [];
    for (const { entry, place: text } of journal.read(journal.places(place.part, place.slab)))
      for (const cell of decodeCells(entry, text)) cells.push(cell);
    return cells;
  }

  function block(part: number, { id, key }: BlockName) {
    const bytes = rows.block(part, id, key);
    return bytes && decodeBlock(bytes, blockPlaceText(part, id, key));
  }

  /** What the part holds for an instance around a range: enough to replace the range exactly. */
  function heldAround(part: number, id: number, { from, to }: Replacement): CellSeries {
    const series = createCellSeries();
    // No cell crosses the edge of its block: the block that holds the range's first second also holds what reaches over it.
    for (const width of CELL_WIDTHS)
      for (let at = blockStart(from, width); at < to; at += BLOCK_SECONDS[width]) {
        const key = blockKey(at, width);
        const found = block(part, { id, key });
        if (found !== undefined) series.set(key, found);
      }
    return series;
  }

  /** The differences that the replacements make, in order, each seeing what the one before it left. */
  function replacementDeltas(part: number, replacements: readonly Replacement[]): CountDelta[] {
    const deltas: CountDelta[] = [];
    const pending = new Map<number, NumberedCell[]>();
    for (const replacement of replacements) {
      const id = names.use(replacement.instance, replacement.from);
      let cells = pending.get(slabOf(id));
      if (cells === undefined)
        pending.set(slabOf(id), (cells = journaled({ part, slab: slabOf(id) })));
      const held = heldAround(part, id, replacement);
      for (const cell of cells) if (cell.id === id) addToSeries(held, cell);
      for (const cell of replacementDifferences(held, replacement)) {
        deltas.push({ instance: replacement.instance, ...cell });
        cells.push({ id, ...cell });
      }
    }
    return deltas;
  }

  function writeCells(part: number, deltas: readonly CountDelta[]): void {
    const bySlab = new Map<number, NumberedCell[]>();
    for (const { instance, start, width, total, bad } of deltas) {
      const id = names.use(instance, start);
      const cells = bySlab.get(slabOf(id));
      const cell = { id, start, width, total, bad };
      if (cells === undefined) bySlab.set(slabOf(id), [cell]);
      else cells.push(cell);
    }
    for (const [slab, cells] of bySlab)
      journal.write(part, slab, (place) => encodeCells(cells, place, out));
  }

  /** Folds a slab's journal into its blocks and, given a plan, merges and drops what is due. */
  function fold(place: SlabPlace, plan?: CompactionPlan): void {
    const { part, slab } = place;
    const entries = [...journal.places(part, slab)];
    const name = `${part} ${slab}`;
    transaction(() => {
      const cells = journaled(place);
      // First, so that a file at its limit has room for what takes their place.
      journal.deleteRows(entries);
      let wanted = blocksOf(cells);
      if (plan !== undefined) {
        const due = compacted.get(name)?.signature === plan.signature;
        const stored = due ? [] : rows.blockNames(part, slab * SLAB_SIZE, (slab + 1) * SLAB_SIZE);
        // Not pushed one by one: a history may be more than a call's arguments hold.
        wanted = [...wanted, ...blocksToCompact([...wanted, ...stored], plan, sloName)];
      }
      const folded = createSlab();
      for (const wantedBlock of distinctBlocks(wanted)) {
        const stored = block(part, wantedBlock);
        if (stored !== undefined) folded.put(wantedBlock, stored);
      }
      for (const cell of cells) folded.add(cell);
      if (plan !== undefined) folded.compact(plan, sloName);
      for (const { id, key, block: changed } of folded.changes())
        if (changed === undefined) rows.deleteBlock(part, id, key);
        else
          rows.saveBlock(part, id, key, encodeBlock(changed, blockPlaceText(part, id, key), out));
    });
    journal.forget(entries);
    compacted.set(name, { part, slab, ...(plan && { signature: plan.signature }) });
  }

  /**
   * Keeps the journal short when nobody compacts: at most one slab for each commit, so that none takes long.
   * The commit is durable already: a failure waits for the next try.
   */
  function foldOverdue(part: number): void {
    let fullest: { readonly slab: number; readonly share: number } = { slab: 0, share: 0 };
    for (const { slab } of journal.slabs().filter((each) => each.part === part)) {
      const places = journal.places(part, slab);
      const bytes = places.reduce((sum, place) => sum + place.bytes, 0);
      const share = Math.max(places.length / FOLD_ENTRIES, bytes / FOLD_BYTES);
      if (share > fullest.share) fullest = { slab, share };
    }
    if (fullest.share < 1) return;
    try {
      if (fullest.slab === COVERAGE_SLAB) while (coverage.fold(transaction));
      else fold({ part, slab: fullest.slab });
    } catch {
      // Compaction meets the same failure and reports it.
    }
  }

  return {
    parts,
    coverage,
    commit(commit) {
      const held = parts.get(commit.part);
      const found = held?.version ?? 0;
      if (found !== commit.version) throw new StaleReaderError(commit.part, commit.version, found);
      const part: PartRow = {
        id: held?.id ?? parts.size + 1,
        name: commit.part,
        version: commit.version + 1,
        position: commit.position,
      };
      const deltas = transaction(() => {
        const replaced = replacementDeltas(part.id, commit.replace ?? []);
        const all =
          replaced.length === 0 ? (commit.add ?? []) : [...replaced, ...(commit.add ?? [])];
        writeCells(part.id, all);
        coverage.write(part.id, commit.coverage ?? []);
        rows.savePart(part);
        return all;
      });
      parts.set(part.name, part);
      coverage.keep(commit.coverage ?? []);
      foldOverdue(part.id);
      return deltas;
    },
    *compact(plan) {
      const places = new Map<string, SlabPlace>(compacted);
      for (const { part, slab } of journal.slabs())
        if (slab !== COVERAGE_SLAB) places.set(`${part} ${slab}`, { part, slab });
      for (const [name, place] of places) {
        const idle = journal.places(place.part, place.slab).length === 0;
        if (idle && compacted.get(name)?.signature === plan.signature) continue;
        fold(place, plan);
        yield;
      }
      coverage.dropBefore(plan.dropBefore);
      while (coverage.fold(transaction)) yield;
      const forgotten = names.before(plan.dropBefore);
      transaction(() => {
        for (const { id } of forgotten) rows.deleteName(id);
      });
      for (const entry of forgotten) names.delete(entry);
    },
  };
}
