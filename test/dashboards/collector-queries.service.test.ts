// Every query of the dashboards for a site that runs only the collector, asked of a real Prometheus that scrapes one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardSources, loadWorkspace } from '../../catalog/index.ts';
import { dashboardsPreview } from '../../cli/commands/dashboards-preview.ts';
import { createShop } from '../../cli/demo/shop.ts';
import { createTelemetryClient } from '../../cli/demo/telemetry-client.ts';
import { createTimeLapseClock } from '../../cli/demo/time-lapse-clock.ts';
import { readTelemetry } from '../../cli/preview/telemetry-reader.ts';
import { silentLog } from '../../collector/log.ts';
import { type Service, startService } from '../../collector/service.ts';
import { drawDashboard } from '../../dashboards/drawn-dashboard.ts';
import { dashboardPages, type Page, type PageSources } from '../../dashboards/dashboard-pages.ts';
import { HEALTH } from '../../dashboards/pages/health.ts';
import { formatDuration } from '../../slo/duration.ts';
import { type PreviewPage, previewPage } from '../../dashboards/preview/preview-page.ts';
import { questionsOf } from '../../dashboards/preview/question.ts';
import { recordTerminal } from '../cli/recorded-terminal.ts';
import { eventually, workspace } from '../e2e/deployed-files.ts';
import { type RunningPrometheus, startPrometheus } from '../services/prometheus.ts';
import { describeWithService } from '../services/services.ts';
import { temporaryFolder } from '../services/started-servers.ts';
import { panelQueries, variableQueries } from './panel-queries.ts';
import { askPrometheus, labelValues } from './prometheus-answers.ts';

const HISTORY_SECONDS = 3 * 3600;

interface ToldWindow {
  readonly burnRate: number | null;
}

interface ToldBudget {
  readonly budgetRemaining: number;
  readonly sli: number;
  readonly total: number;
  readonly bad: number;
  readonly conditions: readonly {
    readonly longWindowSeconds: number;
    readonly shortWindowSeconds: number;
    readonly long: ToldWindow;
    readonly short: ToldWindow;
  }[];
}

/** What the API says of an SLO: its budget, or that of its worst group, and all of them. */
async function toldByApi(
  url: string,
  id: string,
): Promise<{ readonly worst: ToldBudget; readonly all: readonly ToldBudget[] }> {
  const get = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
  const { budget } = (await get(`/api/v1/slos/${id}`)) as { budget: ToldBudget };
  const { items } = (await get(`/api/v1/slos/${id}/groups`)) as { items: readonly ToldBudget[] };
  return { worst: budget, all: items };
}

function percent(ratio: number, digits: number): string {
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return `${(ratio * 100).toLocaleString('en', decimals).replace('-', '−')}%`;
}

/** Small sums with the fractions that window edges cut. */
function counted(counts: readonly number[]): string {
  const sum = counts.reduce((all, each) => all + each, 0);
  return sum.toLocaleString('en', { maximumFractionDigits: sum < 100 ? 2 : 0 });
}

