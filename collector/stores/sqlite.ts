// The store in one SQLite file: the default of a single collector. Durable before a commit resolves.
import { alertId, isSettled, isWorthKeeping } from './alert-log.ts';
import { checkCommit } from './checked-commit.ts';
import { compactionPlan } from './compaction-plan.ts';
import { createSqliteCounts } from './sqlite-counts.ts';
import { openSqliteDatabase, toStoreError } from './sqlite-database.ts';
import { readSqliteCells } from './sqlite-reader.ts';
import { createSqliteRows } from './sqlite-rows.ts';
import { type AlertEvent, type AlertRecord, type Store, StoreError } from './store.ts';

export interface SqliteStoreOptions {
  /** The database file; it is made, readable by its owner only, when it does not exist. */
  readonly path: string;
  /** Bytes that the file may grow to; commits beyond are refused as on a full disk. @default no limit */
  readonly maxBytes?: number;
}

/**
 * Opens the file, checks every page of it and brings it to the current schema.
 * @throws StoreError when it is in use, damaged, another program's or from a newer version; the message says what to do.
 */
export function createSqliteStore({ path, maxBytes }: SqliteStoreOptions): Store {
  const database = openSqliteDatabase(path, maxBytes);
  const rows = createSqliteRows(database.connection);
  let open = true;
  let compacting: Promise<void> = Promise.resolve();
  const close = (): void => {
    if (!open) return;
    open = false;
    database.close();
  };
  const counts = loaded();

  function loaded() {
    try {
      return createSqliteCounts(rows);
    } catch (error) {
      close();
      throw toStoreError(error, path);
    }
  }

  async function attempt<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      if (!open) throw new StoreError(`store ${path} is closed`, { retryable: false });
      return await work();
    } catch (error) {
      throw toStoreError(error, path);
    }
  }

  function transaction(work: () => void): void {
    rows.begin();
    try {
      work();
      rows.commit();
    } catch (error) {
      rows.rollback();
      throw error;
    }
  }

  function saveAlerts(records: readonly AlertRecord[], events: readonly AlertEvent[]): void {
    transaction(() => {
      for (const record of records)
        if (isWorthKeeping(record)) rows.saveAlert(alertId(record), JSON.stringify(record));
        else rows.deleteAlert(alertId(record));
      for (const event of events) rows.addEvent(event.at, event.instance, JSON.stringify(event));
    });
  }

  const alerts = (): AlertRecord[] => rows.alerts().map((text) => JSON.parse(text) as AlertRecord);

  return {
    position: (part) =>
      attempt(() => {
        const held = counts.parts.get(part);
        return held && { version: held.version, position: held.position };
      }),
    positions: (prefix) =>
      attempt(() => {
        const held = [...counts.parts.values()].filter(({ name }) => name.startsWith(prefix));
        return new Map(
          held.map(({ name, version, position }) => [name, { version, position }] as const),
        );
      }),
    commit: (commit) =>
      attempt(() => {
        checkCommit(commit);
        return counts.commit(commit);
      }),
    readCells: (visit, filter) =>
      attempt(() => readSqliteCells(database.openReader(), visit, filter)),
    coverage: () => attempt(() => counts.coverage.all()),
    alerts: () => attempt(alerts),
    saveAlerts: (records, events) => attempt(() => saveAlerts(records, events)),
    alertEvents: ({ instance, from = 0, to = Number.MAX_SAFE_INTEGER, limit }) =>
      attempt(() =>
        rows.events(instance, from, to, limit).map((text) => JSON.parse(text) as AlertEvent),
      ),
    compact(now, retention) {
      const plan = compactionPlan(now, retention);
      const run = compacting.then(() =>
        attempt(async () => {
          transaction(() => {
            for (const record of alerts())
              if (isSettled(record, now)) rows.deleteAlert(alertId(record));
            rows.deleteEventsBefore(plan.dropBefore);
          });
          for (const _ of counts.compact(plan)) {
            await new Promise((resolve) => setImmediate(resolve));
            if (!open) return;
          }
        }),
      );
      compacting = run.catch(() => {});
      return run;
    },
    ping: () => attempt(() => rows.ping()),
    async close() {
      close();
    },
  };
}
