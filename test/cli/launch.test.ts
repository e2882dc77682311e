/** The launcher on an old and on a recent Node: real processes, the real npm, a registry on loopback. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type NodeRegistry, nodePackage, serveNodeRegistry } from './node-registry.ts';
import { findOldNode } from './old-node.ts';

const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'ninefold-launch-')));
const checkout = join(temporary, 'checkout');
const launcher = join(checkout, 'cli/launch.js');
const report = `console.log(JSON.stringify({
  entry: import.meta.filename, version: process.versions.node, pid: process.pid, args: process.argv.slice(2),
  child: (await import('node:child_process')).execFileSync('node', ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim(),
}));
process.exitCode = 7;
`;

beforeAll(() => {
  mkdirSync(join(checkout, 'cli'), { recursive: true });
  for (const file of ['cli/launch.js', 'cli/recent-node.js']) {
    cpSync(join(import.meta.dirname, '../..', file), join(checkout, file));
  }
  writeFileSync(join(checkout, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(checkout, 'cli/main.ts'), `const typed: number = 1;\n${report}`);
});

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly pid: number | undefined;
}

interface Start {
  readonly node?: string;
  readonly launcher?: string;
  readonly env?: Record<string, string>;
  /** Called with all of stdout and stderr so far, to signal the process at the right moment. */
  readonly onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the launcher to its end. */
function start(args: readonly string[], options: Start = {}): Promise<Outcome> {
  const node = options.node ?? process.execPath;
  const env = { ...process.env, NINEFOLD_CACHE: join(temporary, 'cache'), ...options.env };
  const child = spawn(node, [options.launcher ?? launcher, ...args], {
    env,
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const heard = (): void =>
    options.onOutput?.(stdout + stderr, (signal) => void child.kill(signal));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr, pid: child.pid }));
  });
}

describe('on a Node that is recent enough', () => {
  it('runs the source of the command line in the same process', async () => {
    const outcome = await start(['serve', '--port', '0']);
    const said = JSON.parse(outcome.stdout) as Record<string, unknown>;
    expect(said).toMatchObject({
      entry: join(checkout, 'cli/main.ts'),
      version: process.versions.node,
      pid: outcome.pid,
      args: ['serve', '--port', '0'],
      child: process.versions.node,
    });
    expect(outcome).toMatchObject({ code: 7, stderr: '' });
  });

  it('runs the built command line where the source is absent, and says so when neither is there', async () => {
    const published = join(temporary, 'published');
    cpSync(join(checkout, 'cli'), join(published, 'cli'), { recursive: true });
    cpSync(join(checkout, 'package.json'), join(published, 'package.json'));
    rmSync(join(published, 'cli/main.ts'));
    const copy = join(published, 'cli/launch.js');
    expect(await start([], { launcher: copy })).toMatchObject({
      code: 66,
      stderr: expect.stringContaining('install it again') as string,
    });
    mkdirSync(join(published, 'dist/cli'), { recursive: true });
    writeFileSync(join(published, 'dist/cli/main.js'), report);
    const outcome = await start([], { launcher: copy });
    expect(outcome.stdout).toContain(join(published, 'dist/cli/main.js'));
    expect(outcome.code).toBe(7);
  });

  it('makes itself the first node on PATH when another one is', async () => {
    const decoy = join(temporary, 'decoy');
    mkdirSync(decoy, { recursive: true });
    writeFileSync(join(decoy, 'node'), '#!/bin/sh\necho decoy\n', { mode: 0o755 });
    const env = { PATH: `${decoy}${delimiter}${process.env['PATH'] ?? ''}` };
    const { stdout } = await start([], { env });
    expect(JSON.parse(stdout)).toMatchObject({ child: process.versions.node });
  });

  it('runs a script by its path and a package by the name of its command', async () => {
    const script = join(checkout, 'script.ts');
    writeFileSync(script, report);
    mkdirSync(join(checkout, 'node_modules/.bin'), { recursive: true });
    symlinkSync(script, join(checkout, 'node_modules/.bin/tool'));
    for (const name of ['script.ts', script, 'tool']) {
      const outcome = await start(['--script', name, 'a', '--b']);
      expect(JSON.parse(outcome.stdout)).toMatchObject({ entry: script, args: ['a', '--b'] });
      expect(outcome.code).toBe(7);
    }
  });

  it('names a script that is not there', async () => {
    expect(await start(['--script', 'nowhere.ts'])).toMatchObject({
      code: 66,
      stderr: expect.stringContaining('nowhere.ts is neither a file nor') as string,
    });
    expect((await start(['--script'])).code).toBe(66);
  });

  it('passes a signal on and ends as its child ended', async () => {
    const script = join(checkout, 'wait.ts');
    writeFileSync(
      script,
      `if (process.argv[2] === 'graceful') process.on('SIGTERM', () => process.exit(5));
       setInterval(() => undefined, 1000);
       console.log('ready');`,
    );
    const onOutput: Start['onOutput'] = (text, kill) => {
      if (text.includes('ready')) kill('SIGTERM');
    };
    expect(await start(['--script', script, 'graceful'], { onOutput })).toMatchObject({ code: 5 });
    expect(await start(['--script', script], { onOutput })).toMatchObject({ signal: 'SIGTERM' });
  });
});

