// Opens the database file: locked against other collectors, private, checked, and brought to the current schema.
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DamagedBytesError } from './sealed-bytes.ts';
import { StoreError } from './store.ts';

/** Tells a Ninefold store from any other SQLite file: the bytes `9fol`. */
const APPLICATION_ID = 0x39666f6c;

/**
 * The schema, as the ordered steps that led to it; a file's `user_version` says how many it has had.
 * Steps that were released are never edited: a change is a new step.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE parts (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE,
     version INTEGER NOT NULL,
     position TEXT NOT NULL,
     checksum INTEGER NOT NULL
   ) STRICT;
   -- Instances and SLOs; day is that of the newest count, so that names without counts can be forgotten.
   CREATE TABLE names (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     day INTEGER NOT NULL,
     checksum INTEGER NOT NULL
   ) STRICT;
   -- What commits changed and nobody has folded into blocks yet; slab -1 is coverage.
   CREATE TABLE journal (
     id INTEGER PRIMARY KEY,
     part INTEGER NOT NULL,
     slab INTEGER NOT NULL,
     entry BLOB NOT NULL
   ) STRICT;
   CREATE TABLE blocks (
     id INTEGER PRIMARY KEY,
     part INTEGER NOT NULL,
     instance INTEGER NOT NULL,
     key INTEGER NOT NULL,
     cells BLOB NOT NULL,
     UNIQUE (part, instance, key)
   ) STRICT;
   CREATE TABLE coverage (
     slo TEXT PRIMARY KEY,
     intervals BLOB NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE alerts (
     id TEXT PRIMARY KEY,
     record TEXT NOT NULL,
     checksum INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE alert_events (
     id INTEGER PRIMARY KEY,
     at INTEGER NOT NULL,
     instance TEXT NOT NULL,
     event TEXT NOT NULL,
     checksum INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX alert_events_by_time ON alert_events (at);
   CREATE INDEX alert_events_by_instance ON alert_events (instance, at);`,
];

export interface SqliteDatabase {
  readonly connection: DatabaseSync;
  /** A connection that only reads, whose transaction sees one moment; the caller closes it. */
  openReader(): DatabaseSync;
  close(): void;
}

/** @throws StoreError when the file is in use, damaged, foreign or from a newer version; the message says what to do. */
export function openSqliteDatabase(path: string, maxBytes?: number): SqliteDatabase {
  const file = resolve(path);
  let lock: DatabaseSync | undefined;
  let connection: DatabaseSync | undefined;
  try {
    makePrivateFile(file);
    lock = lockFile(file);
    connection = new DatabaseSync(file, { timeout: 5000 });
    checkOwner(connection, file);
    connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    // Without a limit the log keeps the size of the largest transaction ever made.
    connection.exec('PRAGMA journal_size_limit = 67108864');
    checkIntegrity(connection, file);
    checkSchema(connection, MIGRATIONS, file);
    migrate(connection, MIGRATIONS, file);
    if (maxBytes !== undefined) limitSize(connection, maxBytes);
  } catch (error) {
    connection?.close();
    lock?.close();
    throw toStoreError(error, file);
  }
  const held = { lock, connection };
  return {
    connection,
    openReader: () => new DatabaseSync(file, { readOnly: true, timeout: 5000 }),
    close() {
      held.connection.close();
      held.lock.close();
    },
  };
}

/** Applies the steps that the file has not had yet, each in its own transaction. @throws StoreError for a newer file */
export function migrate(connection: DatabaseSync, steps: readonly string[], file: string): void {
  const version = versionOf(connection);
  if (version > steps.length)
    throw new StoreError(
      `store ${file} has schema ${version}, this version of Ninefold knows up to ${steps.length}: start a newer Ninefold, or give this one a store of its own`,
      { retryable: false },
    );
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    connection.exec('BEGIN IMMEDIATE');
    try {
      connection.exec(step);
      connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      connection.exec(`PRAGMA user_version = ${index + 1}`);
      connection.exec('COMMIT');
    } catch (error) {
      if (connection.isTransaction) connection.exec('ROLLBACK');
      throw error;
    }
  }
}

