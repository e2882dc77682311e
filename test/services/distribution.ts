/** Where a server comes from: the environment's URL, a program on PATH, the cache, or a recipe that fills the cache. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheEntry, cacheFolder, makeCacheEntry } from './cache.ts';
import type { EntryInMaking } from './cache.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';

/** One server in one version line, and everything needed to get it. */
export interface Distribution {
  /** The name that tests and the prepare command use, for example `prometheus-2.42`. */
  readonly name: string;
  /** Folder in the cache: name and version. */
  readonly entry: string;
  /** Environment variable with the address of a running one. */
  readonly variable?: string;
  /** The server's program; `tools` come with it. */
  readonly server: string;
  readonly tools: readonly string[];
  /** Roughly how long making it takes, when that is minutes. */
  readonly minutes?: number;
  /** What a person does to have it, in one line. */
  readonly remedy: string;
  /** The program as the machine has it already, when its version fits. */
  onPath(program: string): Program | undefined;
  /** The program inside a whole cache entry. */
  inEntry(program: string, folder: string): Program;
  /** Fills the empty folder; throws BuildFailed. */
  make(making: EntryInMaking): Promise<void>;
}

export interface Program {
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

export type Origin = 'PATH' | 'cache' | 'built';

/** A server that runs already, named by an environment variable. */
export interface LocatedUrl {
  readonly from: 'environment';
  readonly url: string;
  readonly variable: string;
}

export interface LocatedProgram extends Program {
  readonly from: Origin;
}

export interface Unavailable {
  readonly from: 'nowhere';
  /** One line: what is missing and what to do. */
  readonly reason: string;
}

/** A server or tool that tests asked for and that cannot be had. */
class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable';
}

/** The address that the environment gives for this server, if it does. */
export function locateUrl(distribution: Distribution): LocatedUrl | undefined {
  const { variable } = distribution;
  const url = variable === undefined ? undefined : process.env[variable];
  if (variable === undefined || url === undefined || url === '') return undefined;
  return { from: 'environment', url, variable };
}

/** The program on PATH or in the cache; fetches and builds nothing. */
export function locateProgram(
  distribution: Distribution,
  program = distribution.server,
): LocatedProgram | Unavailable {
  const installed = distribution.onPath(program);
  if (installed !== undefined) return { ...installed, from: 'PATH' };
  const folder = cacheEntry(distribution.entry);
  if (folder !== undefined) {
    const cached = distribution.inEntry(program, folder);
    if (existsSync(cached.file)) return { ...cached, from: 'cache' };
    return {
      from: 'nowhere',
      reason: `${distribution.name}: ${cached.file} is missing; remove ${folder} and prepare again`,
    };
  }
  return {
    from: 'nowhere',
    reason: `${distribution.name} is not here: run "node test/services/prepare.ts ${distribution.name}", or ${distribution.remedy}`,
  };
}

/** The program, fetched or built into the cache when it is nowhere yet; progress goes to stderr. */
export async function findProgram(
  distribution: Distribution,
  program = distribution.server,
  progress?: Progress,
): Promise<LocatedProgram | Unavailable> {
  const located = locateProgram(distribution, program);
  if (located.from !== 'nowhere' || cacheEntry(distribution.entry) !== undefined) return located;
  const shown = progress ?? createProgress(distribution.name);
  try {
    const folder = await makeCacheEntry(distribution.entry, shown, (making) =>
      distribution.make(making),
    );
    shown.end('ready');
    return { ...distribution.inEntry(program, folder), from: 'built' };
  } catch (error) {
    shown.end('failed');
    return {
      from: 'nowhere',
      reason: `${distribution.name} could not be made in ${cacheFolder()} (${error instanceof Error ? error.message : String(error)}); ${distribution.remedy}`,
    };
  }
}

/** As `findProgram`, but throws ServiceUnavailable when it cannot be had. */
export async function requireProgram(
  distribution: Distribution,
  program = distribution.server,
): Promise<LocatedProgram> {
  const found = await findProgram(distribution, program);
  if (found.from === 'nowhere') throw new ServiceUnavailable(found.reason);
  return found;
}

/** The executable file of that name in PATH. */
export function executableOnPath(name: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not there or not executable: the next folder may have it.
    }
  }
  return undefined;
}

/** The program on PATH when the version that it reports fits. */
export function versionedProgramOnPath(
  name: string,
  fits: (major: number, minor: number) => boolean,
  versionFlag?: string,
): Program | undefined {
  const file = executableOnPath(name);
  if (file === undefined) return undefined;
  const version = reportedVersion(file, {}, versionFlag);
  return version !== undefined && fits(...version) ? { file, environment: {} } : undefined;
}

/** Major and minor version that the program reports when it is asked with the flag. */
export function reportedVersion(
  file: string,
  environment: Readonly<Record<string, string>> = {},
  versionFlag = '--version',
): [major: number, minor: number] | undefined {
  const asked = spawnSync(file, [versionFlag], {
    encoding: 'utf8',
    timeout: 10_000,
    env: { ...process.env, ...environment },
  });
  const match = /(?:[Vv]ersion:? (?:v|nginx\/)?|v=|Kubernetes v|BIND |Chromium )(\d+)\.(\d+)/.exec(
    `${asked.stdout}${asked.stderr}`,
  );
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}
