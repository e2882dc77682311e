import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../../collector/log.ts';
import { type Service, startService } from '../../../collector/service.ts';
import type { Config } from '../../../slo/connection.ts';
import { shopSlo } from './list-view.ts';

const CONFIG: Config = {
  connections: {
    prometheus: {
      default: {
        remoteWrite: true,
        pollSeconds: 30,
        settleSeconds: 30,
        concurrency: 4,
        backfill: true,
        headers: {},
        timeoutSeconds: 30,
      },
    },
    loki: {},
    kafka: {},
  },
  ingest: { maxBodyBytes: 8_388_608, maxEvents: 50_000, latenessSeconds: 10 },
  alertmanagers: [],
  webhooks: [],
  store: { kind: 'memory' },
  http: { host: '127.0.0.1', port: 0 },
};

const availability = shopSlo('checkout', 'availability');
const requests = shopSlo('checkout', 'requests', {
  sli: {
    kind: 'prometheusRatio',
    connection: 'default',
    form: {
      form: 'counters',
      total: { selector: 'http_requests_total' },
      counted: 'bad',
      part: { selector: 'http_requests_total{code="500"}' },
    },
  },
});

let service: Service;
const failures: unknown[] = [];
beforeAll(async () => {
  service = await startService({
    slos: [availability, requests],
    config: CONFIG,
    log: { ...silentLog, error: (fields, message) => void failures.push([message, fields]) },
  });
});
afterAll(() => service.close());

/** Comes back as often as it is told to: how busy the machine is with other tests is not what is tried here. */
async function post(
  path: string,
  body: Uint8Array | string,
  headers: Record<string, string>,
): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(service.url + path, { method: 'POST', headers, body });
    if (answer.status !== 503 || !answer.headers.has('retry-after') || tries === 100) return answer;
    await answer.arrayBuffer();
    await sleep(250);
  }
}
const ingest = (body: Uint8Array | string, headers: Record<string, string> = {}) =>
  post('/api/v1/ingest/requests', body, { 'content-type': 'application/x-ndjson', ...headers });
const write = (body: Uint8Array | string, headers: Record<string, string> = {}) =>
  post('/api/v1/write', body, {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    ...headers,
  });

const bytes = fc.uint8Array({ maxLength: 2000 }).map((each) => Buffer.from(each));

describe('hostile bodies', () => {
  it('of any bytes are refused with a reason, whatever they call themselves', async () => {
    const request = fc.record({
      path: fc.constantFrom(
        '/api/v1/write',
        '/api/v1/ingest/requests',
        '/api/v1/ingest/unknown',
        '/api/v1/ingest/__proto__',
        '/api/v1/ingest/constructor',
        '/api/v1/ingest/%2e%2e%2f',
        '/api/v1/reload',
      ),
      type: fc.constantFrom(
        'application/json',
        'application/x-ndjson',
        'application/x-protobuf',
        'application/x-protobuf;proto=io.prometheus.write.v2.Request',
        'application/json; charset=utf-16',
        'text/plain',
        'multipart/form-data; boundary=x',
        ';',
      ),
      encoding: fc.constantFrom('', 'gzip', 'snappy', 'br', 'gzip, gzip', 'identity'),
      body: fc.oneof(
        bytes,
        bytes.map((each) => gzipSync(each)),
        fc.json().map((each) => Buffer.from(each)),
        fc.array(fc.json()).map((each) => Buffer.from(each.join('\n'))),
      ),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ path, type, encoding, body }) => {
        const headers = { 'content-type': type, ...(encoding && { 'content-encoding': encoding }) };
        const answer = await post(path, body, headers);
        expect(answer.status, `${path} ${type} ${encoding}`).toBeLessThan(500);
        const problem = answer.status >= 400 ? ((await answer.json()) as { detail: string }) : null;
        expect(problem?.detail ?? 'none').not.toBe('');
      }),
      { numRuns: 400 },
    );
    expect(failures).toEqual([]);
  });

  it('that unpack to far more than they are end at the limit, with memory bounded', async () => {
    const before = process.memoryUsage().rss;
    const bomb = gzipSync(Buffer.alloc(128 * 1024 * 1024));
    for (let round = 0; round < 3; round += 1) {
      const answer = await ingest(bomb, { 'content-encoding': 'gzip' });
      expect(answer.status).toBe(413);
    }
    // A snappy block that claims four gigabytes.
    expect((await write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]))).status).toBeLessThan(
      500,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  it.each([
    ['deep JSON', '['.repeat(200_000)],
    ['deep closed JSON', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['a long line', `{"status":"${'x'.repeat(4_000_000)}"}`],
    ['many lines', '{}\n'.repeat(60_000)],
    ['a polluting key', '{"__proto__":{"status":500},"constructor":{"prototype":{"x":1}}}'],
    ['numbers beyond floats', '{"status":1e999,"time":-1e999}'],
    ['broken UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['nothing', ''],
    ['NUL bytes', '\0\0\0'],
    ['a byte order mark', '\ufeff{"status":200}'],
  ])('%s: refused line by line or as a whole, and nobody else notices', async (_name, body) => {
    const answer = await ingest(body);
    expect(answer.status).toBeLessThan(500);
    expect(({} as { status?: number }).status).toBeUndefined();
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    expect((await ingest('{"status":200}')).status).toBe(200);
  });

  it('leave the counts of good ones exact', async () => {
    const answer = await ingest('{"status":500}\nnonsense\n{"status":200}\n');
    expect(answer.status).toBe(207);
    expect(await answer.json()).toMatchObject({ accepted: 2, rejected: 1 });
    expect(failures).toEqual([]);
  });
});
