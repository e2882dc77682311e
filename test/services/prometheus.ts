/** A real Prometheus of a test, new (3.15) or old (2.42), with the scrape jobs, rules and remote writes that the test names. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryInMaking } from './cache.ts';
import { unpackDebianPackages, unpackedProgram } from './debian-package.ts';
import {
  findProgram,
  locateProgram,
  locateUrl,
  requireProgram,
  versionedProgramOnPath,
} from './distribution.ts';
import type { Distribution, LocatedProgram, LocatedUrl, Unavailable } from './distribution.ts';
import { freePort } from './free-port.ts';
import { buildGoPrograms, go, goEntryProgram } from './go-build.ts';
import { reloadedBy } from './reload.ts';
import { answersOk, environmentServer, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

/** The newest line and the oldest one that is still found in stable distributions. */
export type PrometheusVersion = '3.15' | '2.42';

const MODULE = 'github.com/prometheus/prometheus';
const MODULE_VERSION = 'v0.315.0';
const STAMP = { variable: 'github.com/prometheus/common/version.Version', version: '3.15.0' };

const fitsNew = (major: number, minor: number): boolean => major === 3 && minor >= 15;
const fitsOld = (major: number, minor: number): boolean => major === 2 && minor === 42;

const REMEDY = 'or set NINEFOLD_TEST_PROMETHEUS=http://host:port';

/** Prometheus and promtool by version line. */
export const prometheusDistributions: Readonly<Record<PrometheusVersion, Distribution>> = {
  '3.15': {
    name: 'prometheus',
    entry: 'prometheus-3.15.0',
    variable: 'NINEFOLD_TEST_PROMETHEUS',
    server: 'prometheus',
    tools: ['promtool'],
    minutes: 5,
    remedy: `install Go 1.26 or put prometheus and promtool 3.15 on PATH, ${REMEDY}`,
    onPath: (program) => versionedProgramOnPath(program, fitsNew),
    inEntry: goEntryProgram,
    make: buildPrometheus,
  },
  '2.42': {
    name: 'prometheus-2.42',
    entry: 'prometheus-2.42',
    server: 'prometheus',
    tools: ['promtool'],
    remedy: 'put prometheus and promtool 2.42 on PATH (Debian 12 has them as a package)',
    onPath: (program) => versionedProgramOnPath(program, fitsOld),
    inEntry: unpackedProgram,
    make: (making) =>
      unpackDebianPackages(
        { packages: ['prometheus'], program: 'prometheus', fits: fitsOld },
        making,
      ),
  },
};

export interface PrometheusOptions {
  /** Default 3.15. */
  readonly version?: PrometheusVersion;
  /** Entries of `scrape_configs`. */
  readonly scrapeConfigs?: readonly object[];
  /** Adds a scrape job `prometheus` of the server itself; default false. */
  readonly scrapeSelf?: boolean;
  /** File name → text of a rule file. */
  readonly ruleFiles?: Readonly<Record<string, string>>;
  /** Base URLs that alerts are sent to. */
  readonly alertmanagers?: readonly string[];
  /** Entries of `remote_write`. */
  readonly remoteWrite?: readonly object[];
  /** Accept samples at `/api/v1/write`; default false. */
  readonly remoteWriteReceiver?: boolean;
  /** Entries of `global` that win over intervals and timeouts of one second. */
  readonly global?: Readonly<Record<string, unknown>>;
  /** The whole configuration, as text or as an object, instead of the one made here. */
  readonly config?: string | object;
  /** Further command-line flags, for example `['--enable-feature=native-histograms']`. */
  readonly flags?: readonly string[];
}

export interface RunningPrometheus extends RunningServer {
  readonly version: PrometheusVersion;
  /** Path of the promtool of the same version. */
  readonly promtool: string;
  /** Replaces the configuration; rejects with the server's complaint and goes on with the old one when it is wrong. */
  reload(config: string | object): Promise<void>;
}

