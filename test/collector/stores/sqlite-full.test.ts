import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../collector/stores/memory.ts';
import { createSqliteStore } from '../../../collector/stores/sqlite.ts';
import { StoreError } from '../../../collector/stores/store.ts';
import { countedCommit, momentOf, PART, retention } from './counted-commits.ts';
import { cellsOf, summed } from './store-cells.ts';

const folder = mkdtempSync(join(tmpdir(), 'ninefold-full-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Part of every Linux; a constant, because it is no dependency of this project. */
const UNSHARE = 'unshare';

/** Runs a command in a mount namespace of its own, as root of a user namespace where need be. */
const inOwnMounts = (script: string): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(UNSHARE, ['--user', '--map-root-user', '--mount', 'sh', '-c', script], {
    encoding: 'utf8',
  });

const mount = `mount -t tmpfs -o size=3m tmpfs ${folder}`;
const canMount = inOwnMounts(mount).status === 0;

describe('sqlite store without space', () => {
  test('at its size limit refuses commits as retryable, keeps what it acknowledged, and goes on when old counts go', async () => {
    const path = join(folder, 'limited.db');
    const model = createMemoryStore();
    const store = createSqliteStore({ path, maxBytes: 128 * 1024 });
    let version = 0;
    let refusal: unknown;
    while (refusal === undefined)
      try {
        await store.commit(countedCommit(version));
        await model.commit(countedCommit(version++));
      } catch (error) {
        refusal = error;
      }
    expect(refusal).toBeInstanceOf(StoreError);
    expect(refusal).toMatchObject({
      retryable: true,
      message: expect.stringContaining('the disk or the file limit is full; nothing was written'),
    });
    expect(version).toBeGreaterThan(10);
    expect((await store.position(PART))?.version).toBe(version);
    expect(summed(await cellsOf(store))).toEqual(summed(await cellsOf(model)));

    // Time passes: the first counts are past retention and make room.
    const short = { ...retention, total: 900 };
    const now = momentOf(version) + 900;
    await store.compact(now, short);
    await model.compact(now, short);
    for (let more = 0; more < 20; more++) {
      await store.commit(countedCommit(version));
      await model.commit(countedCommit(version++));
    }
    expect(summed(await cellsOf(store))).toEqual(summed(await cellsOf(model)));
    await store.close();
  });

  test.skipIf(!canMount)(
    `on a full file system keeps what it acknowledged and goes on when there is space${canMount ? '' : ' (skipped: unshare may not mount here)'}`,
    () => {
      const writer = fileURLToPath(new URL('full-disk-writer.ts', import.meta.url));
      const run = inOwnMounts(`${mount} && exec ${process.execPath} ${writer} ${folder}`);
      expect(run.stderr).toBe('');
      const full = {
        message: expect.stringContaining('the disk or the file limit is full'),
        retryable: true,
      };
      expect(JSON.parse(run.stdout)).toEqual({
        full,
        again: full,
        compacting: full,
        whenFull: true,
        afterwards: true,
        afterRestart: true,
      });
    },
    60_000,
  );
});
