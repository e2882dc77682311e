// Stores compared in one run: how fast they commit, and how fast a month of counts is read back at a restart.
// node bench/store.ts [instances, default 200] [rounds, default 3]
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { silentLog } from '../collector/log.ts';
import { createMemoryStore } from '../collector/stores/memory.ts';
import { createRedisStore } from '../collector/stores/redis.ts';
import { createSqliteStore } from '../collector/stores/sqlite.ts';
import type { CellWrite, Retention, Store } from '../collector/stores/store.ts';
import { type Figure, figure } from './measurement.ts';
import { findRedis, startRedis } from '../test/services/redis.ts';
import { stopStartedServers } from '../test/services/started-servers.ts';

const NOW = 1_700_006_400;
const RETENTION: Retention = {
  fine: { 1: 600, 10: 21_600, 60: 259_200 },
  total: 30 * 86_400,
  widest: new Map(),
};
/** Width of cells and the ages, in seconds, at which they have it. */
const AGES = [
  [1, 0, 600],
  [10, 600, 21_600],
  [60, 21_600, 259_200],
  [900, 259_200, 30 * 86_400],
] as const;

const instances = Number(process.argv[2] ?? 200);
const rounds = Number(process.argv[3] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'ninefold-bench-store-'));
const hasRedis = !('reason' in (await findRedis()));
const redisUrl = hasRedis ? (await startRedis({ appendonly: true })).url : undefined;
if (redisUrl === undefined) console.error('no Redis here: its rows are left out');

interface Subject {
  readonly name: string;
  readonly open: (id: string) => Promise<Store>;
}

const subjects: readonly Subject[] = [
  { name: 'memory', open: async () => createMemoryStore() },
  { name: 'sqlite', open: async (id) => createSqliteStore({ path: join(folder, `${id}.db`) }) },
  ...(redisUrl === undefined
    ? []
    : [
        {
          name: 'redis',
          open: (id: string) =>
            createRedisStore(
              { urls: [redisUrl], cluster: false, prefix: `bench-${id}`, waitMs: 60_000 },
              silentLog,
            ),
        },
      ]),
];

try {
  await benchCommits();
  await benchRestart();
} finally {
  await stopStartedServers(new Set());
  rmSync(folder, { recursive: true });
}

/** Commits of one second's counts of a thousand instances: what a busy topic brings. */
async function benchCommits(): Promise<void> {
  const cells = new Map<string, number[]>();
  const latency = new Map<string, number[]>();
  const stores = new Map<string, Store>();
  for (const { name, open } of subjects) stores.set(name, await open('commits'));
  for (let round = 0; round < rounds; round++)
    for (const [name, store] of stores) {
      const each: number[] = [];
      const begin = performance.now();
      for (let index = 0; index < 100; index++) {
        const version = round * 100 + index;
        const add = Array.from({ length: 1000 }, (_, at) =>
          cell(`shop/slo{n="${at}"}`, NOW + version, 1),
        );
        const before = performance.now();
        await store.commit({
          part: 'topic/0',
          version,
          position: String(version),
          add,
          coverage: [{ slo: 'shop/slo', from: NOW + version, to: NOW + version + 1 }],
        });
        each.push(performance.now() - before);
      }
      push(cells, name, 100_000 / ((performance.now() - begin) / 1000));
      push(latency, name, ...each);
    }
  for (const store of stores.values()) await store.close();
  console.log('\nCommits of 1,000 cells, durable before they resolve (memory excepted)');
  printRatios([...cells].map(([name, values]) => figure(name, 'cells/s', values)));
  for (const [name, values] of latency) print(figure(`${name}, one commit`, 'ms', values));
}

