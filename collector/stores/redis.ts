// The store in Redis 7 or 8, alone or as a cluster: for collectors that share the work. As durable as the server is set up to be.
import { randomUUID } from 'node:crypto';
import type { Interval } from '../../slo/interval.ts';
import type { Log } from '../log.ts';
import { checkCommit } from './checked-commit.ts';
import { type CompactionPlan, compactionPlan } from './compaction-plan.ts';
import { createRedisAlerts } from './redis-alerts.ts';
import { createRedisClient, type RedisSettings } from './redis-client.ts';
import { createRedisCommitter, type RedisCommitter } from './redis-commit.ts';
import { type FoldBase, foldCoverage, foldSlab, forgetNames } from './redis-fold.ts';
import { COVERAGE_SLAB, createRedisPart, type RedisPart } from './redis-part.ts';
import { readRedisCells, readRedisCoverage } from './redis-reader.ts';
import { RELEASE } from './redis-scripts.ts';
import { DamagedBytesError } from './sealed-bytes.ts';
import { type PartId, type PartPosition, type Store, StoreError } from './store.ts';

/** A journal this long is folded by the commit that made it so, when compaction has not done it before. */
const FOLD_ENTRIES = 256;
/** Seconds after which another collector may compact although the one that began never said it ended. */
const LEASE_SECONDS = 120;

export interface RedisStoreOptions extends RedisSettings {
  /** Milliseconds that a call waits for a connection or an answer before it fails as retryable. @default 5000 */
  readonly waitMs?: number;
}

/** A part with what this process keeps of it. */
interface HeldPart {
  readonly part: RedisPart;
  readonly committer: RedisCommitter;
  /** The last call for the part: commits and folds of one part follow one another. */
  tail: Promise<unknown>;
  registered: boolean;
  /** Slabs by the plan that their blocks were last compacted by. */
  readonly compacted: Map<number, string>;
}