const oldNode = findOldNode();
const mustRun = process.env['NINEFOLD_REQUIRE_SERVICES'] === '1';
if (oldNode === undefined && !mustRun) {
  process.stderr.write('skipped: the launcher on an old Node; put a Node 20 on PATH to run it\n');
}

describe.skipIf(oldNode === undefined && !mustRun)(
  'on a Node that is too old',
  { timeout: 120_000 },
  () => {
    let registry: NodeRegistry;
    let cache: string;
    let starts: Start;

    beforeAll(async () => {
      if (oldNode === undefined) throw new Error('no Node older than 24.15 on PATH nor from npm');
      registry = await serveNodeRegistry(temporary, '24.99.0');
    });

    afterAll(() => registry.close());

    beforeEach(() => {
      registry.tarballs = 0;
      registry.stall = false;
      cache = mkdtempSync(join(temporary, 'cache-'));
      starts = withCache(registry.url);
    });

    function withCache(url: string): Start {
      const env = {
        NINEFOLD_CACHE: cache,
        PATH: `${dirname(oldNode!)}${delimiter}${process.env['PATH'] ?? ''}`,
        npm_config_registry: url,
        // Its own download cache, so that each test sees its own downloads.
        npm_config_cache: join(cache, 'npm'),
        // What `npm start` would hand down and must not matter.
        npm_config_global: 'true',
      };
      return { node: oldNode!, env };
    }

    const leftInCache = (): string[] =>
      readdirSync(cache).filter((name) => name.startsWith('node'));

    it('fetches a recent one once, says so, and goes on with the same arguments and exit code', async () => {
      const outcome = await start(['serve', 'a b'], starts);
      expect(JSON.parse(outcome.stdout)).toMatchObject({
        entry: join(checkout, 'cli/main.ts'),
        version: process.versions.node,
        args: ['serve', 'a b'],
        child: process.versions.node,
      });
      expect(outcome.code).toBe(7);
      expect(outcome.stderr.trim().split('\n')).toEqual([
        expect.stringMatching(
          /^ninefold: Node .* is too old; fetching node-\S+@24 from npm, once …$/,
        ),
        expect.stringMatching(/^ninefold: Node 24 is ready in .*node-24 \(\d+ s\)\.$/),
      ]);
      expect(leftInCache()).toEqual(['node-24']);

      expect(await start(['again'], starts)).toMatchObject({ code: 7, stderr: '' });
      expect(registry.tarballs).toBe(1);
    });

    it('runs scripts under the fetched Node', async () => {
      writeFileSync(join(checkout, 'script.ts'), report);
      const outcome = await start(['--script', 'script.ts', 'a'], starts);
      expect(JSON.parse(outcome.stdout)).toMatchObject({
        version: process.versions.node,
        args: ['a'],
      });
    });

    it('replaces a damaged folder instead of using it', async () => {
      mkdirSync(join(cache, 'node-24/node_modules', nodePackage), { recursive: true });
      writeFileSync(join(cache, 'node-24/node_modules', nodePackage, 'package.json'), '{ "vers');
      expect((await start([], starts)).code).toBe(7);
      expect(leftInCache()).toEqual(['node-24']);
    });

    it('lets two starts at the same time both succeed and leaves one Node', async () => {
      const outcomes = await Promise.all([start(['1'], starts), start(['2'], starts)]);
      expect(outcomes.map(({ code }) => code)).toEqual([7, 7]);
      expect(leftInCache()).toEqual(['node-24']);
    });

    it('leaves no half-finished Node when it is stopped while fetching', async () => {
      registry.stall = true;
      const stopped = await start([], {
        ...starts,
        onOutput: (text, kill) => {
          if (text.includes('fetching')) setTimeout(() => kill('SIGTERM'), 500);
        },
      });
      expect(stopped.code).toBe(143);
      expect(existsSync(join(cache, 'node-24'))).toBe(false);
      registry.stall = false;
      expect((await start([], starts)).code).toBe(7);
    });

    it('says what to do and exits with 69 when the registry cannot be reached', async () => {
      const outcome = await start([], withCache('http://127.0.0.1:9'));
      expect(outcome.code).toBe(69);
      expect(outcome.stderr).toMatch(
        /npm could not fetch node-.*ECONNREFUSED.*install Node 24 yourself/s,
      );
      expect(outcome.stdout).toBe('');
      expect(leftInCache()).toEqual([]);
    });

    it('says what to do and exits with 69 when there is no npm', async () => {
      const nowhere = { ...starts, env: { ...starts.env, PATH: join(temporary, 'nothing') } };
      expect(await start([], nowhere)).toMatchObject({
        code: 69,
        stderr: expect.stringContaining('npm is not on PATH. Ninefold needs Node 24.15') as string,
      });
    });

    it('refuses a Node from npm that is too old itself', async () => {
      const stale = await serveNodeRegistry(temporary, '24.1.0');
      try {
        const outcome = await start([], withCache(stale.url));
        expect(outcome.code).toBe(69);
        expect(outcome.stderr).toContain('does not run here or is too old');
        expect(leftInCache()).toEqual([]);
      } finally {
        await stale.close();
      }
    });
  },
);
