// Alert states and events in Redis, in one hash slot, saved together by one script.
import { createHash } from 'node:crypto';
import type { EpochSeconds } from '../../slo/counts.ts';
import { alertId, isSettled, isWorthKeeping } from './alert-log.ts';
import type { RedisClient, ScriptArgument } from './redis-client.ts';
import { SAVE_ALERTS } from './redis-scripts.ts';
import type { AlertEvent, AlertRecord, Store } from './store.ts';

/** Events dropped by one transaction. */
const SLICE = 500;

export interface RedisAlerts extends Pick<Store, 'alerts' | 'saveAlerts' | 'alertEvents'> {
  compact(now: EpochSeconds, before: EpochSeconds): Promise<void>;
}

export function createRedisAlerts(client: RedisClient, prefix: string): RedisAlerts {
  const base = `${prefix}:alerts:{alerts}`;
  const records = `${base}:records`;
  const log = `${base}:log`;
  const times = `${base}:times`;
  const timesOf = (instance: string): string => `${times}:${instance}`;

  const readEvents = async (ids: readonly string[]): Promise<AlertEvent[]> => {
    if (ids.length === 0) return [];
    const texts = await client.run((redis) => redis.hmget(log, ...ids));
    return texts.filter((text) => text !== null).map((text) => JSON.parse(text) as AlertEvent);
  };
  const alerts = async (): Promise<AlertRecord[]> =>
    (await client.run((redis) => redis.hvals(records))).map(
      (text) => JSON.parse(text) as AlertRecord,
    );
  const saveAlerts = async (
    changed: readonly AlertRecord[],
    events: readonly AlertEvent[],
  ): Promise<void> => {
    const args: ScriptArgument[] = [changed.length];
    for (const record of changed)
      args.push(alertId(record), isWorthKeeping(record) ? JSON.stringify(record) : '');
    for (const event of events) args.push(event.at, JSON.stringify(event));
    // An answer may be lost and the call made again: the same events are appended once.
    const batch = createHash('sha256').update(JSON.stringify(events)).digest('hex');
    const keys = [records, log, times, `${base}:last`, `${base}:saved:${batch}`];
    await client.script(
      SAVE_ALERTS,
      [...keys, ...events.map(({ instance }) => timesOf(instance))],
      args,
    );
  };

  return {
    alerts,
    saveAlerts,
    async alertEvents({ instance, from = 0, to = Number.MAX_SAFE_INTEGER, limit }) {
      const key = instance === undefined ? times : timesOf(instance);
      const ids = await client.run((redis) =>
        redis.zrevrangebyscore(key, `(${to}`, from, 'LIMIT', 0, limit),
      );
      return readEvents(ids);
    },
    async compact(now, before) {
      const settled = (await alerts()).filter((record) => isSettled(record, now));
      if (settled.length > 0)
        await client.run((redis) => redis.hdel(records, ...settled.map(alertId)));
      for (;;) {
        const ids = await client.run((redis) =>
          redis.zrangebyscore(times, '-inf', `(${before}`, 'LIMIT', 0, SLICE),
        );
        if (ids.length === 0) return;
        const instances = new Set((await readEvents(ids)).map(({ instance }) => instance));
        // The list that says what is left to drop goes last: an interrupted pass is begun again.
        for (const instance of instances)
          await client.run((redis) => redis.zrem(timesOf(instance), ...ids));
        await client.run((redis) => redis.hdel(log, ...ids));
        await client.run((redis) => redis.zrem(times, ...ids));
      }
    },
  };
}
