// One connection to Redis or to a Redis Cluster: calls wait a bounded time for it and fail as StoreError.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as IoRedis from 'ioredis';
import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import type { StoreSettings, TlsSettings } from '../../slo/connection.ts';
import { readSecret } from '../secret.ts';
import { StoreError } from './store.ts';

export type RedisConnection = Redis | Cluster;

export type RedisSettings = Omit<Extract<StoreSettings, { kind: 'redis' }>, 'kind'>;

export interface RedisClient {
  /**
   * Runs calls that may be repeated: they are, after a lost connection, until `waitMs` have passed.
   * @throws StoreError; retryable unless the server will never accept the call
   */
  run<T>(work: (redis: RedisConnection) => Promise<T>): Promise<T>;
  /** Runs a script; the same rule: it must do nothing the second time. */
  script(
    script: Script,
    keys: readonly string[],
    args: readonly ScriptArgument[],
  ): Promise<unknown>;
  close(): void;
}

/** Options that one server and the nodes of a cluster have in common. */
type NodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>;

export type ScriptArgument = string | number | Buffer;

/** A Lua script; all its keys must share one hash slot. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

export function defineScript(source: string): Script {
  return Object.freeze({ source, sha: createHash('sha1').update(source).digest('hex') });
}

/** Connects in the background; the first call waits for it. */
export function createRedisClient(settings: RedisSettings, waitMs: number): RedisClient {
  const redis = connect(settings, waitMs);
  const where = settings.urls.join(', ');
  let lastError: unknown;
  redis.on('error', (error: unknown) => (lastError = error));

  /** Resolves when commands can be sent; rejects with what stood in the way when that takes too long. */
  async function ready(deadline: number): Promise<void> {
    while (redis.status !== 'ready') {
      if (redis.status === 'end') throw new Error('the connection is closed');
      if (isRefusal(lastError)) throw lastError as Error;
      if (performance.now() >= deadline)
        throw (lastError as Error | undefined) ?? new Error('no connection');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    lastError = undefined;
  }

  async function run<T>(work: (redis: RedisConnection) => Promise<T>): Promise<T> {
    const deadline = performance.now() + waitMs;
    for (;;)
      try {
        await ready(deadline);
        return await work(redis);
      } catch (error) {
        if (error instanceof StoreError) throw error;
        if (!isPassing(error) || redis.status === 'end' || performance.now() >= deadline)
          throw toStoreError(error, where);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
  }

  return {
    run,
    script: (script, keys, args) =>
      run(async (redis) => {
        const all = [...keys, ...args];
        try {
          return await redis.evalsha(script.sha, keys.length, ...all);
        } catch (error) {
          if (!message(error).startsWith('NOSCRIPT')) throw error;
          return redis.eval(script.source, keys.length, ...all);
        }
      }),
    close: () => redis.disconnect(),
  };
}

function connect(settings: RedisSettings, waitMs: number): RedisConnection {
  // Loaded by require and only when used: an ESM import would not be traced, and a SQLite collector needs none of it.
  const library = createRequire(import.meta.url)('ioredis') as typeof IoRedis;
  const options: NodeOptions & { password?: string } = {
    // Every server and proxy speaks it, and nothing here needs more.
    protocol: 2,
    connectTimeout: waitMs,
    commandTimeout: waitMs,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    ...(settings.user !== undefined && { username: settings.user }),
    ...tlsOptions(settings),
  };
  const refreshPassword = (): void => {
    if (settings.password !== undefined) options.password = readSecret(settings.password);
  };
  refreshPassword();
  const retryStrategy = (times: number): number => Math.min(1000, 25 * 2 ** Math.min(times, 6));
  const [first] = settings.urls;
  const redis = settings.cluster
    ? new library.Cluster([...settings.urls], {
        enableOfflineQueue: false,
        clusterRetryStrategy: retryStrategy,
        redisOptions: options,
      })
    : new library.Redis(first ?? '', {
        ...options,
        enableOfflineQueue: false,
        retryStrategy,
      });
  redis.on('close', () => {
    if (settings.password === undefined) return;
    try {
      refreshPassword();
      if (redis instanceof library.Redis && options.password !== undefined)
        redis.options.password = options.password;
    } catch {
      // The old password is tried again; the server says what is wrong.
    }
  });
  return redis;
}

function tlsOptions({ urls, tls }: RedisSettings): Pick<RedisOptions, 'tls'> {
  if (tls === undefined && !urls.some((url) => url.startsWith('rediss://'))) return {};
  return { tls: tls === undefined ? {} : tlsFiles(tls) };
}

function tlsFiles(tls: TlsSettings): NonNullable<RedisOptions['tls']> {
  return {
    rejectUnauthorized: tls.verify,
    ...(tls.ca !== undefined && { ca: readFileSync(tls.ca) }),
    ...(tls.certificate !== undefined && { cert: readFileSync(tls.certificate) }),
    ...(tls.key !== undefined && { key: readSecret(tls.key) }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
  };
}

const message = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Replies that the same call will always get. */
function isRefusal(error: unknown): boolean {
  return /^(NOAUTH|WRONGPASS|NOPERM|ERR AUTH|ERR invalid password)/.test(message(error));
}

/** Lost and refused connections, timeouts, and servers that are loading, failing over or short of memory. */
function isPassing(error: unknown): boolean {
  if (isRefusal(error)) return false;
  const { name } = error as { readonly name?: unknown };
  if (name !== 'ReplyError') return true;
  return /^(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|OOM|MISCONF|NOREPLICAS|MOVED|ASK)/.test(
    message(error),
  );
}

function toStoreError(error: unknown, where: string): StoreError {
  const why = message(error).startsWith('OOM')
    ? ': the server is at its memory limit; nothing was written, counting goes on when there is space'
    : '';
  return new StoreError(`store ${where}: ${message(error)}${why}`, {
    retryable: isPassing(error),
    cause: error,
  });
}
