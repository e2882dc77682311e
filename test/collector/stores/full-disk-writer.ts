/** Runs inside a small file system: fills it, meets the full disk with a store, makes space and goes on. Prints JSON. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryStore } from '../../../collector/stores/memory.ts';
import { createSqliteStore } from '../../../collector/stores/sqlite.ts';
import type { Store } from '../../../collector/stores/store.ts';
import { cellsOf, summed } from './store-cells.ts';
import { countedCommit, momentOf, PART, retention } from './counted-commits.ts';

const folder = process.argv[2] ?? '';
const path = join(folder, 'store.db');
const filler = join(folder, 'filler');

const model = createMemoryStore();
const store = createSqliteStore({ path });
let version = 0;

/** Commits until a failure, or as many as given; the failure. */
async function commit(most: number): Promise<unknown> {
  for (let made = 0; made < most; made++) {
    try {
      await store.commit(countedCommit(version));
    } catch (error) {
      return error;
    }
    await model.commit(countedCommit(version));
    version++;
  }
  return undefined;
}

async function holdsExactlyTheCommits(tested: Store): Promise<boolean> {
  const at = await tested.position(PART);
  return (
    at?.version === version &&
    JSON.stringify(summed(await cellsOf(tested), 900)) ===
      JSON.stringify(summed(await cellsOf(model), 900))
  );
}

function fillDisk(): void {
  const file = openSync(filler, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
}

await commit(20);
fillDisk();
const full = await commit(10_000);
const whenFull = await holdsExactlyTheCommits(store);
const again = await commit(1);
const compacting: unknown = await store
  .compact(momentOf(version), retention)
  .catch((error: unknown) => error);
rmSync(filler);
const later = await commit(100);
await store.compact(momentOf(version), retention);
const afterwards = await holdsExactlyTheCommits(store);
await store.close();
const reopened = createSqliteStore({ path });
const afterRestart = await holdsExactlyTheCommits(reopened);
await reopened.close();

const shown = (error: unknown) =>
  error === undefined
    ? undefined
    : {
        message: (error as Error).message,
        retryable: (error as { retryable?: unknown }).retryable,
      };
process.stdout.write(
  JSON.stringify({
    full: shown(full),
    again: shown(again),
    compacting: shown(compacting),
    later: shown(later),
    whenFull,
    afterwards,
    afterRestart,
  }),
);
