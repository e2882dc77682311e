/** The folder of servers that tests keep between runs: an entry is either whole or not there, and is made once. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withExclusiveLock } from './exclusive-lock.ts';
import type { Progress } from './progress.ts';

/** `NINEFOLD_CACHE`, else the user's XDG cache folder with `ninefold` in it. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment['NINEFOLD_CACHE'];
  if (own !== undefined && own !== '') return own;
  const xdg = environment['XDG_CACHE_HOME'];
  return join(xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache'), 'ninefold');
}

/** The folder of a whole entry, for example `kafka-4.1.1`, or undefined when it is not there. */
export function cacheEntry(entry: string, cache = cacheFolder()): string | undefined {
  const folder = join(cache, entry);
  return existsSync(folder) ? folder : undefined;
}

/** What a maker of an entry is given: an empty folder to fill, and a log file that outlives a failure. */
export interface EntryInMaking {
  readonly folder: string;
  readonly log: string;
  readonly progress: Progress;
}

/**
 * Returns the folder of the entry, making it first when it is not there.
 * Made in a sibling folder and renamed when complete; two processes never make the same entry at once.
 */
export async function makeCacheEntry(
  entry: string,
  progress: Progress,
  make: (making: EntryInMaking) => Promise<void>,
  cache = cacheFolder(),
): Promise<string> {
  const whole = join(cache, entry);
  const waiting = (): void => progress.step('waiting for another process that makes it');
  return withExclusiveLock(join(cache, '.locks', entry), waiting, async () => {
    if (existsSync(whole)) return whole;
    removeUnfinished(cache, entry);
    const folder = join(cache, `${unfinishedPrefix(entry)}${process.pid}`);
    const log = join(cache, '.logs', `${entry}.log`);
    mkdirSync(join(cache, '.logs'), { recursive: true });
    rmSync(log, { force: true });
    mkdirSync(folder);
    try {
      await make({ folder, log, progress });
      renameSync(folder, whole);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return whole;
  });
}

function unfinishedPrefix(entry: string): string {
  return `.${entry}.unfinished-`;
}

/** Under the entry's lock every unfinished folder belongs to a maker that died. */
function removeUnfinished(cache: string, entry: string): void {
  for (const name of readdirSync(cache)) {
    if (name.startsWith(unfinishedPrefix(entry))) {
      rmSync(join(cache, name), { recursive: true, force: true });
    }
  }
}