/** What went wrong in SQLite's words, as the error that callers expect, with what to do about it. */
export function toStoreError(error: unknown, file: string): unknown {
  if (error instanceof StoreError) return error;
  if (error instanceof DamagedBytesError) return damaged(file, error.message, error);
  const code = (error as { errcode?: unknown }).errcode;
  const message = error instanceof Error ? error.message : String(error);
  if (typeof code !== 'number')
    return (error as { code?: unknown }).code === undefined
      ? error
      : new StoreError(`store ${file} cannot be opened: ${message}`, {
          retryable: false,
          cause: error,
        });
  // The lower byte is the kind, the upper ones only tell where it happened.
  const kind = RESULT[code & 0xff];
  if (kind === 'damaged') return damaged(file, message, error);
  return new StoreError(
    kind === undefined ? `store ${file}: ${message}` : `store ${file}: ${message} (${kind})`,
    { retryable: kind !== undefined, cause: error },
  );
}

/** SQLite's result codes that mean more to an operator than a bug; all but damage may pass. */
const RESULT: Readonly<Record<number, string>> = {
  5: 'another process uses the file',
  6: 'another process uses the file',
  10: 'the disk failed to read or write; see the system log',
  11: 'damaged',
  13: 'the disk or the file limit is full; nothing was written, counting goes on when there is space',
  26: 'damaged',
};

function damaged(file: string, what: string, cause?: unknown): StoreError {
  return new StoreError(
    `store ${file} is damaged (${what}). Nothing was changed in it. Put back a copy made before the damage, or move ${file}, ${file}-wal and ${file}-shm away and start again: ` +
      'an empty store is filled again from what Prometheus, Loki and Kafka still hold; pushed events that are older are lost',
    { retryable: false, cause },
  );
}

function makePrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  for (const each of [file, `${file}-lock`]) {
    closeSync(openSync(each, 'a', 0o600));
    chmodSync(each, 0o600);
  }
}

/** Holds a lock on a file beside the store for as long as the process lives, however it dies. */
function lockFile(file: string): DatabaseSync {
  const lock = new DatabaseSync(`${file}-lock`, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw new StoreError(
      `store ${file} is in use by another collector: stop it, or give this one a store of its own`,
      { retryable: true, cause: error },
    );
  }
}

function checkOwner(connection: DatabaseSync, file: string): void {
  const { application_id: owner } = connection.prepare('PRAGMA application_id').get() as {
    application_id: number;
  };
  const { tables } = connection.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as {
    tables: number;
  };
  if (owner !== APPLICATION_ID && tables > 0)
    throw new StoreError(
      `${file} is the database of another program: give the store a path of its own`,
      { retryable: false },
    );
}

/** Indexes are compared with their tables too: that is how a changed name or part is found out. */
function checkIntegrity(connection: DatabaseSync, file: string): void {
  const [first] = connection.prepare('PRAGMA integrity_check(1)').all() as {
    integrity_check: string;
  }[];
  if (first?.integrity_check !== 'ok') throw damaged(file, first?.integrity_check ?? 'no answer');
}

/**
 * The texts of the schema must be those that the steps make: SQLite checks their syntax only, and a table whose column has become
 * another one is read without an error.
 */
function checkSchema(connection: DatabaseSync, steps: readonly string[], file: string): void {
  const version = versionOf(connection);
  if (version > steps.length) return;
  const fresh = new DatabaseSync(':memory:');
  try {
    for (const step of steps.slice(0, version)) fresh.exec(step);
    if (schemaOf(connection) !== schemaOf(fresh))
      throw damaged(file, `its schema is not that of version ${version}`);
  } finally {
    fresh.close();
  }
}

function schemaOf(connection: DatabaseSync): string {
  const parts = connection.prepare(
    'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name',
  );
  return JSON.stringify(parts.all());
}

function versionOf(connection: DatabaseSync): number {
  const { user_version: version } = connection.prepare('PRAGMA user_version').get() as {
    user_version: number;
  };
  return version;
}

function limitSize(connection: DatabaseSync, maxBytes: number): void {
  const { page_size: pageSize } = connection.prepare('PRAGMA page_size').get() as {
    page_size: number;
  };
  connection.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`);
}
