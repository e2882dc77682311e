/** The traces of runs, held against their records: the same ids, the same times, the same verdict. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../../synthetics/index.ts';
import { rawServer, reply } from '../../synthetics/raw-server.ts';
import { ninefold } from '../ninefold.ts';

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Event {
  readonly name: string;
  readonly timeUnixNano: string;
  readonly attributes: readonly Attribute[];
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: readonly Attribute[];
  readonly events: readonly Event[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-spans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A receiver of traces, and what it was sent. */
async function receiver(status = 200) {
  const requests: { readonly path: string; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push({ path: request.url ?? '', body });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const exports = () => requests.map(({ body }) => JSON.parse(body) as Export);
  return { url: `http://127.0.0.1:${port}`, requests, exports };
}

function spansOf(exports: readonly Export[]): readonly Span[] {
  return exports.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}

/** Runs checks of a shop that redirects, breaks, and is not there. */
async function probe(env: Readonly<Record<string, string>>) {
  const shop = await rawServer((socket, request) => {
    if (request.startsWith('GET /old')) reply('301 Moved', '', { Location: '/new' })(socket);
    else if (request.startsWith('GET /broken')) reply('500 Oh', 'geheim-1')(socket);
    else reply('200 OK', 'here')(socket);
  });
  const file = path.join(folder, 'shop.checks.ts');
  writeFileSync(
    file,
    `import { defineCheck, defineService, fromEnvironment, http } from 'ninefold';
const shop = defineService({ name: 'shop', team: 'web', labels: { area: 'sales' } });
const token = { auth: { bearer: fromEnvironment('TOKEN') } };
export const old = defineCheck({ service: shop, name: 'old', probe: http({ url: '${shop.url}/old', ...token }) });
export const slow = defineCheck({ service: shop, name: 'slow', probe: http({ url: '${shop.url}/', prefer: (answer) => answer.body.equals('there') }) });
export const broken = defineCheck({ service: shop, name: 'broken', retries: { most: 1, wait: '10ms', on: 'failure' }, probe: http({ url: '${shop.url}/broken', ...token }) });
export const gone = defineCheck({ service: shop, name: 'gone', probe: http({ url: 'http://127.0.0.1:1/' }) });
`,
  );
  const ended = await ninefold(['probe', file, '--json'], { env: { TOKEN: 'geheim-1', ...env } });
  const runs = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Run);
  return { ...ended, runs };
}

const nano = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;

function plain(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? null]),
  );
}

describe('traces of runs', () => {
  it('say what the records say: ids, times, phases and verdicts', async () => {
    const traces = await receiver();
    const { runs, stderr } = await probe({
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
      OTEL_SERVICE_NAME: 'probes-eu',
    });
    expect(stderr).toBe('');
    expect(runs.map(({ verdict }) => verdict).toSorted()).toEqual([
      'degraded',
      'failed',
      'failed',
      'passed',
    ]);
    const spans = spansOf(traces.exports());
    expect(spans).toHaveLength(runs.reduce((count, { steps }) => count + 1 + steps.length, 0));
    for (const run of runs) {
      const own = spans.filter(({ traceId }) => traceId === run.traceId);
      const [root] = own.filter(({ parentSpanId }) => parentSpanId === undefined);
      if (root === undefined) throw new Error(`${run.check} has no span of its own`);
      const good = run.verdict === 'passed' || run.verdict === 'degraded';
      expect(root).toMatchObject({ spanId: run.spanId, name: `check ${run.check}`, kind: 1 });
      expect(root.status.code).toBe(good ? 1 : 2);
      expect(root.status.message).toBe(good ? undefined : run.reason?.message);
      expect(BigInt(root.startTimeUnixNano)).toBe(nano(run.startedAtMs));
      expect(BigInt(root.endTimeUnixNano)).toBe(nano(run.startedAtMs + run.totalMs));
      expect(plain(root.attributes)).toMatchObject({
        'ninefold.verdict': run.verdict,
        'ninefold.check': run.check,
        'ninefold.label.area': 'sales',
        ...(run.reason === undefined ? {} : { 'ninefold.reason': run.reason.code }),
      });
      expect(root.events.filter(({ name }) => name === 'attempt')).toHaveLength(
        run.attempts.length - 1,
      );
      const began = run.attempts.at(-1)?.startedAtMs ?? 0;
      for (const step of run.steps) {
        const span = own.find(({ spanId }) => spanId === step.spanId);
        if (span === undefined) throw new Error(`${step.name} has no span`);
        expect(span).toMatchObject({ parentSpanId: run.spanId, name: step.name, kind: 3 });
        expect(span.status.code).toBe(step.failed ? 2 : 1);
        const start = BigInt(span.startTimeUnixNano);
        expect(start).toBe(nano(began + step.offsetMs));
        expect(BigInt(span.endTimeUnixNano)).toBe(nano(began + step.offsetMs + step.durationMs));
        const phases = span.events.map(({ name, attributes }) => [
          name.replace(' ended', ''),
          plain(attributes)['ninefold.duration_ms'],
        ]);
        expect(Object.fromEntries(phases)).toEqual(step.phases);
        for (const { timeUnixNano } of span.events)
          expect(BigInt(timeUnixNano) <= BigInt(span.endTimeUnixNano) + 1000n).toBe(true);
        expect(plain(span.attributes)['http.response.status_code']).toBe(step.facts['status']);
      }
    }
    const [first] = traces.exports()[0]?.resourceSpans ?? [];
    expect(plain(first?.resource.attributes ?? [])).toEqual({ 'service.name': 'probes-eu' });
    expect(new Set(traces.requests.map((request) => request.path))).toEqual(
      new Set(['/v1/traces']),
    );
    expect(JSON.stringify(traces.requests)).not.toContain('geheim');
  });

  it('that nobody takes are told, and change no verdict', async () => {
    const traces = await receiver(400);
    const { code, stderr, runs } = await probe({ OTEL_EXPORTER_OTLP_ENDPOINT: traces.url });
    expect(stderr).toMatch(/^ninefold: 9 spans are lost: .+\n$/);
    expect([code, runs.length]).toEqual([1, 4]);
  });

  it('are not sent where nothing is said of them, or none are wanted', async () => {
    const traces = await receiver();
    const quiet = await probe({
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.url,
      OTEL_TRACES_EXPORTER: 'none',
    });
    expect([quiet.code, quiet.stderr]).toEqual([1, '']);
    expect(traces.requests).toEqual([]);
  });
});
