import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Log, silentLog } from '../../../collector/log.ts';
import { createMemoryStore } from '../../../collector/stores/memory.ts';
import { createRedisClient } from '../../../collector/stores/redis-client.ts';
import { foldCoverage, foldSlab } from '../../../collector/stores/redis-fold.ts';
import { createRedisPart } from '../../../collector/stores/redis-part.ts';
import { COMMIT, SAVE_ALERTS } from '../../../collector/stores/redis-scripts.ts';
import { createRedisStore } from '../../../collector/stores/redis.ts';
import {
  type Commit,
  StaleReaderError,
  type Store,
  StoreError,
} from '../../../collector/stores/store.ts';
import { type RunningRedis, startRedis } from '../../services/redis.ts';
import { describeWithService } from '../../services/services.ts';
import { countedCommit, momentOf, PART, retention } from './counted-commits.ts';
import { createTruth, startWriter, type Writer } from './crash.ts';
import { type LossyProxy, startLossyProxy } from './lossy-proxy.ts';
import { cellsOf, summed } from './store-cells.ts';

const KILLS = 20;
const SERVER_KILLS = 10;

describeWithService(['redis'], 'Redis store under faults', () => {
  let redis: RunningRedis;
  let prefixes = 0;
  const newPrefix = (): string => `faults-${prefixes++}`;

  beforeAll(async () => {
    redis = await startRedis({ appendonly: true });
  });

  const open = (prefix: string, port = redis.port, waitMs = 5000): Promise<Store> =>
    createRedisStore(
      { urls: [`redis://${redis.host}:${port}`], cluster: false, prefix, waitMs },
      silentLog,
    );

  const writer = (prefix: string): Writer =>
    startWriter({ kind: 'redis', urls: [redis.url], cluster: false, prefix });

  test(`keeps every acknowledged commit exactly once when the collector is killed ${KILLS} times`, async () => {
    const prefix = newPrefix();
    const truth = createTruth();
    const store = await open(prefix);
    let version = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const writing = writer(prefix);
      await writing.busy();
      await sleep(Math.random() * 150);
      await writing.kill();
      version = await truth.check(store, writing.acknowledged());
    }
    expect(version).toBeGreaterThan(KILLS);
    await store.close();
  });

  test(`keeps every acknowledged commit exactly once when the server is killed ${SERVER_KILLS} times`, async () => {
    const prefix = newPrefix();
    const truth = createTruth();
    const writing = writer(prefix);
    await writing.busy();
    for (let kill = 0; kill < SERVER_KILLS; kill++) {
      await sleep(Math.random() * 200);
      await redis.kill('SIGKILL');
      await redis.restart();
      const before = writing.acknowledged();
      // The writer never stopped asking: it goes on by itself.
      while (writing.acknowledged() <= before) await sleep(10);
    }
    await writing.kill();
    const store = await open(prefix);
    expect(await truth.check(store, writing.acknowledged())).toBeGreaterThan(SERVER_KILLS);
    await store.close();
  });

  describe('when the answer to a commit is lost', () => {
    let proxy: LossyProxy;
    let lostBefore = 0;
    beforeAll(async () => {
      proxy = await startLossyProxy(redis.host, redis.port);
    });
    afterEach(() => {
      if (proxy.lost() !== lostBefore + 1) throw new Error('the test lost no answer');
    });
    afterAll(() => proxy.stop());

    async function prepared(
      waitMs: number,
    ): Promise<{ store: Store; model: Store; prefix: string }> {
      proxy.open();
      const prefix = newPrefix();
      const store = await open(prefix, proxy.port, waitMs);
      const model = createMemoryStore();
      for (let version = 0; version < 3; version++) {
        await store.commit(countedCommit(version));
        await model.commit(countedCommit(version));
      }
      lostBefore = proxy.lost();
      return { store, model, prefix };
    }

    /** The first answer that is not a plea to try again. */
    async function answered<T>(call: () => Promise<T>): Promise<T> {
      for (;;)
        try {
          return await call();
        } catch (error) {
          if (!(error instanceof StoreError) || !error.retryable) throw error;
        }
    }

    test('asks again and counts once', async () => {
      const { store, model } = await prepared(5000);
      proxy.loseAnswerTo(COMMIT.sha, 'open');
      const deltas = await store.commit(countedCommit(3));
      expect(summed(deltas)).toEqual(summed(await model.commit(countedCommit(3))));
      expect(summed(await cellsOf(store))).toEqual(summed(await cellsOf(model)));
      await store.close();
    });

    test('fails as retryable while the server is away, and the same commit then counts once', async () => {
      const { store, model, prefix } = await prepared(300);
      proxy.loseAnswerTo(COMMIT.sha, 'close');
      await expect(store.commit(countedCommit(3))).rejects.toMatchObject({
        name: 'StoreError',
        retryable: true,
      });
      await expect(store.commit(countedCommit(3))).rejects.toMatchObject({ retryable: true });
      proxy.open();
      const deltas = await answered(() => store.commit(countedCommit(3)));
      expect(summed(deltas)).toEqual(summed(await model.commit(countedCommit(3))));
      expect(summed(await cellsOf(store))).toEqual(summed(await cellsOf(model)));
      // Another process knows nothing of that commit's fate but its version.
      const other = await open(prefix);
      await expect(other.commit(countedCommit(3))).rejects.toThrow(StaleReaderError);
      await other.close();
      await store.close();
    });

    test('refuses another commit in its place as stale', async () => {
      const { store, model } = await prepared(300);
      proxy.loseAnswerTo(COMMIT.sha, 'close');
      await expect(store.commit(countedCommit(3))).rejects.toMatchObject({ retryable: true });
      proxy.open();
      const other: Commit = { ...countedCommit(3), position: 'elsewhere' };
      await expect(answered(() => store.commit(other))).rejects.toThrow(StaleReaderError);
      await model.commit(countedCommit(3));
      expect(summed(await cellsOf(store))).toEqual(summed(await cellsOf(model)));
      await store.commit(countedCommit(4));
      await store.close();
    });

    test('appends alert events once', async () => {
      const { store } = await prepared(5000);
      const key = { name: 'ErrorBudgetBurn', instance: 's/a', severity: 'page' } as const;
      await store.saveAlerts([], [{ ...key, at: 1, transition: 'firing', evidence: 'one' }]);
      proxy.loseAnswerTo(SAVE_ALERTS.sha, 'open');
      await store.saveAlerts([], [{ ...key, at: 2, transition: 'resolved', evidence: 'two' }]);
      expect((await store.alertEvents({ limit: 10 })).map(({ at }) => at)).toEqual([2, 1]);
      await store.close();
    });
  });

  test('gives up waiting for a server that hangs, and goes on when it answers again', async () => {
    const store = await open(newPrefix(), redis.port, 300);
    await redis.kill('SIGSTOP');
    try {
      await expect(store.ping()).rejects.toMatchObject({ name: 'StoreError', retryable: true });
    } finally {
      await redis.kill('SIGCONT');
    }
    await store.commit(countedCommit(0));
    await store.close();
  });

  test('two collectors take turns on a part, compacting meanwhile, and nothing is lost or mixed up', async () => {
    const prefix = newPrefix();
    const stores = [await open(prefix), await open(prefix)];
    const model = createMemoryStore();
    const compactions: Promise<unknown>[] = [];
    for (let version = 0; version < 120; version++) {
      // Both bring names that the other has not seen.
      const own = {
        instance: `s/${version}`,
        start: momentOf(version),
        width: 1 as const,
        total: 1,
        bad: 0,
      };
      const counted = countedCommit(version);
      const commit = { ...counted, add: [...(counted.add ?? []), own] };
      const [mine, other] = version % 7 < 4 ? stores : stores.toReversed();
      await mine?.commit(commit);
      await model.commit(commit);
      await expect(other?.commit(commit)).rejects.toThrow(StaleReaderError);
      if (version % 5 === 0 && other !== undefined)
        compactions.push(other.compact(momentOf(version), retention));
    }
    await Promise.all(compactions);
    expect(summed(await cellsOf(stores[0] as Store), 900)).toEqual(
      summed(await cellsOf(model), 900),
    );
    await Promise.all(stores.map((store) => store.close()));
  });

  test('replacements stay exact while another collector folds and merges without a pause', async () => {
    const prefix = newPrefix();
    const [mine, other] = [await open(prefix), await open(prefix)];
    const model = createMemoryStore();
    const done = new AbortController();
    let compactions = 0;
    const compacting = (async () => {
      for (; !done.signal.aborted; compactions++) await other.compact(momentOf(0), retention);
    })();
    for (let version = 0; version < 250; version++) {
      const deltas = await mine.commit(countedCommit(version));
      expect(summed(deltas)).toEqual(summed(await model.commit(countedCommit(version))));
    }
    done.abort();
    await compacting;
    expect(compactions).toBeGreaterThan(5);
    expect(summed(await cellsOf(other))).toEqual(summed(await cellsOf(model)));
    await Promise.all([mine.close(), other.close()]);
  });

  test('a fold that was computed from an older state changes nothing', async () => {
    const prefix = newPrefix();
    const store = await open(prefix);
    await store.commit(countedCommit(0));
    const client = createRedisClient({ urls: [redis.url], cluster: false, prefix }, 1000);
    const part = createRedisPart(client, prefix, PART);
    const base = await part.load();
    expect(await foldSlab(client, part, 0, base)).toBe('1');
    await store.commit(countedCommit(1));
    const before = summed(await cellsOf(store));
    expect(await foldSlab(client, part, 0, base)).toBeUndefined();
    expect(await foldCoverage(client, part, base)).toBeUndefined();
    expect(summed(await cellsOf(store))).toEqual(before);
    expect(await part.journal(0)).toHaveLength(1);
    client.close();
    await store.close();
  });

  test('at the memory limit of the server refuses commits as retryable, keeps what it acknowledged, and goes on', async () => {
    const small = await startRedis({ flags: ['--maxmemory', '3mb'] });
    const store = await open('small', small.port, 300);
    const model = createMemoryStore();
    let version = 0;
    let refusal: unknown;
    while (refusal === undefined)
      try {
        const { coverage: _, replace: __, ...commit } = countedCommit(version);
        const bulky = {
          ...commit,
          position: `${version} ${'x'.repeat(20_000)}`,
          part: `${PART}/${version % 50}`,
          version: Math.floor(version / 50),
        };
        await store.commit(bulky);
        await model.commit(bulky);
        version++;
      } catch (error) {
        refusal = error;
      }
    expect(refusal).toMatchObject({
      name: 'StoreError',
      retryable: true,
      message: expect.stringContaining('the server is at its memory limit; nothing was written'),
    });
    expect(summed(await cellsOf(store))).toEqual(summed(await cellsOf(model)));
    expect(await store.positions('')).toEqual(await model.positions(''));
    await small.ask('CONFIG SET maxmemory 100mb');
    await store.commit({ part: 'more', version: 0, position: '' });
    await store.close();
    await small.stop();
  });

  test('says at once that a password is wrong', async () => {
    const locked = await startRedis({ flags: [] });
    await locked.ask('CONFIG SET requirepass secret');
    const settings = { urls: [locked.url], cluster: false, prefix: 'locked' };
    await expect(createRedisStore(settings, silentLog)).rejects.toMatchObject({
      name: 'StoreError',
      retryable: false,
      message: expect.stringContaining('NOAUTH'),
    });
    process.env['NINEFOLD_TEST_STORE_PASSWORD'] = 'secret';
    const password = { kind: 'secret', environment: 'NINEFOLD_TEST_STORE_PASSWORD' } as const;
    const store = await createRedisStore({ ...settings, password }, silentLog);
    await store.ping();
    await store.close();
    delete process.env['NINEFOLD_TEST_STORE_PASSWORD'];
    await locked.stop();
  });

  test('warns of a server that may lose counts', async () => {
    const forgetful = await startRedis({ flags: ['--maxmemory-policy', 'allkeys-lru'] });
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (_, message) => void warnings.push(message) };
    await (
      await createRedisStore({ urls: [forgetful.url], cluster: false, prefix: 'p' }, log)
    ).close();
    expect(warnings).toEqual([
      'Redis keeps no append-only file: a crash of the server loses counts',
      'Redis may evict counts: set maxmemory-policy noeviction',
    ]);
    warnings.length = 0;
    await (await createRedisStore({ urls: [redis.url], cluster: false, prefix: 'p' }, log)).close();
    expect(warnings).toEqual([]);
    await forgetful.stop();
  });

  test('fails within its waiting time when there is no server, and refuses a prefix with braces', async () => {
    const gone = await startRedis({ flags: [] });
    await gone.stop();
    const settings = { urls: [gone.url], cluster: false, prefix: 'p', waitMs: 200 };
    await expect(createRedisStore(settings, silentLog)).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(createRedisStore({ ...settings, prefix: 'a{b}' }, silentLog)).rejects.toThrow(
      'no braces or spaces',
    );
  });

  test('says that counts were changed behind its back', async () => {
    const store = await open('touched');
    await store.commit(countedCommit(0));
    await store.compact(momentOf(0), retention);
    const base = `touched:{${encodeURIComponent(PART)}}`;
    const client = createRedisClient({ urls: [redis.url], cluster: false, prefix: '' }, 1000);
    await client.run(async (redis) => {
      const [field = ''] = await redis.hkeys(`${base}:blocks:0`);
      await redis.hset(`${base}:blocks:0`, field, 'something else');
    });
    client.close();
    await expect(cellsOf(store)).rejects.toThrow(/is damaged .*: restore the server's data/);
    await store.close();
  });
});
