/** Builds programs out of Go modules whose own `go install` does not work. */
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

/** Compiles packages one after another into the entry's `bin/`; `source` is the main module's folder. */
export async function buildGoPrograms(
  packages: readonly string[],
  source: string,
  making: EntryInMaking,
  flags: readonly string[] = [],
): Promise<void> {
  for (const name of packages) {
    making.progress.step(`compiling ${name} (downloads its modules first)`);
    await go(
      ['build', '-v', ...flags, '-o', `${join(making.folder, 'bin')}/`, name],
      source,
      making,
    );
  }
}

/** Compiles packages of a module that `go install` accepts as it is, into the entry's `bin/`. */
export async function installGoPrograms(
  packages: readonly string[],
  { path, version }: GoModule,
  making: EntryInMaking,
): Promise<void> {
  making.progress.step(`compiling ${path} ${version} (downloads its modules first)`);
  const named = packages.map((name) => `${path}/${name}@${version}`);
  const bin = join(making.folder, 'bin');
  await go(['install', '-v', ...named], making.folder, making, { GOBIN: bin });
}

/** A program of an entry that was filled by one of the functions above. */
export function goEntryProgram(program: string, folder: string): Program {
  return { file: join(folder, 'bin', program), environment: {} };
}