describeWithService(['prometheus'], 'dashboards of the collector’s own series', () => {
  let service: Service;
  let prometheus: RunningPrometheus;
  let pages: readonly Page[];
  let sources: PageSources;
  const stop = new AbortController();

  beforeAll(async () => {
    const { slos, config } = await workspace('examples/shop');
    const now = Math.floor(Date.now() / 1000);
    const clock = createTimeLapseClock((now - HISTORY_SECONDS) * 1000);
    service = await startService({
      slos,
      config: {
        ...config,
        store: { kind: 'memory' },
        http: { ...config.http, host: '127.0.0.1', port: 0 },
      },
      log: silentLog,
      clock,
      sinks: [],
    });
    const client = createTelemetryClient(service.url, stop.signal);
    const shop = createShop({ client, clock, opened: now - HISTORY_SECONDS, peakAt: now });
    await shop.catchUp(now - 900, () => {});
    // A quarter of an hour of failures: budgets burn, and a page fires.
    shop.faults.add('checkout-errors');
    shop.faults.add('storefront-errors');
    await shop.catchUp(Math.floor(Date.now() / 1000) - 2, () => {});
    clock.goLive();
    await eventually(
      'the checkout pages',
      () =>
        service.view
          .alerts()
          .find(({ severity, phase }) => severity === 'page' && phase === 'firing'),
      20_000,
    );
    prometheus = await startPrometheus({
      scrapeConfigs: [
        { job_name: 'ninefold', static_configs: [{ targets: [new URL(service.url).host] }] },
      ],
    });
    await eventually(
      'a minute of scrapes begins',
      async () =>
        (await askPrometheus(prometheus.url, 'count_over_time(up{job="ninefold"}[1m]) > 5')).at(0),
      30_000,
    );
    const { catalog } = await loadWorkspace('examples/shop');
    if (catalog === undefined) throw new Error('the shop is not clean');
    sources = dashboardSources(catalog, { prometheus: '3.15' });
    pages = dashboardPages({ ...sources, source: 'collector' });
  });

  afterAll(async () => {
    stop.abort();
    await service?.close(500);
  });

  it('are answered, and with something unless the panel says that there may be nothing', async () => {
    const queries = pages.flatMap(({ dashboard }) => panelQueries(dashboard, 'collector'));
    expect(queries.length).toBeGreaterThan(60);
    const empty: string[] = [];
    for (const { where, expression, instant, mayBeEmpty } of queries) {
      const answer = await askPrometheus(prometheus.url, expression, instant ? undefined : 60);
      if (answer.length === 0 && !mayBeEmpty) empty.push(`${where}: ${expression}`);
    }
    expect(empty).toEqual([]);
  });

  it('are answered as well on the pages about all SLOs of a site where some of them have rules', async () => {
    const ruled = ['storefront/availability', 'storefront/latency'];
    const mixed = dashboardPages({ ...sources, ruled }).filter(({ dashboard }) =>
      ['ninefold-slo-overview', 'ninefold-on-call', 'ninefold-sla'].includes(dashboard.uid),
    );
    const queries = mixed.flatMap(({ dashboard }) => panelQueries(dashboard, 'rules'));
    expect(queries.length).toBeGreaterThan(25);
    for (const { where, expression, instant, mayBeEmpty } of queries) {
      const answer = await askPrometheus(prometheus.url, expression, instant ? undefined : 60);
      expect(answer.length > 0 || mayBeEmpty, where).toBe(true);
    }
  });

  it('have values for every variable', async () => {
    for (const { dashboard } of pages)
      for (const { selector, label } of variableQueries(dashboard))
        expect(
          await labelValues(prometheus.url, selector, label),
          `${label} of ${selector}`,
        ).not.toEqual([]);
  });

  describe('what a panel shows', () => {
    const shown = async (uid: string, title: string): Promise<number | undefined> => {
      const page = pages.find(({ dashboard }) => dashboard.uid === uid);
      if (page === undefined) throw new Error(`no page ${uid}`);
      const query = panelQueries(page.dashboard, 'collector').find((each) => each.panel === title);
      if (query === undefined) throw new Error(`no panel ${title}`);
      return (await askPrometheus(prometheus.url, query.expression)).at(0)?.value;
    };

    it('is what the collector says, to the last digit', async () => {
      const told = await eventually(
        'both say the same',
        async () => {
          const view = service.view.instance('checkout/availability');
          const numbers = [view?.budgetRemaining, view?.sli, view?.total, view?.bad];
          const panels = ['Budget left', 'Good events', 'Events', 'Bad events'];
          const seen: (number | undefined)[] = [];
          for (const panel of panels) seen.push(await shown('ninefold-s-checkout', panel));
          return JSON.stringify(seen) === JSON.stringify(numbers) ? seen : undefined;
        },
        30_000,
      );
      expect(told[3]).toBeGreaterThan(0);
    });

    it('is the alert that fires', async () => {
      expect(await shown('ninefold-s-checkout', 'State')).toBe(HEALTH.page);
      expect(await shown('ninefold-slo-overview', 'Page now')).toBeGreaterThan(0);
      const firingFor = await shown('ninefold-on-call', 'Firing now, newest first');
      expect(firingFor).toBeGreaterThanOrEqual(0);
      // This Prometheus saw it from its own first moment on, minutes ago at most.
      expect(firingFor).toBeLessThan(600);
    });
  });

  describe('a preview', () => {
    const previewOf = async (uid: string): Promise<PreviewPage> => {
      const page = pages.find(({ dashboard }) => dashboard.uid === uid);
      if (page === undefined) throw new Error(`no page ${uid}`);
      const drawn = drawDashboard(page.dashboard, 'collector');
      const to = Math.floor(Date.now() / 1000);
      const span = { from: to - 60, to };
      const servers = { prometheus: prometheus.url };
      const answers = await readTelemetry(servers, questionsOf(drawn, span), span);
      return previewPage(drawn, { answers, span });
    };

    it('draws every panel of every dashboard, unless the panel says that there may be nothing', async () => {
      const missing: string[] = [];
      for (const { dashboard } of pages)
        for (const { title, outcome, mayBeEmpty } of (await previewOf(dashboard.uid)).panels)
          if (outcome === 'failed' || (outcome === 'empty' && mayBeEmpty === undefined))
            missing.push(`${dashboard.uid}: ${title} is ${outcome}`);
      expect(missing).toEqual([]);
    });

    it.each([
      ['storefront/availability', 2],
      ['storefront/latency', 1],
      ['checkout/availability', 2],
      ['checkout/by-country', 2],
    ])(
      'shows the numbers of the API about %s, to the digit that is displayed',
      async (id, digits) => {
        const [name = '', slo = ''] = id.split('/');
        const large = (html: string, title: string): string | undefined =>
          new RegExp(`>${title}</h3>.*?<span>(.*?)</span>`, 's').exec(html)?.[1];
        const shown = await eventually(
          'both say the same',
          async () => {
            const { worst, all } = await toldByApi(service.url, id);
            const told = [
              percent(worst.budgetRemaining, 1),
              percent(worst.sli, digits),
              counted(all.map(({ total }) => total)),
              counted(all.map(({ bad }) => bad)),
            ];
            const { html } = await previewOf(`ninefold-s-${name}`);
            const own =
              html.split('<details').find((row) => row.includes(`<summary>${slo} · `)) ?? '';
            const titles = ['Budget left', 'Good events', 'Events', 'Bad events'];
            const seen = titles.map((title) => large(own, title));
            return JSON.stringify(seen) === JSON.stringify(told) ? seen : undefined;
          },
          30_000,
        );
        expect(shown[2]).not.toBe('0');
        expect(shown[3]).not.toBe('0');
      },
    );

    it('shows the burn rate of the API in every window of every alert', async () => {
      for (const id of ['storefront/availability', 'storefront/latency', 'checkout/availability']) {
        const windows = await eventually(
          `both say the same of ${id}`,
          async () => {
            const { worst } = await toldByApi(service.url, id);
            const told = new Map<string, number>();
            for (const { longWindowSeconds, shortWindowSeconds, long, short } of worst.conditions) {
              told.set(formatDuration(longWindowSeconds), long.burnRate ?? 0);
              told.set(formatDuration(shortWindowSeconds), short.burnRate ?? 0);
            }
            const query = pages
              .flatMap(({ dashboard }) => panelQueries(dashboard, 'collector'))
              .find((each) => each.panel === 'Burn rates' && each.expression.includes(`"${id}"`));
            const seen = await askPrometheus(prometheus.url, query?.expression ?? '');
            return seen.length === told.size &&
              seen.every(({ labels, value }) => told.get(labels['window'] ?? '') === value)
              ? told
              : undefined;
          },
          30_000,
        );
        expect(windows.size).toBeGreaterThan(4);
        expect(Math.max(...windows.values())).toBeGreaterThan(0);
      }
    });

    it('shows the alert that fires as a word', async () => {
      const { html } = await previewOf('ninefold-s-checkout');
      expect(html).toMatch(/>Health<\/h3>.*?<div class="number critical"><span>Page<\/span>/s);
      const { html: onCall } = await previewOf('ninefold-on-call');
      expect(onCall).toContain('<td>page</td><td>ErrorBudgetBurn</td>');
    });

    it('says of a server that is not there that nobody answers', async () => {
      const span = { from: 0, to: 60 };
      const question = { key: 'a', expression: 'up', instant: true, step: 15 };
      const answers = await readTelemetry(
        { prometheus: 'http://127.0.0.1:9' },
        [
          { ...question, telemetry: 'prometheus' },
          { ...question, key: 'b', telemetry: 'loki' },
        ],
        span,
      );
      expect(answers.get('a')).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('http://127.0.0.1:9') as string,
      });
      expect(answers.get('b')).toMatchObject({ message: 'no Loki was named: add --loki' });
    });

    it('is what the command writes, page by page, with an exit code that says whether all is there', async () => {
      const out = temporaryFolder('preview');
      const terminal = recordTerminal();
      const options = { prometheus: prometheus.url, source: 'collector', from: 'now-1m', out };
      const code = await dashboardsPreview(terminal, 'examples/shop', options);
      expect(terminal.stderr()).toBe('');
      expect(code).toBe(0);
      expect(readdirSync(out)).toEqual(
        expect.arrayContaining([
          'ninefold-on-call.html',
          'ninefold-s-checkout.html',
          'shop-orders.html',
        ]),
      );
      expect(readFileSync(join(out, 'shop-orders.html'), 'utf8')).toContain('Orders in the window');
      await expect(
        dashboardsPreview(terminal, 'examples/shop', {
          ...options,
          prometheus: 'http://127.0.0.1:9',
        }),
      ).rejects.toThrow('nobody answers at http://127.0.0.1:9');
      await expect(
        dashboardsPreview(terminal, 'examples/shop', { ...options, only: ['ninefold-oncall'] }),
      ).rejects.toThrow("Did you mean 'ninefold-on-call'?");
      await expect(
        dashboardsPreview(terminal, 'examples/shop', { ...options, out: join(out, 'a.html') }),
      ).rejects.toThrow('is one file');
    });
  });

  it('fill the table of the overview with one line for each SLO', async () => {
    const overview = pages[0]?.dashboard;
    if (overview === undefined) throw new Error('no overview');
    const table = drawDashboard(overview, 'collector')
      .rows.flatMap(({ panels }) => panels)
      .find(({ panel }) => panel.kind === 'table');
    expect(table?.columns.map(({ column }) => column.title)).toContain('Owner');
    const queries = panelQueries(overview, 'collector').filter(
      ({ panel }) => panel === table?.panel.title,
    );
    expect(queries.length).toBeGreaterThan(5);
    // Grafana makes one line of answers with the same labels, so there must be no others.
    const lines = new Set<string>();
    for (const { expression } of queries)
      for (const { labels } of await askPrometheus(prometheus.url, expression)) {
        const { slo = '', service = '', team = '', tier = '', ...more } = labels;
        lines.add(JSON.stringify([slo, service, team, tier, more]));
      }
    expect([...lines].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      '["checkout/availability","checkout","payments","critical",{}]',
      '["checkout/by-country","checkout","payments","critical",{}]',
      '["storefront/availability","storefront","web","high",{}]',
      '["storefront/latency","storefront","web","high",{}]',
    ]);
  });
});
