// The store that the settings name.
import type { StoreSettings } from '../../slo/connection.ts';
import type { Log } from '../log.ts';
import { createMemoryStore } from './memory.ts';
import { createSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

/** Opens or connects. @throws StoreError when that fails; the message says what to do */
export async function createStore(settings: StoreSettings, log: Log): Promise<Store> {
  switch (settings.kind) {
    case 'memory':
      return createMemoryStore();
    case 'sqlite':
      return createSqliteStore({ path: settings.path });
    case 'redis': {
      // Only collectors on Redis pay for loading its client.
      const { createRedisStore } = await import('./redis.ts');
      return createRedisStore(settings, log);
    }
  }
}
