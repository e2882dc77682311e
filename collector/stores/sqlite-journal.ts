// What commits changed and nobody has folded yet: written with the commit, found again by part and slab.
import type { JournalPlace, SqliteRows } from './sqlite-rows.ts';
import { journalPlaceText } from './sqlite-rows.ts';

/** The slab number under which coverage is journaled. */
export const COVERAGE_SLAB = -1;

export interface SqliteJournal {
  /** Writes an entry inside the running transaction; it counts as there once `keep` is called. */
  write(part: number, slab: number, encode: (place: string) => Uint8Array): void;
  keep(): void;
  undo(): void;
  /** Entries of one slab, oldest first. */
  places(part: number, slab: number): readonly JournalPlace[];
  /** All slabs that have entries. */
  slabs(): readonly { readonly part: number; readonly slab: number }[];
  /** Reads entries back, with the place that each was sealed for. */
  read(places: readonly JournalPlace[]): { readonly entry: Uint8Array; readonly place: string }[];
  /** Deletes the rows inside the running transaction. */
  deleteRows(places: readonly JournalPlace[]): void;
  /** Forgets entries whose rows are gone. */
  forget(places: readonly JournalPlace[]): void;
}

export function createSqliteJournal(rows: SqliteRows): SqliteJournal {
  const bySlab = new Map<string, { part: number; slab: number; places: JournalPlace[] }>();
  let written: JournalPlace[] = [];
  let next = 1;
  const hold = (place: JournalPlace): void => {
    const name = `${place.part} ${place.slab}`;
    const held = bySlab.get(name);
    if (held !== undefined) held.places.push(place);
    else bySlab.set(name, { part: place.part, slab: place.slab, places: [place] });
    next = Math.max(next, place.id + 1);
  };
  for (const place of rows.journalPlaces()) hold(place);
  return {
    write(part, slab, encode) {
      const id = next + written.length;
      const entry = encode(journalPlaceText(id, part, slab));
      rows.addJournalEntry(id, part, slab, entry);
      written.push({ id, part, slab, bytes: entry.length });
    },
    keep() {
      for (const place of written) hold(place);
      written = [];
    },
    undo() {
      written = [];
    },
    places: (part, slab) => bySlab.get(`${part} ${slab}`)?.places ?? [],
    slabs: () => Array.from(bySlab.values(), ({ part, slab }) => ({ part, slab })),
    read: (places) =>
      places.map(({ id, part, slab }) => ({
        entry: rows.journalEntry(id) ?? new Uint8Array(),
        place: journalPlaceText(id, part, slab),
      })),
    deleteRows(places) {
      for (const { id } of places) rows.deleteJournalEntry(id);
    },
    forget(places) {
      const gone = new Set(places);
      for (const name of new Set(places.map(({ part, slab }) => `${part} ${slab}`))) {
        const held = bySlab.get(name);
        if (held === undefined) continue;
        held.places = held.places.filter((place) => !gone.has(place));
        if (held.places.length === 0) bySlab.delete(name);
      }
    },
  };
}
