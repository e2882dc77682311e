import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { traced } from '../../collector/tracing.ts';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code: number };
  readonly scope: string;
}

let sink: Server;
let service: ChildProcessWithoutNullStreams | undefined;
afterEach(() => {
  service?.kill('SIGKILL');
  sink.close();
});

/** Runs the service, calls it, stops it; gives the spans that arrived and the log lines. */
async function spansOf(share: number, call: (url: string) => Promise<void>) {
  const requests: { path: string; tenant: unknown; body: string }[] = [];
  sink = createServer((req, res) => {
    void text(req).then((body) => {
      requests.push({ path: req.url ?? '', tenant: req.headers['x-tenant'], body });
      res.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(sink, 'listening');
  const { port } = sink.address() as AddressInfo;
  service = spawn(process.execPath, [
    path.join(import.meta.dirname, 'traced-service.process.ts'),
    `http://127.0.0.1:${port}/v1/traces`,
    String(share),
  ]);
  const errors = text(service.stderr);
  const ended = once(service, 'exit');
  const [address] = (await once(service.stdout, 'data')) as [Buffer];
  await call(address.toString().trim());
  service.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(requests.every((each) => each.path === '/v1/traces' && each.tenant === 'shop')).toBe(true);
  const spans = requests.flatMap(({ body }) =>
    (
      JSON.parse(body) as {
        resourceSpans: { scopeSpans: { scope: { name: string }; spans: Span[] }[] }[];
      }
    ).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ scope, spans }) =>
        spans.map((each) => ({ ...each, scope: scope.name })),
      ),
    ),
  );
  return { spans, log: await errors };
}

const CALLER = '0af7651916cd43dd8448eb211c80319c';

/** A call without the instrumentation of fetch, which would add a trace of its own. */
async function post(url: string, flags: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    traceparent: `00-${CALLER}-b7ad6b7169203331-${flags}`,
  };
  const call = request(url, { method: 'POST', headers }).end('{}');
  const [answer] = await once(call, 'response');
  answer.resume();
  await once(answer, 'end');
}

async function callEverything(url: string): Promise<void> {
  for (const each of ['/api/v1/slos', '/api/v1/sources', '/healthz', '/metrics'])
    await (await fetch(url + each)).text();
}

describe('tracing over OTLP HTTP', () => {
  it('sends requests with their routes, and leaves out probes, metrics and the instrumentation of telemetry', async () => {
    const { spans } = await spansOf(1, async (url) => {
      await callEverything(url);
      await post(`${url}/api/v1/ingest/requests`, '01');
    });
    const served = spans.filter(({ scope }) => scope === '@opentelemetry/instrumentation-http');
    expect(served.map(({ name }) => name).sort()).toEqual([
      'GET /api/v1/slos',
      'GET /api/v1/sources',
    ]);
    const received = spans.find(({ name }) => name === 'ingest.receive');
    expect(received).toMatchObject({ traceId: CALLER, parentSpanId: 'b7ad6b7169203331' });
    expect(spans.find(({ name }) => name === 'store.commit')?.traceId).toBe(CALLER);
  });

  it('sends nothing but failed traces at a share of 0', async () => {
    const { spans, log } = await spansOf(0, async (url) => {
      await callEverything(url);
      await post(`${url}/api/v1/ingest/requests`, '00');
      await post(`${url}/api/v1/ingest/broken`, '00');
    });
    const roots = spans.filter(({ status }) => status.code === 2).map(({ name }) => name);
    expect(roots).toContain('GET /api/v1/sources');
    expect(roots).toContain('ingest.receive');
    expect(spans.map(({ name }) => name)).not.toContain('GET /api/v1/slos');
    // The failed batch with its commit; not the one that went well.
    expect(spans.filter(({ name }) => name === 'store.commit')).toHaveLength(1);
    const committed = log.split('\n').find((line) => line.includes('committed')) ?? '{}';
    expect(JSON.parse(committed)).toMatchObject({ trace_id: CALLER });
  });
});

describe('a span around work', () => {
  it('gives the result and passes the error on, traced or not', async () => {
    await expect(traced('work', {}, () => 7)).resolves.toBe(7);
    const error = new Error('no');
    await expect(traced('work', {}, () => Promise.reject(error))).rejects.toBe(error);
  });
});
