import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findAlertmanager, findAmtool } from './alertmanager.ts';
import { findKafka } from './kafka.ts';
import { findLoki } from './loki.ts';
import { findPrometheus, findPromtool } from './prometheus.ts';
import { findRedis } from './redis.ts';
import { removeTemporaryFolders, temporaryFolder } from './started-servers.ts';

let path: string;
let cache: string;

beforeEach(() => {
  path = temporaryFolder('path');
  cache = temporaryFolder('cache');
  vi.stubEnv('PATH', path);
  vi.stubEnv('NINEFOLD_CACHE', cache);
  for (const name of ['KAFKA', 'LOKI', 'PROMETHEUS', 'ALERTMANAGER', 'REDIS']) {
    vi.stubEnv(`NINEFOLD_TEST_${name}`, '');
  }
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => removeTemporaryFolders());

const finders = [
  ['kafka', findKafka, 'install Java 17 and Maven'],
  ['loki', findLoki, 'install Go 1.26'],
  ['prometheus', findPrometheus, 'install Go 1.26'],
  ['prometheus-2.42', () => findPrometheus('2.42'), 'put prometheus and promtool 2.42 on PATH'],
  ['alertmanager', findAlertmanager, 'install Go 1.26'],
  ['alertmanager-0.25', () => findAlertmanager('0.25'), 'install Go'],
  ['redis', findRedis, 'install redis-server 7'],
] as const;

describe('a server that cannot be had', () => {
  it.each(finders)('is called missing with its remedy: %s', async (name, find, remedy) => {
    const found = await find();
    if (found.from !== 'nowhere') throw new Error(`${name} was found: ${found.from}`);
    expect(found.reason).toMatch(new RegExp(`^${name} could not be made`));
    expect(found.reason).toContain(remedy);
  });
});

describe('a server that is in several places', () => {
  it('is taken from the environment before PATH before the cache', async () => {
    program(join(cache, 'loki-3.7.8', 'bin'), 'loki', '3.7.8');
    expect(await findLoki()).toMatchObject({ from: 'cache' });
    const installed = program(path, 'loki', '3.8.0');
    expect(await findLoki()).toMatchObject({ from: 'PATH', file: installed });
    vi.stubEnv('NINEFOLD_TEST_LOKI', 'http://127.0.0.1:3100');
    expect(await findLoki()).toMatchObject({ from: 'environment', url: 'http://127.0.0.1:3100' });
  });

  it.each([
    ['promtool', '3.15.2', 'PATH'],
    ['promtool', '4.0.0', 'cache'],
    ['promtool', '2.42.0', 'cache'],
  ])(
    'is not taken from PATH when its version is not the one wanted: %s %s',
    (name, version, from) => {
      program(join(cache, 'prometheus-3.15.0', 'bin'), name, '3.15.0');
      program(path, name, version);
      expect(findPromtool('3.15').from).toBe(from);
    },
  );

  it('is called missing when its cache entry lacks a program', () => {
    mkdirSync(join(cache, 'alertmanager-0.34.2'));
    expect(findAmtool()).toMatchObject({
      from: 'nowhere',
      reason: expect.stringContaining('prepare again') as unknown,
    });
  });
});

/** An executable file that says its name and version, as the real ones do. */
function program(folder: string, name: string, version: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "${name}, version ${version} (branch: HEAD)"\n`);
  chmodSync(file, 0o755);
  return file;
}
