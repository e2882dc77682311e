import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../collector/http/app.ts';
import { silentLog } from '../../../collector/log.ts';
import { createMetrics } from '../../../collector/metrics.ts';
import { budgetOf, listView, shop, shopSlo } from './list-view.ts';

const app = (more: Partial<Parameters<typeof createHttpApp>[0]> = {}) =>
  createHttpApp({ view: listView(shop()), log: silentLog, ...more });

describe('health', () => {
  it('is alive while it answers, ready when the collector says so', async () => {
    expect((await app().inject('/healthz')).json()).toEqual({ status: 'alive' });
    expect((await app().inject('/readyz')).json()).toEqual({ ready: true, reasons: [] });
  });

  it('tells why it is not ready', async () => {
    const view = listView({
      ...shop(),
      readiness: { ready: false, reasons: ['source kafka:default is backfilling'] },
    });
    const answer = await app({ view }).inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({
      type: 'urn:ninefold:problem:not-ready',
      reasons: ['source kafka:default is backfilling'],
    });
  });
});

describe('GET /api/v1/sources', () => {
  it('gives lag, watermark, last error and counters', async () => {
    const { items } = (await app().inject('/api/v1/sources')).json();
    expect(items).toMatchObject([
      { name: 'ingest:requests', state: 'live', lagSeconds: 3, counters: { late: 2 } },
      { name: 'prometheus:default', state: 'failing', watermark: null },
    ]);
  });
});

describe('POST /api/v1/reload', () => {
  it('reloads, and tells a mistake without having changed anything', async () => {
    let reloads = 0;
    const good = app({
      reload: async () => {
        reloads += 1;
      },
    });
    expect((await good.inject({ method: 'POST', url: '/api/v1/reload' })).json()).toEqual({
      reloaded: true,
    });
    expect(reloads).toBe(1);
    const bad = app({ reload: () => Promise.reject(new Error('checkout.slo.ts: objective')) });
    const answer = await bad.inject({ method: 'POST', url: '/api/v1/reload' });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().detail).toBe('checkout.slo.ts: objective');
  });
});

describe('GET /metrics', () => {
  const SAMPLE =
    /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (NaN|[+-]Inf|-?[0-9.e+-]+)$/;

  it('speaks the text format, each family once, budgets with their names from slo/names.ts', async () => {
    const answer = await app({ metrics: createMetrics({ process: false }) }).inject('/metrics');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = answer.body.trimEnd().split('\n');
    for (const line of lines.filter((each) => each !== '' && !each.startsWith('#')))
      expect(line).toMatch(SAMPLE);
    const types = lines
      .filter((line) => line.startsWith('# TYPE'))
      .map((line) => line.split(' ')[2]);
    expect(new Set(types).size).toBe(types.length);
    expect(answer.body).toContain(
      'ninefold_slo_burn_rate{region="eu",service="checkout",slo="checkout/availability",team="shop",tier="critical",window="5m"} 20\n',
    );
    expect(answer.body).toContain('alert="ErrorBudgetBurn",severity="page"} 1\n');
    expect(answer.body).toContain(
      'ninefold_collector_source_events_total{source="ingest:requests",kind="events"} 100000\n',
    );
  });

  it('quotes label values from telemetry', async () => {
    const slo = shopSlo('a', 'b', { groupBy: { labels: ['http.path'], limit: 5 } });
    const group = { 'http.path': 'x"\n\\y' };
    const view = listView({
      slos: [slo],
      instances: [budgetOf(slo, { total: 1, bad: 0 }, { group })],
    });
    const { body } = await app({ view }).inject('/metrics');
    expect(body).toContain(String.raw`http_path="x\"\n\\y"`);
  });

  it('shows a bounded number of instances and says how many it left out', async () => {
    const slo = shopSlo('a', 'b', { groupBy: { labels: ['user'], limit: 10_000 } });
    const instances = Array.from({ length: 5100 }, (_, user) =>
      budgetOf(slo, { total: 1, bad: 0 }, { group: { user: String(user) } }),
    );
    const { body } = await app({ view: listView({ slos: [slo], instances }) }).inject('/metrics');
    expect(body.match(/^ninefold_slo_sli_ratio\{/gm)).toHaveLength(5000);
    expect(body).toContain('ninefold_collector_omitted_instances 100\n');
  });

  it('counts what the collector reports', async () => {
    const metrics = createMetrics({ process: false });
    metrics.poll('prometheus:default', 0.2, true);
    metrics.commit('kafka:default', 0.002, false);
    metrics.evaluation(0.01, 42);
    metrics.transition('page', 'firing');
    const { body } = await app({ metrics }).inject('/metrics');
    for (const line of [
      'ninefold_collector_poll_seconds_count{source="prometheus:default",outcome="ok"} 1',
      'ninefold_collector_commit_seconds_count{source="kafka:default",outcome="failed"} 1',
      'ninefold_collector_evaluated_instances 42',
      'ninefold_collector_alert_transitions_total{severity="page",transition="firing"} 1',
    ])
      expect(body).toContain(`${line}\n`);
  });
});

describe('unknown addresses', () => {
  it('answer 404, and 405 with the methods when only the method is wrong', async () => {
    expect((await app().inject('/api/v2/slos')).statusCode).toBe(404);
    const wrong = await app().inject({ method: 'DELETE', url: '/api/v1/slos/a/b' });
    expect(wrong.statusCode).toBe(405);
    expect(wrong.headers['allow']).toBe('GET, HEAD');
  });

  it('carry the same protecting headers as all others', async () => {
    for (const url of ['/nope', '/api/v1/slos', '/docs']) {
      const { headers } = await app().inject(url);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });
});
