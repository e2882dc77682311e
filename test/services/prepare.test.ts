import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { removeTemporaryFolders } from './started-servers.ts';
import { freePort, temporaryFolder } from './services.ts';

const command = fileURLToPath(new URL('prepare.ts', import.meta.url));
afterAll(() => removeTemporaryFolders());

describe('the command that makes test servers ready', () => {
  it('says what is missing and how to get it, without failing', () => {
    const run = prepare(['redis']);
    expect(run.stdout).toMatch(/^redis {2}missing {2}.*no apt-get.*install redis-server 7/m);
    expect(run.status).toBe(0);
  });

  it('fails when something is missing where servers are required', () => {
    expect(prepare(['redis'], { NINEFOLD_REQUIRE_SERVICES: '1' }).status).toBe(1);
  });

  it('takes a server that the environment names, if it listens', async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => {
      listener.listen(0, '127.0.0.1', resolve);
    });
    const address = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    // The kernel accepts the connection; our own loop is blocked while the command runs.
    const run = prepare(['kafka'], { NINEFOLD_TEST_KAFKA: address });
    listener.close();
    expect(run.stdout).toBe(`kafka  NINEFOLD_TEST_KAFKA  ${address}\n`);
  });

  it('calls a server missing when the address that the environment names is dead', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const run = prepare(['kafka'], { NINEFOLD_TEST_KAFKA: address });
    expect(run.stdout).toContain(`missing  NINEFOLD_TEST_KAFKA=${address} accepts no connection`);
  });

  it('knows no other names, and says which it knows', () => {
    const run = prepare(['kafak']);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('unknown server kafak; known are redis, kafka');
  });
});

function prepare(
  names: readonly string[],
  environment: Record<string, string> = {},
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [command, ...names], {
    encoding: 'utf8',
    env: {
      ...process.env,
      NINEFOLD_CACHE: temporaryFolder('empty-cache'),
      PATH: temporaryFolder('empty-path'),
      NINEFOLD_REQUIRE_SERVICES: '',
      NINEFOLD_TEST_REDIS: '',
      ...environment,
    },
  });
}
