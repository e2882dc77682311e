// A configuration as written becomes connections with every default, or tells what is wrong, and no secret is printed.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { defineConfig, fromEnvironment, fromFile } from '../../catalog/define-config.ts';
import { resolveConfig } from '../../catalog/resolve-config.ts';

const folder = '/srv/workspace';

function resolve(input: unknown): ReturnType<typeof resolveConfig> {
  return resolveConfig(defineConfig(input as Parameters<typeof defineConfig>[0]), folder);
}

function told(input: unknown): string[] {
  return resolve(input).diagnostics.map((each) => `${each.code} ${each.path}`);
}

const prometheus = (connection: object): object => ({
  connections: { prometheus: { default: connection } },
});
const kafka = (connection: object): object => ({ connections: { kafka: { default: connection } } });

it('fills in every default', () => {
  const { value, diagnostics } = resolve({
    connections: {
      prometheus: { default: { url: 'http://127.0.0.1:9090/' } },
      loki: { default: { url: 'http://127.0.0.1:3100' } },
      kafka: { default: { brokers: ['127.0.0.1:9092'] } },
    },
    alertmanagers: [{ url: 'http://127.0.0.1:9093' }],
  });
  expect(diagnostics).toEqual([]);
  expect(value).toEqual({
    connections: {
      prometheus: {
        default: {
          url: 'http://127.0.0.1:9090',
          headers: {},
          timeoutSeconds: 30,
          pollSeconds: 15,
          settleSeconds: 30,
          concurrency: 4,
          backfill: true,
          remoteWrite: false,
        },
      },
      loki: {
        default: {
          url: 'http://127.0.0.1:3100',
          headers: {},
          timeoutSeconds: 30,
          pollSeconds: 15,
          settleSeconds: 60,
          rereadSeconds: 3900,
          concurrency: 4,
          backfill: true,
        },
      },
      kafka: {
        default: {
          brokers: ['127.0.0.1:9092'],
          clientId: 'ninefold',
          groupId: 'ninefold',
          startAt: 'earliest',
          latenessSeconds: 0,
          idleSeconds: 30,
        },
      },
    },
    ingest: { maxBodyBytes: 8_388_608, maxEvents: 50_000, latenessSeconds: 0 },
    alertmanagers: [{ url: 'http://127.0.0.1:9093', headers: {}, timeoutSeconds: 30 }],
    webhooks: [],
    store: { kind: 'sqlite', path: '/srv/workspace/.ninefold/ninefold.db' },
    http: { host: '127.0.0.1', port: 9999 },
  });
});

