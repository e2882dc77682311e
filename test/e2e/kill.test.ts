// kill −9 at random moments: what was acknowledged is counted exactly once, and an outage pages exactly once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../services/redis.ts';
import { describeWithService } from '../services/services.ts';
import { survive } from './survival.ts';

describe('a collector on SQLite that is killed fifty times', () => {
  it('has counted every acknowledged event once, and paged once', async () => {
    const { sent, counted, repeats, pages } = await survive(
      'kill-sqlite',
      `{ kind: 'sqlite', path: 'counts.db' }`,
      50,
    );
    expect(repeats).toBeGreaterThan(0);
    expect(counted).toEqual(sent);
    expect(pages).toBe(1);
  }, 600_000);
});

describeWithService(['redis'], 'a collector on Redis that is killed ten times', () => {
  let url = '';
  beforeAll(async () => {
    const redis = await startRedis({ appendonly: true });
    url = redis.url;
  });
  afterAll(() => {
    url = '';
  });

  it('has counted every acknowledged event once, and paged once', async () => {
    const { sent, counted, repeats, pages } = await survive(
      'kill-redis',
      `{ kind: 'redis', url: '${url}' }`,
      10,
    );
    expect(repeats).toBeGreaterThan(0);
    expect(counted).toEqual(sent);
    expect(pages).toBe(1);
  });
});