/** Connects and looks at the server's durability. @throws StoreError when it cannot be reached within `waitMs` */
export async function createRedisStore(options: RedisStoreOptions, log: Log): Promise<Store> {
  const { prefix, waitMs = 5000 } = options;
  if (prefix === '' || /[{}\s]/.test(prefix))
    throw new StoreError(
      `store prefix ${JSON.stringify(prefix)}: it needs at least one character and no braces or spaces, because braces decide where Redis Cluster keeps a key`,
      { retryable: false },
    );
  const client = createRedisClient(options, waitMs);
  try {
    await client.run((redis) => redis.ping());
  } catch (error) {
    client.close();
    throw error;
  }
  const alerts = createRedisAlerts(client, prefix);
  const held = new Map<PartId, HeldPart>();
  const partsKey = `${prefix}:parts`;
  const leaseKey = `${prefix}:compacting`;
  await warnOfLoss();

  function of(id: PartId): HeldPart {
    let found = held.get(id);
    if (found === undefined) {
      const part = createRedisPart(client, prefix, id);
      const committer = createRedisCommitter(client, part);
      found = { part, committer, tail: Promise.resolve(), registered: false, compacted: new Map() };
      held.set(id, found);
    }
    return found;
  }

  function inTurn<T>(part: HeldPart, work: () => Promise<T>): Promise<T> {
    const run = part.tail.then(work);
    part.tail = run.catch(() => {});
    return run;
  }

  const partIds = (): Promise<string[]> => client.run((redis) => redis.smembers(partsKey));

  async function position(id: PartId): Promise<PartPosition | undefined> {
    const { head } = of(id).part.keys;
    const [version, text] = await client.run((redis) => redis.hmget(head, 'version', 'position'));
    return typeof version === 'string' && typeof text === 'string'
      ? { version: Number(version), position: text }
      : undefined;
  }

  /** One step of folding; the base moves on with the epoch that the step made. */
  async function moved(
    part: HeldPart,
    base: FoldBase,
    step: () => Promise<string | undefined>,
  ): Promise<boolean> {
    const epoch = await step();
    if (epoch === undefined) return false;
    part.committer.moved(base.epoch, epoch);
    base.epoch = epoch;
    return true;
  }

  /** Folds and compacts one part; what another collector rewrites meanwhile is left to it. */
  async function compactPart(id: PartId, plan: CompactionPlan): Promise<void> {
    const each = of(id);
    const { part, compacted } = each;
    for (const slab of await part.slabs())
      await inTurn(each, async () => {
        const base: FoldBase = await part.load();
        const done = await moved(each, base, () =>
          slab === COVERAGE_SLAB
            ? foldCoverage(client, part, base, plan.dropBefore)
            : foldSlab(client, part, slab, base, {
                plan,
                blocksDone: compacted.get(slab) === plan.signature,
              }),
        );
        if (done) compacted.set(slab, plan.signature);
      });
    await inTurn(each, async () => {
      const base: FoldBase = await part.load();
      await moved(each, base, () => forgetNames(client, part, base, plan.dropBefore));
    });
  }

  /** Keeps journals short when nobody compacts: at most one slab for each commit, so that none takes long. */
  async function foldOverdue(each: HeldPart, journals: ReadonlyMap<number, number>): Promise<void> {
    const [slab, entries] = [...journals].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
    if (entries < FOLD_ENTRIES) return;
    try {
      const base: FoldBase = await each.part.load();
      await moved(each, base, () =>
        slab === COVERAGE_SLAB
          ? foldCoverage(client, each.part, base)
          : foldSlab(client, each.part, slab, base),
      );
    } catch {
      // The commit is durable; compaction meets the same failure and reports it.
    }
  }

  /** Counts are no safer than the server: says so when it is set up to lose them. */
  async function warnOfLoss(): Promise<void> {
    const setting = async (name: string): Promise<string | undefined> => {
      try {
        const reply = await client.run((redis) => redis.call('CONFIG', 'GET', name));
        return Array.isArray(reply) ? String(reply[1]) : undefined;
      } catch {
        // Managed servers hide their settings.
        return undefined;
      }
    };
    const store = options.urls.join(', ');
    if ((await setting('appendonly')) === 'no')
      log.warn({ store }, 'Redis keeps no append-only file: a crash of the server loses counts');
    const policy = await setting('maxmemory-policy');
    if (policy !== undefined && policy !== 'noeviction')
      log.warn({ store, policy }, 'Redis may evict counts: set maxmemory-policy noeviction');
  }

  const named = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DamagedBytesError)) throw error;
      throw new StoreError(
        `store ${options.urls.join(', ')} is damaged (${error.message}): restore the server's data, or start again under another prefix`,
        { retryable: false, cause: error },
      );
    }
  };

  return {
    position,
    async positions(prefix) {
      const ids = (await partIds()).filter((id) => id.startsWith(prefix));
      const found = await Promise.all(ids.map(async (id) => [id, await position(id)] as const));
      return new Map(found.flatMap(([id, at]) => (at === undefined ? [] : [[id, at] as const])));
    },
    commit: (commit) =>
      named(async () => {
        checkCommit(commit);
        const each = of(commit.part);
        return inTurn(each, async () => {
          // The list of parts lives in another slot: a part is listed before it holds anything.
          if (!each.registered) await client.run((redis) => redis.sadd(partsKey, commit.part));
          each.registered = true;
          const { deltas, journals } = await each.committer.commit(commit);
          await foldOverdue(each, journals);
          return deltas;
        });
      }),
    readCells: (visit, filter = {}) =>
      named(async () => {
        for (const id of await partIds()) await readRedisCells(of(id).part, visit, filter);
      }),
    coverage: () =>
      named(async () => {
        const coverage = new Map<string, readonly Interval[]>();
        for (const id of await partIds()) await readRedisCoverage(client, of(id).part, coverage);
        return coverage;
      }),
    alerts: alerts.alerts,
    saveAlerts: alerts.saveAlerts,
    alertEvents: alerts.alertEvents,
    compact: (now, retention) =>
      named(async () => {
        const plan = compactionPlan(now, retention);
        const holder = randomUUID();
        const mine = await client.run((redis) =>
          redis.set(leaseKey, holder, 'EX', LEASE_SECONDS, 'NX'),
        );
        if (mine === null) return;
        try {
          for (const id of await partIds()) {
            await client.run((redis) => redis.expire(leaseKey, LEASE_SECONDS));
            await compactPart(id, plan);
          }
          await alerts.compact(now, plan.dropBefore);
        } finally {
          await client.script(RELEASE, [leaseKey], [holder]);
        }
      }),
    async ping() {
      await client.run((redis) => redis.ping());
    },
    async close() {
      await Promise.all([...held.values()].map(({ tail }) => tail));
      client.close();
    },
  };
}
