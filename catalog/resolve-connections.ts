// Checks the connections from which telemetry is read.
import {
  type Config,
  type KafkaConnection,
  type LokiConnection,
  type PrometheusConnection,
  SASL_MECHANISMS,
  type SaslSettings,
} from '../slo/connection.ts';
import { type DefinitionReader, type Shape } from '../slo/definition-reader.ts';
import { joinPath, printValue } from '../slo/diagnostic.ts';
import { isRecord } from '../slo/plain-data.ts';
import { NAME_RULE } from '../slo/text-rules.ts';
import { ENDPOINT_PROPERTIES, readEndpoint, readSeconds } from './config-endpoint.ts';
import { readSecret, readTls } from './secret-reference.ts';

const MOST_CONNECTIONS = 100;

/** All connections by kind and name. */
export function readConnections(config: DefinitionReader, folder: string): Config['connections'] {
  const connections = config.object('connections', {
    known: ['prometheus', 'loki', 'kafka'],
    example: `{ prometheus: { default: { url: 'http://127.0.0.1:9090' } } }`,
  });
  return {
    prometheus: named(connections, 'prometheus', PROMETHEUS, (each) =>
      readPrometheus(each, folder),
    ),
    loki: named(connections, 'loki', LOKI, (each) => readLoki(each, folder)),
    kafka: named(connections, 'kafka', KAFKA, (each) => readKafka(each, folder)),
  };
}

/** The connections of one kind; those that could not be read are left out, which their diagnostics say. */
function named<T>(
  connections: DefinitionReader | undefined,
  kind: string,
  shape: Shape,
  read: (reader: DefinitionReader) => T | undefined,
): Readonly<Record<string, T>> {
  const written = connections?.raw(kind);
  const names = isRecord(written) ? Object.keys(written).slice(0, MOST_CONNECTIONS) : [];
  const group = connections?.object(kind, {
    known: names,
    example: `{ default: ${shape.example} }`,
  });
  const result: Record<string, T> = {};
  for (const name of group === undefined ? [] : names) {
    if (NAME_RULE.parse(name) === undefined)
      group?.refuse(name, {
        code: 'not-a-name',
        message: `${printValue(name)} cannot be the name of a connection.`,
        remedy: NAME_RULE.remedy,
      });
    const reader = group?.object(name, shape);
    const connection = reader && read(reader);
    if (connection !== undefined) result[name] = connection;
  }
  return result;
}

const POLLED = ['tenant', 'pollInterval', 'settle', 'concurrency', 'backfill'] as const;

const PROMETHEUS: Shape = {
  known: [...ENDPOINT_PROPERTIES, ...POLLED, 'remoteWrite'],
  example: `{ url: 'http://127.0.0.1:9090' }`,
};

function readPrometheus(
  reader: DefinitionReader,
  folder: string,
): PrometheusConnection | undefined {
  const { url, ...endpoint } = readEndpoint(reader, folder);
  const remoteWrite = reader.flag('remoteWrite') ?? false;
  const polled = readPolled(reader, 30);
  if (!reader.has('url') && !remoteWrite)
    return reader.refuse('url', {
      code: 'missing-field',
      message: `The property 'url' is missing.`,
      remedy: `Add url: 'http://127.0.0.1:9090', or remoteWrite: true when the server sends its samples here.`,
    });
  if (reader.has('url') && url === undefined) return undefined;
  return { ...(url === undefined ? {} : { url }), ...endpoint, ...polled, remoteWrite };
}

const LOKI: Shape = {
  known: [...ENDPOINT_PROPERTIES, ...POLLED, 'reread'],
  needed: ['url'],
  example: `{ url: 'http://127.0.0.1:3100' }`,
};

function readLoki(reader: DefinitionReader, folder: string): LokiConnection | undefined {
  const { url, ...endpoint } = readEndpoint(reader, folder);
  const polled = readPolled(reader, 60);
  const rereadSeconds = readSeconds(reader, 'reread', 0, 7 * 86_400) ?? 3900;
  return url === undefined ? undefined : { url, ...endpoint, ...polled, rereadSeconds };
}