/** Prometheus from the environment (3.15 only), PATH or the cache, else fetched or built into the cache. */
export async function findPrometheus(
  version: PrometheusVersion = '3.15',
): Promise<LocatedUrl | LocatedProgram | Unavailable> {
  const distribution = prometheusDistributions[version];
  return locateUrl(distribution) ?? findProgram(distribution);
}

/** promtool on PATH or in the cache; builds nothing. */
export function findPromtool(version: PrometheusVersion = '3.15'): LocatedProgram | Unavailable {
  return locateProgram(prometheusDistributions[version], 'promtool');
}

/** Starts Prometheus. Without options the server that NINEFOLD_TEST_PROMETHEUS names is used instead, if it is set. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<RunningPrometheus> {
  const version = options.version ?? '3.15';
  const distribution = prometheusDistributions[version];
  const folder = temporaryFolder(distribution.name);
  const given = locateUrl(distribution);
  if (given !== undefined && Object.keys(options).length === 0) {
    const promtool = findPromtool(version);
    return Object.assign(environmentServer(given, folder), {
      version,
      promtool: promtool.from === 'nowhere' ? 'promtool' : promtool.file,
      reload: () => Promise.reject(new Error(`${given.variable} names a server of another owner`)),
    });
  }
  const program = await requireProgram(distribution);
  const { file: promtool } = await requireProgram(distribution, 'promtool');
  const port = await freePort();
  const rules = join(folder, 'rules');
  mkdirSync(rules);
  for (const [name, text] of Object.entries(options.ruleFiles ?? {})) {
    writeFileSync(join(rules, name), text);
  }
  const file = join(folder, 'prometheus.yml');
  const write = (config: string | object): void => {
    writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config, undefined, 2));
  };
  write(options.config ?? defaultConfig(options, rules, port));
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: distribution.name,
    program,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // Five seconds, the default, would pass before the first scrape.
      '--scrape.discovery-reload-interval=100ms',
      '--web.enable-lifecycle',
      '--web.enable-admin-api',
      ...(options.remoteWriteReceiver === true ? ['--web.enable-remote-write-receiver'] : []),
      ...(options.flags ?? []),
    ],
    folder,
    url,
    ready: () => answersOk(`${url}/-/ready`),
    graceMs: 15_000,
  });
  return Object.assign(server, {
    version,
    promtool,
    reload: reloadedBy(`${url}/-/reload`, file, write),
  });
}

function defaultConfig(options: PrometheusOptions, rules: string, port: number): object {
  const self = {
    job_name: 'prometheus',
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  };
  return {
    global: {
      scrape_interval: '1s',
      scrape_timeout: '1s',
      evaluation_interval: '1s',
      ...options.global,
    },
    rule_files: [join(rules, '*')],
    scrape_configs: [
      ...(options.scrapeSelf === true ? [self] : []),
      ...(options.scrapeConfigs ?? []),
    ],
    alerting: { alertmanagers: (options.alertmanagers ?? []).map(alertmanagerEntry) },
    remote_write: options.remoteWrite ?? [],
  };
}

function alertmanagerEntry(address: string): object {
  const url = new URL(address);
  return {
    scheme: url.protocol.replace(':', ''),
    path_prefix: url.pathname,
    static_configs: [{ targets: [url.host] }],
  };
}

/** The module has no replace directives, but `go install` of two commands would resolve them twice. */
async function buildPrometheus(making: EntryInMaking): Promise<void> {
  const source = join(making.folder, 'source');
  mkdirSync(source);
  const commands = ['prometheus', 'promtool'].map((name) => `${MODULE}/cmd/${name}`);
  making.progress.step(`resolving ${MODULE} ${MODULE_VERSION}`);
  await go(['mod', 'init', 'ninefold.test/prometheus'], source, making);
  await go(
    ['get', '-tool', ...commands.map((name) => `${name}@${MODULE_VERSION}`)],
    source,
    making,
  );
  await buildGoPrograms(commands, source, STAMP, making);
}
