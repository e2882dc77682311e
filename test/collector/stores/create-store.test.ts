import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../../../collector/log.ts';
import { createStore } from '../../../collector/stores/create-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'ninefold-create-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('store settings name memory, which forgets, and a file, which does not', async () => {
  const file = { kind: 'sqlite', path: join(folder, 'a', 'b', 'store.db') } as const;
  for (const settings of [{ kind: 'memory' } as const, file]) {
    const store = await createStore(settings, silentLog);
    await store.commit({ part: 'p', version: 0, position: settings.kind });
    await store.close();
  }
  const memory = await createStore({ kind: 'memory' }, silentLog);
  expect(await memory.position('p')).toBeUndefined();
  const sqlite = await createStore(file, silentLog);
  expect(await sqlite.position('p')).toEqual({ version: 1, position: 'sqlite' });
  await sqlite.close();
});

test('a store that cannot be reached is a StoreError that names it', async () => {
  const settings = {
    kind: 'redis',
    urls: ['redis://127.0.0.1:1'],
    cluster: false,
    prefix: 'p',
  } as const;
  await expect(createStore(settings, silentLog)).rejects.toMatchObject({
    name: 'StoreError',
    retryable: true,
    message: expect.stringContaining('redis://127.0.0.1:1'),
  });
});
