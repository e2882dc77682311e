/** Builds programs out of Go modules whose own `go install` does not work. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBuildCommand } from './build-command.ts';
import type { EntryInMaking } from './cache.ts';
import type { Program } from './distribution.ts';

/** Settings of the user's own Go work that would change or break these builds. */
const GO_ENVIRONMENT = { GOFLAGS: '-buildvcs=false', GOWORK: 'off', GO111MODULE: 'on' };

export interface GoModule {
  readonly path: string;
  readonly version: string;
}

/** Runs one go command in `folder` and returns its standard output. */
export function go(
  args: readonly string[],
  folder: string,
  { log, progress }: EntryInMaking,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  return runBuildCommand(
    { command: 'go', args, folder, environment: { ...GO_ENVIRONMENT, ...environment }, log },
    progress,
  );
}

/** Downloads the module into Go's own module cache and returns its (read-only) folder there. */
export async function downloadGoModule(
  { path, version }: GoModule,
  making: EntryInMaking,
): Promise<string> {
  making.progress.step(`downloading ${path} ${version}`);
  const answer = await go(
    ['mod', 'download', '-json', `${path}@${version}`],
    making.folder,
    making,
  );
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

/**
 * Makes a module of our own that takes over the requirements of a published one, and returns its folder: programs of a
 * module that replaces others by folders of its repository can be built there, and `go install` refuses them.
 * `publish` gives go.mod without such replacements, each of which is published as a module, too.
 */
export async function takeOverGoModule(
  module: GoModule,
  publish: (goMod: string) => string,
  making: EntryInMaking,
): Promise<string> {
  const published = await downloadGoModule(module, making);
  const source = join(making.folder, 'source');
  mkdirSync(source);
  const taken = publish(readFileSync(join(published, 'go.mod'), 'utf8'));
  const own = taken.replace(/^module .*$/m, 'module ninefold.test/own');
  writeFileSync(join(source, 'go.mod'), `${own}\nrequire ${module.path} ${module.version}\n`);
  writeFileSync(join(source, 'go.sum'), readFileSync(join(published, 'go.sum')));
  return source;
}

/** What a program answers to `--version`: without it, one that is built from a module says nothing. */
export interface VersionStamp {
  /** The Go variable, for example `github.com/prometheus/common/version.Version`. */
  readonly variable: string;
  readonly version: string;
}

/** Compiles packages one after another into the entry's `bin/` and removes `source`, the main module's folder. */
export async function buildGoPrograms(
  packages: readonly string[],
  source: string,
  stamp: VersionStamp,
  making: EntryInMaking,
): Promise<void> {
  const bin = `${join(making.folder, 'bin')}/`;
  for (const name of packages) {
    making.progress.step(`compiling ${name} (downloads its modules first)`);
    await go(['build', '-mod=mod', '-v', linkFlag(stamp), '-o', bin, name], source, making);
  }
  rmSync(source, { recursive: true });
}

/** Compiles packages of a module that `go install` accepts as it is, into the entry's `bin/`. */
export async function installGoPrograms(
  packages: readonly string[],
  { path, version }: GoModule,
  stamp: VersionStamp,
  making: EntryInMaking,
): Promise<void> {
  making.progress.step(`compiling ${path} ${version} (downloads its modules first)`);
  const named = packages.map((name) => `${path}/${name}@${version}`);
  const environment = { GOBIN: join(making.folder, 'bin') };
  await go(['install', '-v', linkFlag(stamp), ...named], making.folder, making, environment);
}

function linkFlag({ variable, version }: VersionStamp): string {
  return `-ldflags=-X ${variable}=${version}`;
}

/** A program of an entry that was filled by one of the functions above. */
export function goEntryProgram(program: string, folder: string): Program {
  return { file: join(folder, 'bin', program), environment: {} };
}