it('takes over what is written, with paths from the workspace', () => {
  const { value, diagnostics } = resolve({
    connections: {
      prometheus: {
        'eu-west': {
          url: 'https://mimir.example/prometheus',
          auth: { basic: { user: 'ninefold', password: fromFile('secrets/password') } },
          tls: { ca: 'ca.pem', certificate: '/etc/client.pem', key: fromFile('client.key') },
          headers: { 'X-Team': 'shop', Authorization: fromEnvironment('HEADER') },
          tenant: 'a|b',
          timeout: '5s',
          pollInterval: '15s',
          settle: '0s',
          concurrency: 8,
          backfill: false,
        },
        pushed: { remoteWrite: true },
      },
      kafka: {
        default: {
          brokers: ['kafka-1.example:9093', '[::1]:9092'],
          tls: true,
          sasl: {
            mechanism: 'scram-sha-512',
            user: 'u',
            password: fromEnvironment('KAFKA_PASSWORD'),
          },
          startAt: 'latest',
          lateness: '1m',
          idleAfter: '2m',
        },
      },
    },
    webhooks: [
      { name: 'chat', url: 'https://chat.example/hook', auth: { bearer: fromEnvironment('CHAT') } },
    ],
    store: {
      kind: 'redis',
      url: 'rediss://redis.example:6379',
      cluster: true,
      password: fromEnvironment('R'),
    },
    http: { host: '0.0.0.0', port: 8080, tokensFile: 'tokens', publicUrl: 'https://slo.example/' },
    tracing: { endpoint: 'http://127.0.0.1:4318/v1/traces', sampling: '100%' },
    ingest: { maxBodyBytes: 1024, maxEvents: 1, lateness: '0s' },
  });
  expect(diagnostics).toEqual([]);
  expect(value?.connections.prometheus).toEqual({
    'eu-west': {
      url: 'https://mimir.example/prometheus',
      auth: {
        basic: {
          user: 'ninefold',
          password: { kind: 'secret', file: '/srv/workspace/secrets/password' },
        },
      },
      tls: {
        ca: '/srv/workspace/ca.pem',
        certificate: '/etc/client.pem',
        key: { kind: 'secret', file: '/srv/workspace/client.key' },
        verify: true,
      },
      headers: { 'X-Team': 'shop', Authorization: { kind: 'secret', environment: 'HEADER' } },
      tenant: 'a|b',
      timeoutSeconds: 5,
      pollSeconds: 15,
      settleSeconds: 0,
      concurrency: 8,
      backfill: false,
      remoteWrite: false,
    },
    pushed: {
      headers: {},
      timeoutSeconds: 30,
      pollSeconds: 15,
      settleSeconds: 30,
      concurrency: 4,
      backfill: true,
      remoteWrite: true,
    },
  });
  expect(value?.connections.kafka['default']).toMatchObject({
    brokers: ['kafka-1.example:9093', '[::1]:9092'],
    tls: { verify: true },
    sasl: {
      mechanism: 'scram-sha-512',
      user: 'u',
      password: { kind: 'secret', environment: 'KAFKA_PASSWORD' },
    },
    startAt: 'latest',
    latenessSeconds: 60,
    idleSeconds: 120,
  });
  expect(value?.store).toEqual({
    kind: 'redis',
    urls: ['rediss://redis.example:6379'],
    cluster: true,
    password: { kind: 'secret', environment: 'R' },
    prefix: 'ninefold',
  });
  expect(value?.http).toEqual({
    host: '0.0.0.0',
    port: 8080,
    tokensFile: '/srv/workspace/tokens',
    publicUrl: 'https://slo.example',
  });
  expect(value?.tracing).toEqual({
    endpoint: 'http://127.0.0.1:4318/v1/traces',
    headers: {},
    sampling: 1,
  });
});

describe('secrets', () => {
  const url = 'http://127.0.0.1:9090';
  const hidden = 'hunter2-hunter2';
  it.each([
    [
      'a bearer token',
      prometheus({ url, auth: { bearer: hidden } }),
      'connections.prometheus.default.auth.bearer',
    ],
    [
      'a password',
      prometheus({ url, auth: { basic: { user: 'u', password: hidden } } }),
      'connections.prometheus.default.auth.basic.password',
    ],
    [
      'an address with a password',
      prometheus({ url: `http://u:${hidden}@host:9090` }),
      'connections.prometheus.default.url',
    ],
    [
      'a header that authorises',
      prometheus({ url, headers: { authorization: `Bearer ${hidden}` } }),
      'connections.prometheus.default.headers.authorization',
    ],
    [
      'a key',
      prometheus({ url, tls: { certificate: 'c.pem', key: hidden } }),
      'connections.prometheus.default.tls.key',
    ],
    [
      'a SASL password',
      kafka({ brokers: ['a:1'], sasl: { mechanism: 'plain', user: 'u', password: hidden } }),
      'connections.kafka.default.sasl.password',
    ],
    [
      'a Redis address with a password',
      { store: { kind: 'redis', url: `redis://:${hidden}@host:6379` } },
      'store.url',
    ],
    [
      'a Redis password',
      { store: { kind: 'redis', url: 'redis://host:6379', password: hidden } },
      'store.password',
    ],
    [
      'a secret for the name of a variable',
      prometheus({ url, auth: { bearer: fromEnvironment(hidden) } }),
      'connections.prometheus.default.auth.bearer.environment',
    ],
  ])('that are %s are refused and not printed', (_, input, path) => {
    const { value, diagnostics } = resolve(input);
    expect(value).toBeUndefined();
    expect(diagnostics.map((each) => `${each.code} ${each.path}`)).toEqual([
      `secret-in-text ${path}`,
    ]);
    expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
  });

  it('are not printed by mistakes around them', () => {
    const inputs = [
      prometheus({ url, auth: { bearer: fromEnvironment('A'), password: hidden } }),
      prometheus({ url, auth: { basic: { user: 'u', pasword: hidden } } }),
      prometheus({ url, auth: hidden }),
      { store: { kind: 'redis', password: hidden, url: [{ password: hidden }] } },
    ];
    for (const input of inputs) {
      const { diagnostics } = resolve(input);
      expect(diagnostics.length).toBeGreaterThan(0);
      expect(JSON.stringify(diagnostics)).not.toContain('hunter2');
    }
  });
});

