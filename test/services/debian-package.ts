/** Debian packages with the libraries they need, unpacked into the cache without root and without installing anything. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BuildFailed, runBuildCommand } from './build-command.ts';
import type { EntryInMaking } from './cache.ts';
import { executableOnPath, reportedVersion } from './distribution.ts';
import type { Program } from './distribution.ts';

export interface DebianPackages {
  readonly packages: readonly string[];
  /** Programs whose reported version must fit: another release of Debian has other versions. */
  readonly program: string;
  readonly fits: (major: number, minor: number) => boolean;
  /** What makes the program report its version; default `--version`. */
  readonly versionFlag?: string;
  /** Where the program is in the entry; default `unpackedProgram`. */
  readonly inEntry?: (program: string, folder: string) => Program;
}

/** Downloads the packages, their `lib…` dependencies and those of these, and unpacks them into the entry. */
export async function unpackDebianPackages(
  wanted: DebianPackages,
  making: EntryInMaking,
): Promise<void> {
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if (executableOnPath(tool) === undefined) throw new BuildFailed(`no ${tool} on this machine`);
  }
  const archives = join(making.folder, 'archives');
  mkdirSync(archives);
  const fetched = new Set<string>();
  for (let missing = wanted.packages; missing.length > 0;) {
    making.progress.step(`downloading ${missing.join(', ')}`);
    await download(missing, archives, making);
    for (const name of missing) fetched.add(name);
    const libraries = await libraryDependencies(archives, making);
    missing = libraries.filter((name) => !fetched.has(name));
  }
  making.progress.step('unpacking');
  for (const archive of readdirSync(archives)) {
    await command('dpkg-deb', ['-x', join(archives, archive), making.folder], archives, making);
  }
  rmSync(archives, { recursive: true });
  const { inEntry = unpackedProgram } = wanted;
  const { file, environment } = inEntry(wanted.program, making.folder);
  const version = reportedVersion(file, environment, wanted.versionFlag);
  if (version === undefined || !wanted.fits(...version)) {
    throw new BuildFailed(
      `this distribution's ${wanted.program} is version ${version?.join('.') ?? 'unknown'}, which is not the one wanted`,
    );
  }
}

/** A program of an unpacked entry, with the libraries that were unpacked beside it. */
export function unpackedProgram(program: string, folder: string): Program {
  const paths = [join(folder, 'usr', 'lib'), join(folder, 'lib')].flatMap(libraryFolders);
  const [file = ''] = ['bin', 'sbin']
    .map((place) => join(folder, 'usr', place, program))
    .sort((a, b) => Number(existsSync(b)) - Number(existsSync(a)));
  return {
    file,
    environment: paths.length === 0 ? {} : { LD_LIBRARY_PATH: paths.join(':') },
  };
}

/** A package of a static program brings none. */
function libraryFolders(lib: string): readonly string[] {
  if (!existsSync(lib)) return [];
  const names = readdirSync(lib).filter((name) => name.endsWith('-linux-gnu'));
  return names.map((name) => join(lib, name));
}

function download(
  packages: readonly string[],
  folder: string,
  making: EntryInMaking,
): Promise<string> {
  return command('apt-get', ['download', ...packages], folder, making);
}

/** Names in `Depends` that are shared libraries; libc is the machine's own and must stay so. */
async function libraryDependencies(folder: string, making: EntryInMaking): Promise<string[]> {
  const names = new Set<string>();
  for (const archive of readdirSync(folder)) {
    const depends = await command('dpkg-deb', ['-f', archive, 'Depends'], folder, making);
    for (const alternative of depends.split(',')) {
      const name = alternative.trim().split(/[\s|(:]/, 1)[0] ?? '';
      if (/^lib(?!c6$|js-)/.test(name)) names.add(name);
    }
  }
  return [...names].sort();
}

function command(
  program: string,
  args: readonly string[],
  folder: string,
  { log, progress }: EntryInMaking,
): Promise<string> {
  return runBuildCommand({ command: program, args, folder, log }, progress);
}
