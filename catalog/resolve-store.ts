// Checks where counts are kept.
import { resolve } from 'node:path';
import type { StoreSettings } from '../slo/connection.ts';
import type { DefinitionReader } from '../slo/definition-reader.ts';
import { joinPath, printValue } from '../slo/diagnostic.ts';
import { hasPassword } from './config-endpoint.ts';
import { readSecret, readTls } from './secret-reference.ts';

const KINDS = ['memory', 'sqlite', 'redis'] as const;
const PROPERTIES: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
  memory: [],
  sqlite: ['path'],
  redis: ['url', 'cluster', 'user', 'password', 'tls', 'prefix'],
};

/** The store; SQLite in the workspace when none is written. */
export function readStore(config: DefinitionReader, folder: string): StoreSettings {
  const byDefault = { kind: 'sqlite', path: resolve(folder, '.ninefold/ninefold.db') } as const;
  const written: unknown = config.raw('store');
  const given =
    typeof written === 'object' && written !== null && 'kind' in written ? written.kind : undefined;
  const known = KINDS.find((each) => each === given);
  const store = config.object('store', {
    known: [
      'kind',
      ...(known === undefined ? Object.values(PROPERTIES).flat() : PROPERTIES[known]),
    ],
    needed: ['kind', ...(known === 'sqlite' ? ['path'] : known === 'redis' ? ['url'] : [])],
    example: `{ kind: 'sqlite', path: 'ninefold.db' }, { kind: 'redis', url: 'redis://127.0.0.1:6379' } or { kind: 'memory' }`,
  });
  const kind = store?.oneOf('kind', KINDS);
  if (store === undefined || kind === undefined) return byDefault;
  if (kind === 'memory') return { kind };
  if (kind === 'redis') return readRedis(store, folder);
  const path = store.text('path', 4096);
  return path === undefined ? byDefault : { kind, path: resolve(folder, path) };
}

function readRedis(store: DefinitionReader, folder: string): StoreSettings {
  const password = readSecret(store, 'password', folder);
  const user = store.text('user', 200);
  const tls = readTls(store, folder);
  return {
    kind: 'redis',
    urls: readAddresses(store),
    cluster: store.flag('cluster') ?? false,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
    prefix: store.text('prefix', 64) ?? 'ninefold',
  };
}

function readAddresses(store: DefinitionReader): readonly string[] {
  const written = store.raw('url');
  const list = typeof written === 'string' ? [written] : (store.list('url', 100) ?? []);
  const refuse = (
    index: number,
    value: string,
    code: 'secret-in-text' | 'not-an-address',
    message: string,
  ): void =>
    store.report({
      code,
      severity: 'error',
      path: typeof written === 'string' ? store.at('url') : joinPath(store.at('url'), index),
      value,
      message,
      remedy: `Write redis://host:6379 or rediss://host:6379, and password: fromEnvironment('REDIS_PASSWORD').`,
    });
  if (Array.isArray(written) && list.length === 0)
    refuse(0, '[]', 'not-an-address', 'No address is given.');
  return list.filter((each, index): each is string => {
    if (typeof each === 'string' && hasPassword(each))
      refuse(
        index,
        '(hidden)',
        'secret-in-text',
        'The address holds a user or a password (not shown).',
      );
    else if (typeof each !== 'string' || !/^rediss?:\/\/[^\s]+$/.test(each) || !URL.canParse(each))
      refuse(
        index,
        printValue(each),
        'not-an-address',
        `${printValue(each)} is not the address of a Redis server.`,
      );
    else return true;
    return false;
  });
}
