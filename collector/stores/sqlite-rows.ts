// Every statement that the SQLite store runs, typed: the one place to change when the library does.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { checksum, DamagedBytesError } from './sealed-bytes.ts';

export interface PartRow {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly position: string;
}

export interface NameRow {
  readonly id: number;
  readonly name: string;
  /** Days since the epoch of the newest count. */
  readonly day: number;
}

export interface BlockRow {
  readonly id: number;
  readonly part: number;
  readonly instance: number;
  readonly key: number;
  readonly cells: Uint8Array;
}

/** Where a journal entry belongs, without its content. */
export interface JournalPlace {
  readonly id: number;
  readonly part: number;
  readonly slab: number;
  readonly bytes: number;
}

export const blockPlaceText = (part: number, instance: number, key: number): string =>
  `blocks ${part} ${instance} ${key}`;
export const journalPlaceText = (id: number, part: number, slab: number): string =>
  `journal ${id} ${part} ${slab}`;
export const coveragePlaceText = (slo: string): string => `coverage ${slo}`;
const partPlaceText = (id: number, name: string, version: number): string =>
  `parts ${id} ${name} ${version}`;

const namePlaceText = (id: number, day: number): string => `names ${id} ${day}`;

export type SqliteRows = ReturnType<typeof createSqliteRows>;

