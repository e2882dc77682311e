// The long version of test/e2e/kill.test.ts: five hundred kills, for an evening.
import { describe, expect, it } from 'vitest';
import { survive } from '../e2e/survival.ts';

describe('a collector on SQLite that is killed five hundred times', () => {
  it('has counted every acknowledged event once, and paged once', async () => {
    const { sent, counted, repeats, pages } = await survive(
      'soak-sqlite',
      `{ kind: 'sqlite', path: 'counts.db' }`,
      500,
    );
    expect(repeats).toBeGreaterThan(0);
    expect(counted).toEqual(sent);
    expect(pages).toBe(1);
  });
});