describe('mistakes', () => {
  it.each([
    ['nothing at all', undefined, []],
    ['a misspelt property', { conections: {} }, ['unknown-field conections']],
    ['no url', prometheus({}), ['missing-field connections.prometheus.default.url']],
    [
      'an address without scheme',
      prometheus({ url: '127.0.0.1:9090' }),
      ['not-a-url connections.prometheus.default.url'],
    ],
    [
      'a connection in capitals',
      { connections: { loki: { EU: { url: 'http://a' } } } },
      ['not-a-name connections.loki.EU'],
    ],
    [
      'both kinds of authentication',
      prometheus({ url: 'http://a', auth: { bearer: fromEnvironment('A'), basic: {} } }),
      ['missing-field connections.prometheus.default.auth'],
    ],
    [
      'a certificate without key',
      prometheus({ url: 'http://a', tls: { certificate: 'c' } }),
      ['missing-field connections.prometheus.default.tls.key'],
    ],
    [
      'a time without unit',
      prometheus({ url: 'http://a', timeout: '30' }),
      ['not-a-duration connections.prometheus.default.timeout'],
    ],
    [
      'too many requests at once',
      prometheus({ url: 'http://a', concurrency: 1000 }),
      ['out-of-range connections.prometheus.default.concurrency'],
    ],
    ['no broker', kafka({ brokers: [] }), ['not-an-address connections.kafka.default.brokers']],
    [
      'a broker with a scheme',
      kafka({ brokers: ['kafka://a:9092'] }),
      ['not-an-address connections.kafka.default.brokers[0]'],
    ],
    [
      'a broker without port',
      kafka({ brokers: ['a:1', 'b'] }),
      ['not-an-address connections.kafka.default.brokers[1]'],
    ],
    [
      'an unknown mechanism',
      kafka({ brokers: ['a:1'], sasl: { mechanism: 'SCRAM', user: 'u', password: fromFile('p') } }),
      ['unknown-value connections.kafka.default.sasl.mechanism'],
    ],
    ['an unknown store', { store: { kind: 'postgres' } }, ['unknown-value store.kind']],
    ['SQLite without path', { store: { kind: 'sqlite' } }, ['missing-field store.path']],
    [
      'Redis over http',
      { store: { kind: 'redis', url: 'http://a' } },
      ['not-an-address store.url'],
    ],
    [
      'listening everywhere without tokens',
      { http: { host: '0.0.0.0' } },
      ['insecure-listen http.host'],
    ],
    ['a port that is none', { http: { port: 70_000 } }, ['out-of-range http.port']],
    [
      'two webhooks of one name',
      {
        webhooks: [
          { name: 'a', url: 'http://a' },
          { name: 'a', url: 'http://b' },
        ],
      },
      ['duplicate-name webhooks[1].name'],
    ],
    [
      'sampling as a number',
      { tracing: { endpoint: 'http://a', sampling: 0.01 } },
      ['wrong-type tracing.sampling'],
    ],
    [
      'a header with a line break',
      prometheus({ url: 'http://a', headers: { 'X-A': 'a\r\nb' } }),
      ['wrong-type connections.prometheus.default.headers["X-A"]'],
    ],
  ])('tell of %s', (_, input, expected) => {
    expect(told(input)).toEqual(expected);
  });

  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])(
    'do not tell of listening on %s',
    (host) => {
      expect(told({ http: { host } })).toEqual([]);
    },
  );
});

it('takes anything without throwing', () => {
  const part = fc.oneof(fc.anything(), fc.string(), fc.dictionary(fc.string(), fc.anything()));
  const config = fc.record(
    {
      connections: fc.record({
        prometheus: fc.dictionary(fc.string(), part),
        kafka: fc.dictionary(fc.string(), part),
      }),
      ingest: part,
      alertmanagers: fc.array(part),
      store: fc.oneof(
        part,
        fc.record({ kind: fc.constantFrom('redis', 'sqlite'), url: part, path: part }),
      ),
      http: part,
      tracing: part,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(config, (input) => {
      const { value, diagnostics } = resolve(input);
      expect(value === undefined).toBe(diagnostics.some((each) => each.severity === 'error'));
    }),
    { numRuns: 200, endOnFailure: true },
  );
});
