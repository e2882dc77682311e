import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIGRATIONS, migrate } from '../../../collector/stores/sqlite-database.ts';
import { createSqliteStore } from '../../../collector/stores/sqlite.ts';
import { type Store, StoreError } from '../../../collector/stores/store.ts';
import { countedCommit, momentOf, PART, retention } from './counted-commits.ts';
import { cellsOf, summed } from './store-cells.ts';

const folder = mkdtempSync(join(tmpdir(), 'ninefold-sqlite-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = (): string => join(folder, `${files++}.db`);

function refusalOf(path: string): StoreError {
  let opened: Store | undefined;
  try {
    opened = createSqliteStore({ path });
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  void opened.close();
  throw new Error(`${path} was opened`);
}

describe('sqlite store file', () => {
  test('and its folder are made for their owner only', async () => {
    const path = join(folder, 'made', 'store.db');
    const store = createSqliteStore({ path });
    await store.commit({
      part: 'p',
      version: 0,
      position: '',
      add: [{ instance: 's/a', start: 0, width: 1, total: 1, bad: 0 }],
    });
    expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o700);
    for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}-lock`])
      expect(statSync(file).mode & 0o777, file).toBe(0o600);
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  test('in use by another collector is refused, and free again when that one has closed', async () => {
    const path = newPath();
    const store = createSqliteStore({ path });
    const refusal = refusalOf(path);
    expect(refusal.message).toContain('is in use by another collector: stop it');
    expect(refusal.retryable).toBe(true);
    await store.close();
    await createSqliteStore({ path }).close();
  });

  test('of a newer version is refused and left as it is', async () => {
    const path = newPath();
    await createSqliteStore({ path }).close();
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 3}`);
    db.close();
    const before = readFileSync(path);
    expect(refusalOf(path).message).toContain(
      `has schema ${MIGRATIONS.length + 3}, this version of Ninefold knows up to ${MIGRATIONS.length}: start a newer Ninefold`,
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('of another program is refused and left as it is', () => {
    const path = newPath();
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE songs (title TEXT)');
    db.close();
    const before = readFileSync(path);
    expect(refusalOf(path).message).toContain('is the database of another program');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('that is no database is refused with a remedy', () => {
    const path = newPath();
    writeFileSync(path, 'counts, counts, counts\n'.repeat(500));
    expect(refusalOf(path).message).toMatch(/is damaged .* move .* away and start again/);
  });

  test('in a folder that is a file is refused by name', () => {
    const path = newPath();
    writeFileSync(path, '');
    expect(refusalOf(join(path, 'store.db')).message).toContain('store.db cannot be opened');
  });

  test('goes through the schema steps in order, each once, and none of a step that fails', () => {
    const db = new DatabaseSync(':memory:');
    const steps = ['CREATE TABLE a (x)', 'INSERT INTO a VALUES (1)', 'ALTER TABLE a ADD COLUMN y'];
    migrate(db, steps.slice(0, 2), 'file');
    migrate(db, steps, 'file');
    migrate(db, steps, 'file');
    expect(db.prepare('SELECT x, y FROM a').all()).toEqual([{ x: 1, y: null }]);
    expect(() =>
      migrate(db, [...steps, 'INSERT INTO a VALUES (2, 2); SELECT broken'], 'file'),
    ).toThrow('no such column: broken');
    expect(db.prepare('SELECT count(*) AS n FROM a').get()).toEqual({ n: 1 });
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 });
    db.close();
  });

  test('says so when it is used after it was closed', async () => {
    const store = createSqliteStore({ path: newPath() });
    await store.close();
    await store.close();
    await expect(store.ping()).rejects.toThrow('is closed');
    await expect(store.commit({ part: 'p', version: 0, position: '' })).rejects.toThrow(StoreError);
  });
});

describe('sqlite store with flipped bytes', () => {
  const path = newPath();
  let truth: unknown;

  async function everything(store: Store): Promise<unknown> {
    return {
      cells: summed(await cellsOf(store)),
      coverage: [...(await store.coverage())],
      positions: [...(await store.positions(''))],
      alerts: await store.alerts(),
      events: await store.alertEvents({ limit: 1000 }),
    };
  }

  beforeAll(async () => {
    const store = createSqliteStore({ path });
    const key = { name: 'ErrorBudgetBurn', instance: 's/a', severity: 'page' } as const;
    for (let version = 0; version < 200; version++) {
      await store.commit(countedCommit(version));
      if (version === 150) await store.compact(momentOf(version), retention);
      if (version % 20 === 0)
        await store.saveAlerts(
          [{ ...key, instance: `s/${version}`, state: { phase: 'firing' }, annotations: {} }],
          [
            {
              ...key,
              at: momentOf(version),
              transition: 'firing',
              evidence: `evidence ${version}`,
            },
          ],
        );
    }
    truth = await everything(store);
    await store.close();
  });

  /** What comes of bits that are flipped one at a time. */
  async function flipped(
    flips: readonly { readonly at: number; readonly mask: number }[],
  ): Promise<{ readonly refused: number; readonly wrong: readonly unknown[] }> {
    const bytes = readFileSync(path);
    const copy = newPath();
    const outcomes = { refused: 0, unharmed: 0 };
    const wrong: unknown[] = [];
    for (const { at, mask } of flips) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ mask;
      for (const tail of ['-wal', '-shm']) rmSync(copy + tail, { force: true });
      writeFileSync(copy, damaged);
      let store: Store | undefined;
      try {
        store = createSqliteStore({ path: copy });
        const read = await everything(store);
        if (JSON.stringify(read) === JSON.stringify(truth)) outcomes.unharmed++;
        else wrong.push({ at, mask });
      } catch (error) {
        if (error instanceof StoreError && !error.retryable) outcomes.refused++;
        else wrong.push({ at, mask, error: String(error) });
      } finally {
        await store?.close();
      }
    }
    return { refused: outcomes.refused, wrong };
  }

  test('refuses with a remedy or has lost nothing; it never counts wrong', async () => {
    const { size } = statSync(path);
    const { refused, wrong } = await flipped(
      Array.from({ length: 80 }, () => ({
        at: Math.floor(Math.random() * size),
        mask: 1 << Math.floor(Math.random() * 8),
      })),
    );
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(10);
  });

  test('refuses also when it is the schema that says something else now', async () => {
    // The first page ends with the texts of the tables; this bit makes small letters of capital ones.
    const { refused, wrong } = await flipped(
      Array.from({ length: 1000 }, (_, index) => ({ at: 4095 - index * 2, mask: 32 })),
    );
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(100);
  });

  test('names the file, says what to do, and leaves it as it is', () => {
    const copy = newPath();
    copyFileSync(path, copy);
    const bytes = readFileSync(copy);
    // The second page on holds tables: their first bytes say what kind of page it is.
    bytes[4096] = 0xff;
    writeFileSync(copy, bytes);
    const { message, retryable } = refusalOf(copy);
    expect(message).toContain(`store ${copy} is damaged`);
    expect(message).toContain(`move ${copy}, ${copy}-wal and ${copy}-shm away and start again`);
    expect(retryable).toBe(false);
    expect(readFileSync(copy).equals(bytes)).toBe(true);
  });

  test('still has its part when undamaged', async () => {
    const store = createSqliteStore({ path });
    expect(await store.position(PART)).toEqual({ version: 200, position: 'offset 200' });
    await store.close();
  });
});
