// Checks a configuration as written and fills in what was left out.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import {
  type Config,
  type HttpSettings,
  type IngestSettings,
  type TracingSettings,
  type WebhookConnection,
} from '../slo/connection.ts';
import { toNumber } from '../slo/decimal.ts';
import { type DefinitionReader, readDefinition } from '../slo/definition-reader.ts';
import { joinPath, type Report } from '../slo/diagnostic.ts';
import { type Resolved, resolved } from '../slo/resolved.ts';
import { NAME_RULE, PERCENTAGE_RULE } from '../slo/text-rules.ts';
import { ENDPOINT_PROPERTIES, readEndpoint, readSeconds, readUrl } from './config-endpoint.ts';
import { readKubernetes } from './kubernetes-settings.ts';
import { readConnections } from './resolve-connections.ts';
import { readDashboards } from './resolve-dashboard-settings.ts';
import { readStore } from './resolve-store.ts';
import { readProbes } from './probe-settings.ts';
import { readRunbooks } from './runbook-settings.ts';
import { readHeaders } from './secret-reference.ts';

/** The configuration that a definition stands for; relative paths start at `folder`. Nothing is thrown. */
export function resolveConfig(definition: unknown, folder: string, path = ''): Resolved<Config> {
  return resolved((report) => readConfig(definition, folder, path, report));
}

const SHAPE = {
  known: [
    'kind',
    'connections',
    'ingest',
    'alertmanagers',
    'webhooks',
    'store',
    'http',
    'dashboards',
    'tracing',
    'runbooks',
    'probes',
    'kubernetes',
  ],
  example: `export default defineConfig({ connections: { prometheus: { default: { url: 'http://127.0.0.1:9090' } } } })`,
};

function readConfig(
  definition: unknown,
  folder: string,
  path: string,
  report: Report,
): Config | undefined {
  const reader = readDefinition(definition, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const tracing = readTracing(reader, folder);
  const dashboards = readDashboards(reader);
  const runbooks = readRunbooks(reader);
  const probes = readProbes(reader);
  const kubernetes = readKubernetes(reader);
  return {
    connections: readConnections(reader, folder),
    ingest: readIngest(reader),
    alertmanagers: readAlertmanagers(reader, folder),
    webhooks: readWebhooks(reader, folder),
    store: readStore(reader, folder),
    http: readHttp(reader, folder),
    ...(dashboards === undefined ? {} : { dashboards }),
    ...(tracing === undefined ? {} : { tracing }),
    ...(runbooks === undefined ? {} : { runbooks }),
    ...(probes === undefined ? {} : { probes }),
    ...(kubernetes === undefined ? {} : { kubernetes }),
  };
}

function readIngest(config: DefinitionReader): IngestSettings {
  const ingest = config.object('ingest', {
    known: ['maxBodyBytes', 'maxEvents', 'lateness'],
    example: `{ maxBodyBytes: 8388608 }`,
  });
  return {
    maxBodyBytes: ingest?.whole('maxBodyBytes', 1024, 67_108_864) ?? 8_388_608,
    maxEvents: ingest?.whole('maxEvents', 1, 1_000_000) ?? 50_000,
    latenessSeconds: (ingest && readSeconds(ingest, 'lateness', 0, 86_400)) ?? 0,
  };
}

const MOST_RECEIVERS = 20;

function readAlertmanagers(config: DefinitionReader, folder: string): Config['alertmanagers'] {
  const shape = {
    known: ENDPOINT_PROPERTIES,
    needed: ['url'],
    example: `{ url: 'http://127.0.0.1:9093' }`,
  };
  return elementsOf(config, 'alertmanagers', shape).flatMap((reader) => {
    const { url, ...endpoint } = readEndpoint(reader, folder);
    return url === undefined ? [] : [{ url, ...endpoint }];
  });
}

function readWebhooks(config: DefinitionReader, folder: string): Config['webhooks'] {
  const shape = {
    known: ['name', ...ENDPOINT_PROPERTIES],
    needed: ['name', 'url'],
    example: `{ name: 'chat', url: 'https://chat.example/hook' }`,
  };
  const webhooks: WebhookConnection[] = [];
  for (const reader of elementsOf(config, 'webhooks', shape)) {
    const name = reader.parsed('name', NAME_RULE);
    const { url, ...endpoint } = readEndpoint(reader, folder);
    if (webhooks.some((each) => each.name === name))
      reader.refuse('name', {
        code: 'duplicate-name',
        message: `Two webhooks are named '${name}'.`,
        remedy: 'Give each webhook a name of its own.',
      });
    if (name !== undefined && url !== undefined) webhooks.push({ name, url, ...endpoint });
  }
  return webhooks;
}

function elementsOf(
  config: DefinitionReader,
  name: string,
  shape: Parameters<typeof readDefinition>[3],
): readonly DefinitionReader[] {
  const list = config.list(name, MOST_RECEIVERS) ?? [];
  return list
    .map((each, index) =>
      readDefinition(each, joinPath(config.at(name), index), config.report, shape),
    )
    .filter((reader) => reader !== undefined);
}

const DEFAULT_PORT = 9999;

function readHttp(config: DefinitionReader, folder: string): HttpSettings {
  const http = config.object('http', {
    known: ['host', 'port', 'tokensFile', 'publicUrl'],
    example: `{ host: '127.0.0.1', port: ${DEFAULT_PORT} }`,
  });
  const host = http?.text('host', 255) ?? '127.0.0.1';
  const tokensFile = http?.text('tokensFile', 4096);
  const publicUrl = http && readUrl(http, 'publicUrl');
  if (!isLoopback(host) && tokensFile === undefined)
    http?.refuse('host', {
      code: 'insecure-listen',
      message: `The service would listen on '${host}', beyond this machine, and answer everyone.`,
      remedy: `Make tokens with 'ninefold token' and name their file in http.tokensFile, or listen on '127.0.0.1'.`,
    });
  return {
    host,
    port: http?.whole('port', 0, 65_535) ?? DEFAULT_PORT,
    ...(tokensFile === undefined ? {} : { tokensFile: resolve(folder, tokensFile) }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  };
}

/** Whether an address to listen on is this machine's own. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function readTracing(config: DefinitionReader, folder: string): TracingSettings | undefined {
  const tracing = config.object('tracing', {
    known: ['endpoint', 'headers', 'sampling'],
    needed: ['endpoint'],
    example: `{ endpoint: 'http://127.0.0.1:4318/v1/traces' }`,
  });
  const endpoint = tracing && readUrl(tracing, 'endpoint');
  if (tracing === undefined) return undefined;
  const sampling = readSampling(tracing);
  const headers = readHeaders(tracing, folder);
  return endpoint === undefined ? undefined : { endpoint, headers, sampling };
}

function readSampling(tracing: DefinitionReader): number {
  if (tracing.raw('sampling') === '100%') return 1;
  const ratio = tracing.parsed('sampling', {
    ...PERCENTAGE_RULE,
    expected: 'a percentage from 0% to 100%',
    remedy: `Write a percentage such as '1%'.`,
  });
  return ratio === undefined ? 0.01 : toNumber(ratio);
}
