import { beforeAll, describe } from 'vitest';
import { silentLog } from '../../../collector/log.ts';
import { createRedisStore } from '../../../collector/stores/redis.ts';
import type { Store } from '../../../collector/stores/store.ts';
import { describeStore } from '../../contract/store-contract.ts';
import {
  type RunningRedis,
  type RunningRedisCluster,
  startRedis,
  startRedisCluster,
} from '../../services/redis.ts';
import { describeWithService } from '../../services/services.ts';

/** Every store of a test gets keys of its own on the shared server. */
function subject(urls: () => readonly string[], cluster: boolean) {
  const prefixes = new WeakMap<Store, string>();
  const run = Date.now().toString(36);
  let count = 0;
  const open = async (prefix = `test-${run}-${count++}`): Promise<Store> => {
    const store = await createRedisStore({ urls: urls(), cluster, prefix }, silentLog);
    prefixes.set(store, prefix);
    return store;
  };
  return {
    open: () => open(),
    async reopen(store: Store): Promise<Store> {
      await store.close();
      return open(prefixes.get(store) ?? '');
    },
  };
}

describeWithService(['redis'], 'Redis', () => {
  describe('alone', () => {
    let redis: RunningRedis;
    beforeAll(async () => {
      redis = await startRedis();
    });
    describeStore('redis', { ...subject(() => [redis.url], false), runs: 25 });
  });

  describe('as a cluster', () => {
    let cluster: RunningRedisCluster;
    beforeAll(async () => {
      cluster = await startRedisCluster();
    });
    describeStore('redis cluster', { ...subject(() => cluster.urls, true), runs: 10 });
  });
});
