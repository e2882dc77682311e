// Measured time in the SQLite store: held in memory, journaled with each commit, written out now and then.
import { addInterval, dropBefore, type Interval } from '../../slo/interval.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import {
  decodeCoverage,
  decodeIntervals,
  encodeCoverage,
  encodeIntervals,
} from './journal-codec.ts';
import type { NameBook } from './name-book.ts';
import { COVERAGE_SLAB, type SqliteJournal } from './sqlite-journal.ts';
import { coveragePlaceText, type JournalPlace, type SqliteRows } from './sqlite-rows.ts';
import type { CoverageWrite } from './store.ts';
import { createVarintWriter } from './varint.ts';

/** SLOs written in one transaction, so that none blocks the process for long. */
const SLICE = 500;

export interface SqliteCoverage {
  /** Journals what is not covered yet, inside the running transaction. */
  write(part: number, added: readonly CoverageWrite[]): void;
  /** The same intervals, once the transaction is durable. */
  keep(added: readonly CoverageWrite[]): void;
  all(): ReadonlyMap<string, readonly Interval[]>;
  dropBefore(at: EpochSeconds): void;
  /** One transaction's worth of writing out; false when nothing was left to write. */
  fold(transaction: (work: () => void) => void): boolean;
}

export function createSqliteCoverage(
  rows: SqliteRows,
  journal: SqliteJournal,
  names: NameBook,
): SqliteCoverage {
  const out = createVarintWriter();
  const held = new Map<string, readonly Interval[]>();
  /** SLOs whose intervals differ from their row. */
  const changed = new Set<string>();
  const add = ({ slo, from, to }: CoverageWrite): void => {
    const before = held.get(slo) ?? [];
    const after = addInterval(before, { from, to });
    if (after === before) return;
    held.set(slo, after);
    changed.add(slo);
  };
  const entries = (): JournalPlace[] =>
    journal
      .slabs()
      .filter(({ slab }) => slab === COVERAGE_SLAB)
      .flatMap(({ part }) => journal.places(part, COVERAGE_SLAB));

  for (const { slo, intervals } of rows.coverage())
    held.set(slo, decodeIntervals(intervals, coveragePlaceText(slo)));
  for (const { entry, place } of journal.read(entries()))
    for (const { id, from, to } of decodeCoverage(entry, place)) {
      const slo = names.name(id);
      if (slo !== undefined) add({ slo, from, to });
    }

  return {
    write(part, added) {
      const fresh = added.filter(({ slo, from, to }) => {
        const last = held.get(slo)?.at(-1);
        return last === undefined || last.from > from || last.to < to;
      });
      if (fresh.length === 0) return;
      const numbered = fresh.map(({ slo, from, to }) => ({ id: names.use(slo, to), from, to }));
      journal.write(part, COVERAGE_SLAB, (place) => encodeCoverage(numbered, place, out));
    },
    keep(added) {
      for (const each of added) add(each);
    },
    all: () => new Map(held),
    dropBefore(at) {
      for (const [slo, intervals] of held) {
        const left = dropBefore(intervals, at);
        if (left === intervals) continue;
        changed.add(slo);
        if (left.length === 0) held.delete(slo);
        else held.set(slo, left);
      }
    },
    fold(transaction) {
      const slice = [...changed].slice(0, SLICE);
      // Journal entries may go only when every interval in them has reached its row.
      const folded = slice.length === changed.size ? entries() : [];
      if (slice.length === 0 && folded.length === 0) return false;
      transaction(() => {
        for (const slo of slice) {
          const intervals = held.get(slo);
          if (intervals === undefined) rows.deleteCoverage(slo);
          else rows.saveCoverage(slo, encodeIntervals(intervals, coveragePlaceText(slo), out));
        }
        journal.deleteRows(folded);
      });
      journal.forget(folded);
      for (const slo of slice) changed.delete(slo);
      return changed.size > 0;
    },
  };
}