/** Prepares nothing until it is used: a reader needs three statements, not thirty. */
export function createSqliteRows(db: DatabaseSync) {
  const prepared = new Map<string, StatementSync>();
  const sql = (text: string): StatementSync => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = db.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };

  return {
    begin: () => db.exec('BEGIN IMMEDIATE'),
    beginRead: () => db.exec('BEGIN'),
    commit: () => db.exec('COMMIT'),
    rollback: () => {
      // Some failures have already ended the transaction.
      if (db.isTransaction) db.exec('ROLLBACK');
    },
    ping: () => void sql('SELECT count(*) FROM parts').get(),

    parts(): PartRow[] {
      const rows = sql('SELECT * FROM parts').all() as unknown as (PartRow & {
        checksum: number;
      })[];
      for (const row of rows)
        verify(row.checksum, partPlaceText(row.id, row.name, row.version), row.position);
      return rows;
    },
    savePart({ id, name, version, position }: PartRow): void {
      sql(
        `INSERT INTO parts (id, name, version, position, checksum) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, position = excluded.position, checksum = excluded.checksum`,
      ).run(id, name, version, position, checksum(partPlaceText(id, name, version), position));
    },

    /** All names, or those of one SLO and its instances. */
    names(slo?: string): NameRow[] {
      // An instance is the SLO's id and a brace; `|` is the character after it.
      const rows = (slo === undefined
        ? sql('SELECT * FROM names').all()
        : sql('SELECT * FROM names WHERE name = ? OR (name >= ? AND name < ?)').all(
            slo,
            `${slo}{`,
            `${slo}|`,
          )) as unknown as (NameRow & { checksum: number })[];
      for (const row of rows) verify(row.checksum, namePlaceText(row.id, row.day), row.name);
      return rows;
    },
    /** One above every number that a name ever had. */
    nextName(): number {
      const row = sql(`SELECT seq FROM sqlite_sequence WHERE name = 'names'`).get() as
        { seq: number } | undefined;
      return (row?.seq ?? 0) + 1;
    },
    saveName: (id: number, name: string, day: number) =>
      void sql(
        `INSERT INTO names (id, name, day, checksum) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET day = excluded.day, checksum = excluded.checksum`,
      ).run(id, name, day, checksum(namePlaceText(id, day), name)),
    deleteName: (id: number) => void sql('DELETE FROM names WHERE id = ?').run(id),

    journalPlaces: () =>
      sql(
        'SELECT id, part, slab, length(entry) AS bytes FROM journal ORDER BY id',
      ).all() as unknown as JournalPlace[],
    journalEntry: (id: number) =>
      (sql('SELECT entry FROM journal WHERE id = ?').get(id) as { entry: Uint8Array } | undefined)
        ?.entry,
    addJournalEntry: (id: number, part: number, slab: number, entry: Uint8Array) =>
      void sql('INSERT INTO journal (id, part, slab, entry) VALUES (?, ?, ?, ?)').run(
        id,
        part,
        slab,
        entry,
      ),
    deleteJournalEntry: (id: number) => void sql('DELETE FROM journal WHERE id = ?').run(id),

    block: (part: number, instance: number, key: number) =>
      (
        sql('SELECT cells FROM blocks WHERE part = ? AND instance = ? AND key = ?').get(
          part,
          instance,
          key,
        ) as { cells: Uint8Array } | undefined
      )?.cells,
    saveBlock: (part: number, instance: number, key: number, cells: Uint8Array) =>
      void sql(
        `INSERT INTO blocks (part, instance, key, cells) VALUES (?, ?, ?, ?)
         ON CONFLICT (part, instance, key) DO UPDATE SET cells = excluded.cells`,
      ).run(part, instance, key, cells),
    deleteBlock: (part: number, instance: number, key: number) =>
      void sql('DELETE FROM blocks WHERE part = ? AND instance = ? AND key = ?').run(
        part,
        instance,
        key,
      ),
    /** Names of the blocks of the instances `[from, to)` of a part. */
    blockNames: (part: number, from: number, to: number) =>
      sql(
        'SELECT instance AS id, key FROM blocks WHERE part = ? AND instance >= ? AND instance < ?',
      ).all(part, from, to) as unknown as { id: number; key: number }[],
    /** Which slabs of which part hold blocks. */
    blockSlabs: (size: number) =>
      sql('SELECT DISTINCT part, instance / ? AS slab FROM blocks').all(size) as unknown as {
        part: number;
        slab: number;
      }[],
    blocksAfter: (id: number, limit: number) =>
      sql('SELECT id, part, instance, key, cells FROM blocks WHERE id > ? ORDER BY id LIMIT ?').all(
        id,
        limit,
      ) as unknown as BlockRow[],
    blocksOf: (part: number, instance: number) =>
      sql('SELECT id, part, instance, key, cells FROM blocks WHERE part = ? AND instance = ?').all(
        part,
        instance,
      ) as unknown as BlockRow[],

    coverage: () =>
      sql('SELECT slo, intervals FROM coverage').all() as unknown as {
        slo: string;
        intervals: Uint8Array;
      }[],
    saveCoverage: (slo: string, intervals: Uint8Array) =>
      void sql(
        `INSERT INTO coverage (slo, intervals) VALUES (?, ?) ON CONFLICT (slo) DO UPDATE SET intervals = excluded.intervals`,
      ).run(slo, intervals),
    deleteCoverage: (slo: string) => void sql('DELETE FROM coverage WHERE slo = ?').run(slo),

    alerts(): string[] {
      const rows = sql('SELECT id, record, checksum FROM alerts').all() as unknown as {
        id: string;
        record: string;
        checksum: number;
      }[];
      for (const row of rows) verify(row.checksum, `alerts ${row.id}`, row.record);
      return rows.map(({ record }) => record);
    },
    saveAlert: (id: string, record: string) =>
      void sql(
        `INSERT INTO alerts (id, record, checksum) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET record = excluded.record, checksum = excluded.checksum`,
      ).run(id, record, checksum(`alerts ${id}`, record)),
    deleteAlert: (id: string) => void sql('DELETE FROM alerts WHERE id = ?').run(id),
    addEvent: (at: number, instance: string, event: string) =>
      void sql('INSERT INTO alert_events (at, instance, event, checksum) VALUES (?, ?, ?, ?)').run(
        at,
        instance,
        event,
        checksum(`alert_events ${at} ${instance}`, event),
      ),
    events(instance: string | undefined, from: number, to: number, limit: number): string[] {
      const where = instance === undefined ? '' : 'instance = ? AND ';
      const rows = sql(
        `SELECT at, instance, event, checksum FROM alert_events
         WHERE ${where} at >= ? AND at < ? ORDER BY at DESC, id DESC LIMIT ?`,
      ).all(...(instance === undefined ? [] : [instance]), from, to, limit) as unknown as {
        at: number;
        instance: string;
        event: string;
        checksum: number;
      }[];
      for (const row of rows)
        verify(row.checksum, `alert_events ${row.at} ${row.instance}`, row.event);
      return rows.map(({ event }) => event);
    },
    deleteEventsBefore: (at: number) => void sql('DELETE FROM alert_events WHERE at < ?').run(at),
  };
}

function verify(expected: number, place: string, content: string): void {
  if (checksum(place, content) !== expected) throw new DamagedBytesError(place);
}
