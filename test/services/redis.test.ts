import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Redis } from 'ioredis';
import { startRedis, startRedisCluster } from './redis.ts';
import type { RunningRedis, RunningRedisCluster } from './redis.ts';
import { describeWithService } from './services.ts';

describeWithService(['redis'], 'redis', () => {
  let redis: RunningRedis;
  beforeAll(async () => {
    redis = await startRedis({ appendonly: true });
  });

  it('keeps an acknowledged write when it is killed', async () => {
    await withClient(redis.url, async (client) => {
      await client.set('budget', '0.999');
    });
    await redis.kill('SIGKILL');
    await redis.restart();
    await withClient(redis.url, async (client) => {
      expect(await client.get('budget')).toBe('0.999');
    });
  });

  it('answers nothing while frozen and goes on when thawed', async () => {
    await redis.kill('SIGSTOP');
    const asked = redis.ask('PING');
    const first = await Promise.race([
      asked,
      new Promise((resolve) => setTimeout(resolve, 200, 'silence')),
    ]);
    expect(first).toBe('silence');
    await redis.kill('SIGCONT');
    expect(await asked).toBe('PONG');
  });

  it('is gone after stop', async () => {
    const { pid } = redis;
    await redis.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await expect(redis.ask('PING')).rejects.toThrow('ECONNREFUSED');
  });
});

describeWithService(['redis'], 'a redis that the environment names', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is used but never ended, unless the test needs one of its own', async () => {
    const given = await startRedis({ appendonly: true });
    vi.stubEnv('NINEFOLD_TEST_REDIS', given.url);
    const used = await startRedis();
    const own = await startRedis({ appendonly: true });
    expect([used.url, used.port, used.owned]).toEqual([given.url, given.port, false]);
    expect(own.url).not.toBe(given.url);
    await used.stop();
    await expect(used.kill()).rejects.toThrow('NINEFOLD_TEST_REDIS names a server');
    expect(await given.ask('PING')).toBe('PONG');
  });
});

describeWithService(['redis'], 'a redis that cannot start', () => {
  it('says what it said last', async () => {
    const started = startRedis({ flags: ['--no-such-setting', '1'] });
    await expect(started).rejects.toThrow(/redis: ended with 1.*no-such-setting/s);
  });
});

describeWithService(['redis'], 'redis cluster', () => {
  let cluster: RunningRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster({ appendonly: true });
  });

  it('spreads keys over three nodes and keeps them over a restart of all', async () => {
    const keys = Array.from({ length: 30 }, (_, index) => `key-${index}`);
    const sizes = new Set<string>();
    for (const key of keys) sizes.add(await setOnOwner(cluster, key));
    expect(sizes.size).toBe(3);
    await cluster.restart();
    const counts = await Promise.all(cluster.nodes.map((node) => node.ask('DBSIZE')));
    expect(counts.reduce((sum, count) => sum + Number(count.replace(':', '')), 0)).toBe(30);
  });
});

/** Sets the key on the one node that does not answer MOVED, and returns that node's address. */
async function setOnOwner(cluster: RunningRedisCluster, key: string): Promise<string> {
  for (const node of cluster.nodes) {
    const answer = await node.ask(`SET ${key} 1`).catch((error: Error) => error.message);
    if (answer === 'OK') return node.url;
    expect(answer).toContain('MOVED');
  }
  throw new Error(`no node owns ${key}`);
}

async function withClient(url: string, use: (client: Redis) => Promise<void>): Promise<void> {
  const client = new Redis(url);
  try {
    await use(client);
  } finally {
    client.disconnect();
  }
}
