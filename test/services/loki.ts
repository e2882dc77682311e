/** A real Loki of a test: one process, files on disk, no tenants, ready at once, and willing to take old samples. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryInMaking } from './cache.ts';
import { findProgram, locateUrl, requireProgram, versionedProgramOnPath } from './distribution.ts';
import type { Distribution, LocatedProgram, LocatedUrl, Unavailable } from './distribution.ts';
import { freePorts } from './free-port.ts';
import { buildGoPrograms, goEntryProgram, takeOverGoModule } from './go-build.ts';
import type { GoModule } from './go-build.ts';
import { answersOk, environmentServer, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

const MODULE: GoModule = { path: 'github.com/grafana/loki/v3', version: 'v3.7.8' };

const STAMP = { variable: `${MODULE.path}/pkg/util/build.Version`, version: '3.7.8' };

/** Loki 3.7.8 built from its Go module; first time about five minutes on two cores. */
export const lokiDistribution: Distribution = {
  name: 'loki',
  entry: 'loki-3.7.8',
  variable: 'NINEFOLD_TEST_LOKI',
  server: 'loki',
  minutes: 5,
  tools: [],
  remedy: 'install Go 1.26 or put loki 3 on PATH, or set NINEFOLD_TEST_LOKI=http://host:port',
  onPath: (program) => versionedProgramOnPath(program, (major) => major === 3),
  inEntry: goEntryProgram,
  make: buildLoki,
};

export interface LokiOptions {
  /** Entries of `limits_config` that win over the ones set here. */
  readonly limits?: Readonly<Record<string, unknown>>;
  /** Where the ruler sends alerts; needed for `rules`. */
  readonly alertmanagerUrl?: string;
  /** File name → text of a rule file for the ruler, which evaluates every second unless the group says else. */
  readonly rules?: Readonly<Record<string, string>>;
  /** The whole configuration, as text or as an object, instead of the one made here. */
  readonly config?: (places: LokiPlaces) => string | object;
}

/** What an own configuration must use, so that the server is found and removed. */
export interface LokiPlaces {
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly data: string;
  readonly rules: string;
}

/** Loki from the environment, PATH or the cache, else built into the cache. */
export async function findLoki(): Promise<LocatedUrl | LocatedProgram | Unavailable> {
  return locateUrl(lokiDistribution) ?? findProgram(lokiDistribution);
}

/** Starts Loki. Without options the server that NINEFOLD_TEST_LOKI names is used instead, if it is set. */
export async function startLoki(options: LokiOptions = {}): Promise<RunningServer> {
  const given = locateUrl(lokiDistribution);
  const folder = temporaryFolder('loki');
  if (given !== undefined && Object.keys(options).length === 0) {
    return environmentServer(given, folder);
  }
  const program = await requireProgram(lokiDistribution);
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const places = { httpPort, grpcPort, data: join(folder, 'data'), rules: join(folder, 'rules') };
  // The ruler's local storage has one folder per tenant; without tenants that is called "fake".
  mkdirSync(join(places.rules, 'fake'), { recursive: true });
  for (const [name, text] of Object.entries(options.rules ?? {})) {
    writeFileSync(join(places.rules, 'fake', name), text);
  }
  const config = options.config?.(places) ?? defaultConfig(places, options);
  const file = join(folder, 'loki.yaml');
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config, undefined, 2));
  const url = `http://127.0.0.1:${httpPort}`;
  return startServer({
    name: 'loki',
    program,
    args: [`-config.file=${file}`],
    folder,
    url,
    ready: () => answersOk(`${url}/ready`),
    readyWithinMs: 90_000,
    graceMs: 20_000,
  });
}

function defaultConfig(places: LokiPlaces, options: LokiOptions): object {
  return {
    auth_enabled: false,
    server: {
      http_listen_address: '127.0.0.1',
      http_listen_port: places.httpPort,
      grpc_listen_address: '127.0.0.1',
      grpc_listen_port: places.grpcPort,
      log_level: 'warn',
    },
    common: {
      instance_addr: '127.0.0.1',
      path_prefix: places.data,
      storage: {
        filesystem: {
          chunks_directory: join(places.data, 'chunks'),
          rules_directory: places.rules,
        },
      },
      replication_factor: 1,
      ring: { kvstore: { store: 'inmemory' } },
    },
    // Loki waits 15 s before it calls itself ready, for rings of several; here there is one.
    ingester: { lifecycler: { min_ready_duration: '0s', final_sleep: '0s' } },
    // Its parts look for each other every ten seconds, which would be the time that a start takes.
    frontend: { scheduler_dns_lookup_period: '200ms' },
    frontend_worker: { dns_lookup_duration: '200ms' },
    schema_config: {
      configs: [
        {
          from: '2020-01-01',
          store: 'tsdb',
          object_store: 'filesystem',
          schema: 'v13',
          index: { prefix: 'index_', period: '24h' },
        },
      ],
    },
    limits_config: {
      reject_old_samples: false,
      ingestion_rate_mb: 512,
      ingestion_burst_size_mb: 512,
      per_stream_rate_limit: '512MB',
      per_stream_rate_limit_burst: '512MB',
      max_query_length: '0s',
      ...options.limits,
    },
    ruler: {
      rule_path: join(places.data, 'rules-evaluated'),
      storage: { type: 'local', local: { directory: places.rules } },
      ring: { kvstore: { store: 'inmemory' } },
      enable_api: true,
      evaluation_interval: '1s',
      poll_interval: '1s',
      ...(options.alertmanagerUrl === undefined
        ? {}
        : { alertmanager_url: options.alertmanagerUrl, enable_alertmanager_v2: true }),
    },
    analytics: { reporting_enabled: false },
  };
}

/** Its one replacement by a folder is dropped: that module is published, too. */
async function buildLoki(making: EntryInMaking): Promise<void> {
  const published = (goMod: string): string => goMod.replace(/^.*=> *\.\/pkg\/push.*$/m, '');
  const source = await takeOverGoModule(MODULE, published, making);
  await buildGoPrograms([`${MODULE.path}/cmd/loki`], source, STAMP, making);
}
