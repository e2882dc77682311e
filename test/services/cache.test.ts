import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { runBuildCommand } from './build-command.ts';
import { cacheEntry, cacheFolder, makeCacheEntry } from './cache.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { removeTemporaryFolders, temporaryFolder } from './started-servers.ts';

const lines: string[] = [];
const silent: Progress = createProgress('test', (line) => lines.push(line));
let cache: string;

beforeEach(() => {
  cache = temporaryFolder('cache');
  lines.length = 0;
});
afterAll(() => {
  silent.end();
  removeTemporaryFolders();
});

describe('the cache folder', () => {
  it('is the one the environment names, else in the XDG cache, else in the home folder', () => {
    expect(cacheFolder({ NINEFOLD_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).toBe(join('/b', 'ninefold'));
    expect(cacheFolder({})).toBe(join(homedir(), '.cache', 'ninefold'));
  });
});

describe('a cache entry', () => {
  it('is made once, however many ask for it', async () => {
    let made = 0;
    const ask = (): Promise<string> =>
      makeCacheEntry(
        'server-1',
        silent,
        async ({ folder }) => {
          made += 1;
          await sleep(20);
          writeFileSync(join(folder, 'program'), 'x');
        },
        cache,
      );
    const folders = await Promise.all([ask(), ask(), ask()]);
    expect(new Set(folders)).toEqual(new Set([join(cache, 'server-1')]));
    expect(made).toBe(1);
    expect(readFileSync(join(cache, 'server-1', 'program'), 'utf8')).toBe('x');
  });

  it('is not there while it is being made, nor after its making failed', async () => {
    const failing = makeCacheEntry(
      'server-1',
      silent,
      ({ folder }) => {
        writeFileSync(join(folder, 'half'), 'x');
        expect(cacheEntry('server-1', cache)).toBeUndefined();
        return Promise.reject(new Error('no network'));
      },
      cache,
    );
    await expect(failing).rejects.toThrow('no network');
    expect(cacheEntry('server-1', cache)).toBeUndefined();
    expect(unfinished()).toEqual([]);
  });

  it('can be made again after its maker was killed, whose remains are removed', async () => {
    const maker = spawn(process.execPath, ['--input-type=module', '-e', makerThatHangs()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => maker.stdout.once('data', resolve));
    expect(unfinished()).toHaveLength(1);
    const again = makeCacheEntry('server-1', silent, () => Promise.resolve(), cache);
    await expect.poll(() => lines.join('\n')).toContain('waiting for another process');
    expect(existsSync(join(cache, 'server-1'))).toBe(false);
    maker.kill('SIGKILL');
    await again;
    expect(existsSync(join(cache, 'server-1'))).toBe(true);
    expect(unfinished()).toEqual([]);
  });

  function unfinished(): string[] {
    return readdirSync(cache).filter((name) => name.includes('unfinished'));
  }

  function makerThatHangs(): string {
    const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    return `
      import { makeCacheEntry } from ${module('./cache.ts')};
      import { createProgress } from ${module('./progress.ts')};
      await makeCacheEntry('server-1', createProgress('maker'), async () => {
        console.log('making');
        await new Promise((resolve) => setTimeout(resolve, 600000));
      }, ${JSON.stringify(cache)});
    `;
  }
});

describe('a command of the making', () => {
  it('fails with what it said last and with the path of the whole log', async () => {
    const log = join(cache, 'build.log');
    mkdirSync(cache, { recursive: true });
    const build = runBuildCommand(
      { command: 'sh', args: ['-c', 'echo no such module >&2; exit 3'], folder: cache, log },
      silent,
    );
    await expect(build).rejects.toThrow(/ended with 3\n {4}no such module\n.*build\.log/);
    expect(readFileSync(log, 'utf8')).toContain('no such module');
  });

  it('fails in words when the command is not there', async () => {
    const build = runBuildCommand(
      { command: 'no-such-command', args: [], folder: cache, log: join(cache, 'build.log') },
      silent,
    );
    await expect(build).rejects.toThrow('ENOENT');
  });
});
