import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createSqliteStore } from '../../../collector/stores/sqlite.ts';
import { createTruth, startWriter } from './crash.ts';

const folder = mkdtempSync(join(tmpdir(), 'ninefold-crash-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KILLS = 20;

test(`sqlite store killed ${KILLS} times at random moments keeps every acknowledged commit exactly once`, async () => {
  const path = join(folder, 'store.db');
  const truth = createTruth();
  let version = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const writer = startWriter({ kind: 'sqlite', path });
    await writer.busy();
    await sleep(Math.random() * 150);
    await writer.kill();
    const store = createSqliteStore({ path });
    version = await truth.check(store, writer.acknowledged());
    await store.close();
  }
  expect(version).toBeGreaterThan(KILLS);
});