interface Polled {
  readonly tenant?: string;
  readonly pollSeconds: number;
  readonly settleSeconds: number;
  readonly concurrency: number;
  readonly backfill: boolean;
}

function readPolled(reader: DefinitionReader, settleSeconds: number): Polled {
  const tenant = reader.parsed('tenant', {
    code: 'not-a-name',
    parse: (text) => (/^[\w!.*'()|-]{1,150}$/.test(text) ? text : undefined),
    expected: 'the name of a tenant',
    remedy: `Use letters, digits and !-_.*'(); join several by |.`,
  });
  return {
    ...(tenant === undefined ? {} : { tenant }),
    pollSeconds: readSeconds(reader, 'pollInterval', 1, 3600) ?? 15,
    settleSeconds: readSeconds(reader, 'settle', 0, 3600) ?? settleSeconds,
    concurrency: reader.whole('concurrency', 1, 100) ?? 4,
    backfill: reader.flag('backfill') ?? true,
  };
}

const KAFKA: Shape = {
  known: ['brokers', 'clientId', 'groupId', 'tls', 'sasl', 'startAt', 'lateness', 'idleAfter'],
  needed: ['brokers'],
  example: `{ brokers: ['127.0.0.1:9092'] }`,
};

function readKafka(reader: DefinitionReader, folder: string): KafkaConnection | undefined {
  const brokers = readBrokers(reader);
  const tls = readTls(reader, folder);
  const sasl = readSasl(reader, folder);
  const connection: KafkaConnection = {
    brokers,
    clientId: reader.text('clientId', 200) ?? 'ninefold',
    groupId: reader.text('groupId', 200) ?? 'ninefold',
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
    startAt: reader.oneOf('startAt', ['earliest', 'latest']) ?? 'earliest',
    latenessSeconds: readSeconds(reader, 'lateness', 0, 86_400) ?? 0,
    idleSeconds: readSeconds(reader, 'idleAfter', 1, 86_400) ?? 30,
  };
  return brokers.length === 0 ? undefined : connection;
}

const MOST_BROKERS = 200;

function readBrokers(reader: DefinitionReader): readonly string[] {
  const list = reader.list('brokers', MOST_BROKERS);
  if (list === undefined) return [];
  const refuse = (path: string, value: unknown): void =>
    reader.report({
      code: 'not-an-address',
      severity: 'error',
      path,
      value: printValue(value),
      message: `${printValue(value)} is not the address of a broker.`,
      remedy: `Write host:port, without a scheme: '127.0.0.1:9092'.`,
    });
  if (list.length === 0) refuse(reader.at('brokers'), list);
  return list.filter((each, index): each is string => {
    if (typeof each === 'string' && isHostAndPort(each)) return true;
    refuse(joinPath(reader.at('brokers'), index), each);
    return false;
  });
}

function isHostAndPort(text: string): boolean {
  const port = Number(/^(?:[A-Za-z\d._-]{1,255}|\[[\da-f:]{2,45}\]):(\d{1,5})$/i.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}

function readSasl(reader: DefinitionReader, folder: string): SaslSettings | undefined {
  const sasl = reader.object('sasl', {
    known: ['mechanism', 'user', 'password'],
    needed: ['mechanism', 'user', 'password'],
    secret: true,
    example: `{ mechanism: 'scram-sha-512', user: 'ninefold', password: fromEnvironment('KAFKA_PASSWORD') }`,
  });
  const mechanism = sasl?.oneOf('mechanism', SASL_MECHANISMS);
  const user = sasl?.text('user', 200);
  const password = sasl && readSecret(sasl, 'password', folder);
  if (mechanism === undefined || user === undefined || password === undefined) return undefined;
  return { mechanism, user, password };
}
