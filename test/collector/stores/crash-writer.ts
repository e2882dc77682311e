/** A process to be killed: commits as fast as it can, and prints a commit's number once the store has acknowledged it. */
import { writeSync } from 'node:fs';
import { createStore } from '../../../collector/stores/create-store.ts';
import { silentLog } from '../../../collector/log.ts';
import { StoreError } from '../../../collector/stores/store.ts';
import type { StoreSettings } from '../../../slo/connection.ts';
import { countedCommit, momentOf, PART, retention } from './counted-commits.ts';

const settings = JSON.parse(process.argv[2] ?? '') as StoreSettings;
const store = await createStore(settings, silentLog);
let version = (await store.position(PART))?.version ?? 0;
writeSync(1, `ready ${version}\n`);
for (;;) {
  try {
    await store.commit(countedCommit(version));
  } catch (error) {
    // The server may be down for a while; the same commit is made until it is answered.
    if (error instanceof StoreError && error.retryable) continue;
    throw error;
  }
  writeSync(1, `${version}\n`);
  version++;
  // Awaited now and then only: most kills shall meet a compaction that is under way.
  const compacting = version % 20 === 0 ? store.compact(momentOf(version), retention) : undefined;
  if (version % 60 === 0) await compacting?.catch(() => {});
  else compacting?.catch(() => {});
}
