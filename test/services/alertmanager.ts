/** A real Alertmanager of a test, new (0.34) or old (0.25), alone and with the routes and receivers that the test names. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runBuildCommand } from './build-command.ts';
import type { EntryInMaking } from './cache.ts';
import {
  findProgram,
  locateProgram,
  locateUrl,
  requireProgram,
  versionedProgramOnPath,
} from './distribution.ts';
import type { Distribution, LocatedProgram, LocatedUrl, Unavailable } from './distribution.ts';
import { freePort } from './free-port.ts';
import {
  buildGoPrograms,
  downloadGoModule,
  goEntryProgram,
  installGoPrograms,
} from './go-build.ts';
import type { VersionStamp } from './go-build.ts';
import { reloadedBy } from './reload.ts';
import { answersOk, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

/** The newest line and the oldest one that is still found in stable distributions. */
export type AlertmanagerVersion = '0.34' | '0.25';

const MODULE = { path: 'github.com/prometheus/alertmanager', version: 'v0.34.2' };
const OLD_MODULE = { ...MODULE, version: 'v0.25.0' };

const stamp = (version: string): VersionStamp => ({
  variable: 'github.com/prometheus/common/version.Version',
  version,
});

const fitsNew = (major: number, minor: number): boolean => major === 0 && minor >= 34;
const fitsOld = (major: number, minor: number): boolean => major === 0 && minor === 25;

/** Debian calls the server after its package. */
const debianName = (program: string): string =>
  program === 'alertmanager' ? 'prometheus-alertmanager' : program;

/** Alertmanager and amtool by version line. */
export const alertmanagerDistributions: Readonly<Record<AlertmanagerVersion, Distribution>> = {
  '0.34': {
    name: 'alertmanager',
    entry: 'alertmanager-0.34.2',
    variable: 'NINEFOLD_TEST_ALERTMANAGER',
    server: 'alertmanager',
    tools: ['amtool'],
    minutes: 1,
    remedy: 'install Go 1.26 or put alertmanager and amtool 0.34 on PATH',
    onPath: (program) => versionedProgramOnPath(program, fitsNew),
    inEntry: goEntryProgram,
    make: buildAlertmanager,
  },
  '0.25': {
    name: 'alertmanager-0.25',
    entry: 'alertmanager-0.25.0',
    server: 'alertmanager',
    tools: ['amtool'],
    minutes: 1,
    remedy:
      'install Go or put alertmanager and amtool 0.25 on PATH (Debian 12 has them as a package)',
    onPath: (program) =>
      versionedProgramOnPath(program, fitsOld) ??
      versionedProgramOnPath(debianName(program), fitsOld),
    inEntry: goEntryProgram,
    // Not Debian's package unpacked: its server reads templates from a fixed path under /usr/share.
    make: (making) =>
      installGoPrograms(['cmd/alertmanager', 'cmd/amtool'], OLD_MODULE, stamp('0.25.0'), making),
  },
};

export interface AlertmanagerOptions {
  /** The whole configuration, as text or as an object. */
  readonly config: string | object;
  /** Default 0.34. */
  readonly version?: AlertmanagerVersion;
  /** Further command-line flags. */
  readonly flags?: readonly string[];
}

export interface RunningAlertmanager extends RunningServer {
  readonly version: AlertmanagerVersion;
  /** Path of the amtool of the same version. */
  readonly amtool: string;
  /** Replaces the configuration; rejects with the server's complaint and goes on with the old one when it is wrong. */
  reload(config: string | object): Promise<void>;
}

/** Alertmanager from the environment (0.34 only), PATH or the cache, else fetched or built into the cache. */
export async function findAlertmanager(
  version: AlertmanagerVersion = '0.34',
): Promise<LocatedUrl | LocatedProgram | Unavailable> {
  const distribution = alertmanagerDistributions[version];
  return locateUrl(distribution) ?? findProgram(distribution);
}

/** amtool on PATH or in the cache; builds nothing. */
export function findAmtool(version: AlertmanagerVersion = '0.34'): LocatedProgram | Unavailable {
  return locateProgram(alertmanagerDistributions[version], 'amtool');
}

/** Starts Alertmanager with this configuration; always a server of its own, since its configuration is the test's. */
export async function startAlertmanager(
  options: AlertmanagerOptions,
): Promise<RunningAlertmanager> {
  const version = options.version ?? '0.34';
  const distribution = alertmanagerDistributions[version];
  const program = await requireProgram(distribution);
  const { file: amtool } = await requireProgram(distribution, 'amtool');
  const folder = temporaryFolder(distribution.name);
  const port = await freePort();
  const file = join(folder, 'alertmanager.yml');
  const write = (config: string | object): void => {
    writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config, undefined, 2));
  };
  write(options.config);
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: distribution.name,
    program,
    args: [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // Empty means alone: no gossip port.
      '--cluster.listen-address=',
      ...(options.flags ?? []),
    ],
    folder,
    url,
    ready: () => answersOk(`${url}/-/ready`),
  });
  return Object.assign(server, {
    version,
    amtool,
    reload: reloadedBy(`${url}/-/reload`, file, write),
  });
}

/** The published module lacks the files of the web page that the server embeds, so a copy is given an empty page. */
async function buildAlertmanager(making: EntryInMaking): Promise<void> {
  const published = await downloadGoModule(MODULE, making);
  const source = join(making.folder, 'source');
  making.progress.step('copying its source');
  cpSync(published, source, { recursive: true });
  // Go's module cache is read-only, and so is the copy.
  await runBuildCommand(
    { command: 'chmod', args: ['-R', 'u+w', source], folder: making.folder, log: making.log },
    making.progress,
  );
  const page = join(source, 'ui', 'app', 'dist');
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html>\n');
  await buildGoPrograms(['./cmd/amtool', './cmd/alertmanager'], source, stamp('0.34.2'), making);
}
