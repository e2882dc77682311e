// What a collector tells of the checks that it runs itself: series beside its own, and traces under the ids that requests carried.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { rawServer, reply } from '../synthetics/raw-server.ts';
import { type ServedCollector, serveWorkspace } from './served-collector.ts';

const served: ServedCollector[] = [];
afterEach(async () => {
  for (const each of served.splice(0)) await each.kill('SIGKILL');
});

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status: { readonly code: number };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

/** A receiver of traces that wants a header, and the spans it was sent. */
async function receiver() {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const allowed = request.headers['x-tenant'] === 'shop';
      if (allowed)
        for (const { scopeSpans } of (JSON.parse(body) as Export).resourceSpans)
          spans.push(...scopeSpans.flatMap((each) => each.spans));
      response.writeHead(allowed ? 200 : 401, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/v1/traces`, spans };
}

describe('a collector that runs checks', () => {
  it('shows their series, and sends runs that failed as traces, whatever the share of the others', async () => {
    const carried: string[] = [];
    const target = await rawServer((socket, request) => {
      carried.push(/^traceparent: (\S+)/im.exec(request)?.[1] ?? '');
      reply(request.startsWith('GET /broken') ? '500 Oh' : '200 OK', 'x')(socket);
    });
    const traces = await receiver();
    const collector = await serveWorkspace('served-checks', {
      'ninefold.config.ts': `import { defineConfig } from 'ninefold';
export default defineConfig({
  http: { port: PORT },
  probes: { serve: { location: 'eu' } },
  tracing: { endpoint: '${traces.url}', headers: { 'x-tenant': 'shop' }, sampling: '0%' },
});`,
      'shop.checks.ts': `import { checkRatio, defineCheck, defineService, defineSlo, http } from 'ninefold';
const shop = defineService({ name: 'shop', team: 'web' });
export const home = defineCheck({ service: shop, name: 'home', every: '1s', timeout: '500ms', probe: http({ url: '${target.url}/' }) });
export const broken = defineCheck({ service: shop, name: 'broken', every: '1s', timeout: '500ms', probe: http({ url: '${target.url}/broken' }) });
export const reachable = defineSlo({ service: shop, name: 'reachable', objective: '99%', sli: checkRatio({ check: home }) });`,
    });
    served.push(collector);
    await collector.start();

    const roots = () => traces.spans.filter(({ name }) => name === 'check shop/broken');
    await expect.poll(() => roots().length, { timeout: 60_000 }).toBeGreaterThan(0);
    const [root] = roots();
    const child = traces.spans.find(({ parentSpanId }) => parentSpanId === root?.spanId);
    expect(root?.status.code).toBe(2);
    expect(child?.name).toBe(`GET ${target.url}/broken`);
    expect(carried).toContain(`00-${root?.traceId}-${child?.spanId}-01`);
    expect(traces.spans.filter(({ name }) => name === 'check shop/home')).toEqual([]);

    const series = async () => (await fetch(`${collector.url}/metrics`)).text();
    await expect
      .poll(series, { timeout: 60_000 })
      .toContain('ninefold_probe_success{check="shop/home"');
    const shown = await series();
    const labels = 'location="eu",service="shop",team="web"';
    expect(shown).toContain(`ninefold_probe_success{check="shop/home",${labels}} 1`);
    expect(shown).toContain(`ninefold_probe_success{check="shop/broken",${labels}} 0`);
    expect(shown).toContain('ninefold_collector_source_up');
    expect(shown.match(/^# TYPE ninefold_probe_runs_total counter$/gm)).toHaveLength(1);
    await collector.kill('SIGTERM');
    expect(collector.log()).not.toContain('not everything ended in time');
  }, 120_000);
});
