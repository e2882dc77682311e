import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createSqliteStore } from '../../../collector/stores/sqlite.ts';
import type { Store } from '../../../collector/stores/store.ts';
import { describeStore } from '../../contract/store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'ninefold-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

const paths = new WeakMap<Store, string>();
let files = 0;

const open = (path: string): Store => {
  const store = createSqliteStore({ path });
  paths.set(store, path);
  return store;
};

describeStore('sqlite', {
  open: async () => open(join(folder, `${files++}.db`)),
  async reopen(store) {
    await store.close();
    return open(paths.get(store) ?? '');
  },
  runs: 40,
});