/** A restart: open the store and read a month of every instance, against one row for each cell. */
async function benchRestart(): Promise<void> {
  const perInstance = history('').length;
  console.log(`\nRestart with 30 days of ${instances} instances, ${perInstance} cells each`);
  const speed = new Map<string, number[]>();
  const expected = await fillAll();
  const rows = fillRows();
  for (let round = 0; round < rounds; round++) {
    for (const { name, open } of subjects.slice(1)) {
      const begin = performance.now();
      const store = await open('history');
      const opened = performance.now();
      let count = 0;
      let total = 0;
      await store.readCells((batch) => {
        count += batch.length;
        for (const each of batch) total += each.total;
      });
      const end = performance.now();
      await store.close();
      if (total !== expected) throw new Error(`${name} read ${total} events, not ${expected}`);
      push(speed, name, count / ((end - begin) / 1000));
      console.log(
        `  ${name}: opened in ${Math.round(opened - begin)} ms, read in ${Math.round(end - opened)} ms`,
      );
    }
    push(speed, 'sqlite, one row for each cell', rows());
  }
  printRatios([...speed].map(([name, values]) => figure(name, 'cells/s', values)));
}

/** Brings a month into every durable store; the events in it. */
async function fillAll(): Promise<number> {
  let total = 0;
  for (const { name, open } of subjects.slice(1)) {
    const store = await open('history');
    const begin = performance.now();
    total = 0;
    for (let version = 0, at = 0; at < instances; version++) {
      const add: CellWrite[] = [];
      const end = Math.min(instances, at + 25);
      for (; at < end; at++) add.push(...history(`shop/slo{n="${at}"}`));
      for (const each of add) total += each.total;
      await store.commit({ part: 'topic/0', version, position: '', add });
    }
    const committed = performance.now();
    await store.compact(NOW, RETENTION);
    console.log(
      `  ${name}: filled in ${Math.round(committed - begin)} ms, compacted in ${Math.round(performance.now() - committed)} ms`,
    );
    await store.close();
    if (name === 'sqlite')
      console.log(
        `  sqlite: ${Math.round(statSync(join(folder, 'history.db')).size / instances)} bytes for each instance`,
      );
  }
  return total;
}

/** The rejected shape, at a tenth of the size: gives rows read per second. */
function fillRows(): () => number {
  const db = new DatabaseSync(join(folder, 'rows.db'));
  db.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE cells (instance INTEGER, start INTEGER, width INTEGER, total INTEGER, bad INTEGER,
      PRIMARY KEY (start, instance, width)) STRICT, WITHOUT ROWID; BEGIN`);
  const insert = db.prepare('INSERT INTO cells VALUES (?, ?, ?, ?, ?)');
  const sample = Math.max(1, Math.round(instances / 10));
  for (let at = 0; at < sample; at++)
    for (const { start, width, total, bad } of history(''))
      insert.run(at, start, width, total, bad);
  db.exec('COMMIT');
  const all = db.prepare('SELECT instance, start, width, total, bad FROM cells');
  all.setReturnArrays(true);
  return () => {
    const begin = performance.now();
    let count = 0;
    for (const _ of all.iterate()) count++;
    return count / ((performance.now() - begin) / 1000);
  };
}

function history(instance: string): CellWrite[] {
  const cells: CellWrite[] = [];
  for (const [width, from, to] of AGES)
    for (let start = NOW - to; start < NOW - from; start += width)
      cells.push({ ...cell(instance, start, width), width });
  return cells;
}

/** Counts that look like traffic: about a hundred events a cell, a bad one now and then. */
function cell(instance: string, start: number, seed: number): CellWrite {
  const total = ((start * 31 + seed * 7 + instance.length) % 150) + 50;
  return { instance, start, width: 1, total, bad: total % 29 === 0 ? 1 : 0 };
}

function push(map: Map<string, number[]>, name: string, ...values: number[]): void {
  map.set(name, [...(map.get(name) ?? []), ...values]);
}

function print({ name, unit, median, low, high }: Figure): void {
  const short = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');
  console.log(`  ${name}: ${short(median)} ${unit} (${short(low)} … ${short(high)})`);
}

/** The figures, then each as a multiple of the slowest. */
function printRatios(figures: readonly Figure[]): void {
  for (const each of figures) print(each);
  const slowest = figures.reduce((a, b) => (a.median < b.median ? a : b));
  const ratios = figures
    .filter((each) => each !== slowest)
    .map((each) => `${each.name} ${(each.median / slowest.median).toFixed(1)} ×`);
  console.log(`  against ${slowest.name}: ${ratios.join(', ')}`);
}
