import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from './services.ts';
import { removeTemporaryFolders } from './started-servers.ts';

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url));
const vitest = join(
  dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
  'vitest.mjs',
);

describe('a suite with servers', () => {
  it('ends what it started, and removes its folders', async () => {
    const run = runSuite('passing');
    expect(await run.ended).toBe(0);
    const { pid, folder } = sleeper(run.output());
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it('ends what it started when it fails, keeps the logs and says where they are', async () => {
    const run = runSuite('failing');
    expect(await run.ended).toBe(1);
    const { pid, folder } = sleeper(run.output());
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(join(folder, 'sleeper.log'))).toBe(true);
    expect(run.output()).toContain(`logs are kept in ${folder}`);
    rmSync(folder, { recursive: true });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'leaves no server behind when the test runner gets %s',
    async (signal) => {
      const run = runSuite('hanging');
      const { pid, folder } = await run.sleeper;
      expect(isRunning(pid)).toBe(true);
      run.process.kill(signal);
      await expect.poll(() => isRunning(pid), { timeout: 30_000 }).toBe(false);
      rmSync(folder, { recursive: true, force: true });
    },
  );

  it('is skipped with one line that says what is missing and what to do', async () => {
    const run = runSuite('lacking', withoutServers());
    expect(await run.ended).toBe(0);
    expect(run.output()).toMatch(
      /skipped.*redis is not here: run "node test\/services\/prepare.ts redis"/,
    );
    expect(run.output()).toMatch(/1 skipped/);
  });

  it('fails instead of being skipped where servers are required', async () => {
    const run = runSuite('lacking', { ...withoutServers(), NINEFOLD_REQUIRE_SERVICES: '1' });
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain('redis is not here');
    expect(run.output()).toContain('1 failed');
  });
});

describe('a program that starts a server', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('takes it along when it gets %s', async (signal) => {
    const run = start([join(fixtures, 'start-and-hang.ts')]);
    const { pid, folder } = await run.sleeper;
    run.process.kill(signal);
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    rmSync(folder, { recursive: true, force: true });
  });
});

interface Run {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly sleeper: Promise<Sleeper>;
  output(): string;
}

interface Sleeper {
  readonly pid: number;
  readonly folder: string;
}

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const process of running) process.kill('SIGKILL');
  removeTemporaryFolders();
});

function runSuite(name: string, environment: Record<string, string> = {}): Run {
  const config = join(fixtures, 'vitest.config.ts');
  return start([vitest, 'run', '--config', config, `${name}.suite.ts`], environment);
}

/** An environment in which nothing is found: an empty cache and an empty PATH. */
function withoutServers(): Record<string, string> {
  return {
    NINEFOLD_CACHE: temporaryFolder('empty-cache'),
    PATH: temporaryFolder('empty-path'),
    NINEFOLD_TEST_REDIS: '',
  };
}

function start(args: readonly string[], environment: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NINEFOLD_REQUIRE_SERVICES: '', NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  const found = Promise.withResolvers<Sleeper>();
  const hear = (chunk: Buffer): void => {
    output += chunk.toString();
    if (/sleeper \d+ \S+\n/.test(output)) found.resolve(sleeper(output));
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      running.delete(child);
      found.reject(new Error(`ended without a server:\n${output}`));
      resolve(code);
    });
  });
  // Only some tests wait for the server; the others must not fail for its absence.
  found.promise.catch(() => undefined);
  return { process: child, ended, sleeper: found.promise, output: () => output };
}

function sleeper(output: string): Sleeper {
  const match = /sleeper (\d+) (\S+)\n/.exec(output);
  if (match === null) throw new Error(`no server in this output:\n${output}`);
  return { pid: Number(match[1]), folder: match[2] ?? '' };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
