// Users' own dashboards in a workspace: loaded, checked against its SLOs, and made beside the generated ones.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generate, loadWorkspace, validate, type Validated } from '../../catalog/index.ts';
import type { FoundDefinition } from '../../catalog/load-files.ts';
import { dashboardPages } from '../../dashboards/dashboard-pages.ts';
import { defineDashboard, row, sloRow } from '../../dashboards/dashboard.ts';
import { defineTelemetry } from '../../dashboards/define-telemetry.ts';
import { drawDashboard } from '../../dashboards/drawn-dashboard.ts';
import { textPanel } from '../../dashboards/panel.ts';
import { defineService } from '../../slo/define-service.ts';
import { defineSlo } from '../../slo/define-slo.ts';
import { lokiRatio } from '../../slo/sli/loki-ratio.ts';
import { prometheusLatency } from '../../slo/sli/prometheus-latency.ts';
import { prometheusRatio } from '../../slo/sli/prometheus-ratio.ts';

const service = defineService({ name: 'checkout', team: 'shop' });
const INPUT = {
  name: 'availability',
  objective: '99.9%',
  sli: prometheusRatio({ total: 'orders_total', bad: 'orders_failed_total' }),
} as const;
const availability = defineSlo({ service, ...INPUT });
const latency = defineSlo({
  service,
  name: 'latency',
  objective: '99%',
  sli: prometheusLatency({ histogram: 'order_seconds', atMost: '250ms' }),
});
const logged = defineSlo({
  service,
  name: 'logged',
  objective: '99%',
  sli: lokiRatio({ total: '{app="checkout"}', bad: '{app="checkout"} |= "error"' }),
});
const text = textPanel({ title: 'Help', text: 'Ask.' });
const words = { title: 'Own', description: 'Own.' };
const own = defineDashboard({
  uid: 'own',
  ...words,
  rows: [row('', [text]), sloRow(availability)],
});

const CONFIG = {
  kind: 'config',
  connections: {
    prometheus: { default: { url: 'http://127.0.0.1:9090' } },
    loki: { default: { url: 'http://127.0.0.1:3100' } },
  },
};

const checked = (...definitions: { readonly kind: string }[]): Validated =>
  validate(
    definitions.map((value, index): FoundDefinition => ({
      file: value.kind === 'config' ? 'ninefold.config.ts' : 'a.slo.ts',
      path: `d${index}`,
      value,
    })),
    '/',
  );

const catalogOf = (...definitions: { readonly kind: string }[]) => {
  const { catalog, diagnostics } = checked(...definitions);
  if (catalog === undefined) throw new Error(JSON.stringify(diagnostics));
  return catalog;
};

const titles = (...definitions: { readonly kind: string }[]): Map<string, readonly string[]> => {
  const catalog = catalogOf(CONFIG, ...definitions);
  const pages = dashboardPages({ ...catalog });
  return new Map(
    pages.map(({ dashboard }) => [
      dashboard.uid,
      drawDashboard(dashboard, 'rules').rows.flatMap(({ panels }) =>
        panels.map(({ panel }) => panel.title),
      ),
    ]),
  );
};

const TARGETS = { prometheus: '3.15', alertmanager: '0.34' };
const made = (catalog: ReturnType<typeof catalogOf>) => {
  const { artifacts, notes } = generate(catalog, { kinds: ['dashboards'], targets: TARGETS });
  return { artifacts: [...artifacts], notes };
};

describe('a workspace with a dashboard of its own', () => {
  it('is the shop, whose orders page is loaded from a file and built without a finding', async () => {
    const { catalog, diagnostics } = await loadWorkspace(
      join(import.meta.dirname, '../../examples/shop'),
    );
    expect(diagnostics).toEqual([]);
    if (catalog === undefined) throw new Error('no catalog');
    expect(catalog.dashboards.map(({ uid }) => uid)).toEqual(['shop-orders']);
    expect(catalog.origins['dashboard shop-orders']).toEqual({
      file: 'orders.dashboards.ts',
      path: 'ordersDashboard',
    });
    const { artifacts, notes } = made(catalog);
    expect(notes).toEqual([]);
    expect(artifacts.map(({ path }) => path)).toContain(
      'dashboards/grafana/dashboards/shop-orders.json',
    );
  });

  it('gets the panels of an SLO where its row names one, with the alert’s own numbers', () => {
    expect(titles(availability, own).get('own')).toEqual(
      expect.arrayContaining(['Help', 'Budget left', 'Burn rates', 'Alerts']),
    );
  });

  it('is told an SLO that nobody exports, and the uid that two claim', () => {
    const other = defineDashboard({ uid: 'own', ...words, rows: [row('', [text])] });
    const { diagnostics } = checked(CONFIG, latency, own, other);
    expect(diagnostics.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'd2.rows[1] unknown-slo',
      'd3.uid duplicate-name',
    ]);
  });
});

describe('a service’s page', () => {
  it('shows rate, errors and duration as its SLIs count them, and their log lines', () => {
    const shown = titles(availability, latency, logged).get('ninefold-s-checkout');
    expect(shown).toEqual(
      expect.arrayContaining([
        'Rate',
        'Errors',
        'Duration (latency)',
        'Log lines a second (logged)',
        'Bad lines (logged)',
      ]),
    );
    expect(shown).not.toContain('CPU');
  });

  it('invents nothing: what no server of the site holds is not asked for', () => {
    const pushed = {
      ...CONFIG,
      connections: { prometheus: { default: { remoteWrite: true } } },
    };
    const { artifacts } = made(catalogOf(pushed, availability));
    const page = artifacts.find(({ path }) =>
      path.endsWith('grafana/dashboards/ninefold-s-checkout.json'),
    );
    expect(page?.text).toContain('Burn rates');
    expect(page?.text).not.toContain('"Rate"');
  });

  it('shows what its users state, and refuses what does not parse', () => {
    const telemetry = defineTelemetry({
      service,
      processes: '{job="checkout"}',
      logs: '{app="checkout"}',
      traces: 'checkout',
    });
    const shown = titles(availability, telemetry).get('ninefold-s-checkout');
    expect(shown).toEqual(
      expect.arrayContaining(['CPU', 'Memory', 'Open files', 'Logs', 'Failed traces']),
    );
    const wrong = defineTelemetry({ service, processes: '{job=}', logs: '{app="' });
    expect(checked(CONFIG, availability, wrong).diagnostics.map(({ code }) => code)).toEqual([
      'promql-syntax',
      'logql-syntax',
    ]);
    const other = defineTelemetry({ service: defineService({ name: 'chekout', team: 'shop' }) });
    expect(checked(CONFIG, availability, other).diagnostics).toMatchObject([
      { code: 'unknown-value', severity: 'warning' },
    ]);
  });

  it('has a line for each SLO of what it needs', () => {
    const payments = { ...availability, service: { ...service, name: 'payments' } };
    const slos = catalogOf(CONFIG, availability, payments);
    const [page] = dashboardPages({ ...slos, needs: { checkout: ['payments'] } }).filter(
      ({ dashboard }) => dashboard.uid === 'ninefold-s-checkout',
    );
    expect(JSON.stringify(page?.dashboard)).toContain('service=~\\"payments\\"');
  });
});

describe('a site', () => {
  const settings = (dashboards: object) =>
    catalogOf(Object.assign({ dashboards }, CONFIG), availability);

  it('that runs only the collector gets pages without rules, with its scope labels and path', () => {
    const { artifacts, notes } = made(
      settings({ source: 'collector', scopeLabels: ['cluster'], path: '/srv/dashboards' }),
    );
    expect(notes).toEqual([]);
    const textOf = (path: string): string =>
      artifacts.find((each) => each.path === `dashboards/${path}`)?.text ?? '';
    expect(textOf('grafana/dashboards/ninefold-on-call.json')).toContain(
      'ninefold_slo_alert_firing',
    );
    expect(textOf('grafana/dashboards/ninefold-on-call.json')).not.toContain('ALERTS_FOR_STATE');
    expect(textOf('grafana/dashboards/ninefold-on-call.json')).toContain('cluster=~\\"$cluster\\"');
    expect(textOf('grafana/provisioning/dashboards/ninefold.yaml')).toContain('/srv/dashboards');
  });

  it('that wants Grafana to evaluate alerts gets its rules, each with a uid of its own', () => {
    const { artifacts } = made(settings({ managedAlerts: true }));
    const file = artifacts.find(({ path }) => path.endsWith('provisioning/alerting/ninefold.yaml'));
    const uids = [...(file?.text.matchAll(/uid: "?(ninefold-a-\w+)/g) ?? [])].map(([, uid]) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    expect(uids).toHaveLength(3);
    expect(made(settings({})).artifacts.some(({ path }) => path.includes('alerting'))).toBe(false);
  });

  it('that shares its Grafana says its name, and then has uids, a folder, files and lists of its own', () => {
    const { artifacts, notes } = made(settings({ workspace: 'payments', managedAlerts: true }));
    expect(notes).toEqual([]);
    const alone = made(settings({ managedAlerts: true })).artifacts.map(({ path }) => path);
    const paths = artifacts.map(({ path }) => path);
    const shared = paths
      .filter((path) => alone.includes(path) && !path.endsWith('.lint'))
      .toSorted();
    // What a whole site has once, and what lies beside the dashboards.
    expect(shared).toEqual([
      'dashboards/grafana/provisioning/datasources/ninefold.yaml',
      'dashboards/index.json',
    ]);
    const all = artifacts.map(({ text }) => text).join('');
    expect(all).toContain('/d/ninefold-payments-s-${__data.fields.Service}');
    expect(all).toContain('/var/lib/grafana/dashboards/ninefold-payments');
    expect(all).toMatch(/folder: '?Ninefold payments/);
    const page = artifacts.find(({ path }) => path.endsWith('/ninefold-payments-on-call.json'));
    const { links, tags } = JSON.parse(page?.text ?? '') as {
      links: { tags: string[] }[];
      tags: string[];
    };
    expect(tags).toEqual(['ninefold', 'slo', 'ninefold-payments', 'ninefold-payments-slo']);
    expect(links.flatMap((each) => each.tags)).toEqual(['ninefold-payments']);
    // Uids stay within Grafana's limit however long the names are.
    const long = defineService({ name: 'a'.repeat(63), team: 'shop' });
    const config = Object.assign({ dashboards: { workspace: 'a'.repeat(16) } }, CONFIG);
    const remote = defineSlo({ ...INPUT, service: long });
    const pages = made(catalogOf(config, remote)).artifacts;
    const uids = pages.map(({ path }) => /dashboards\/([^/]+)\.json$/.exec(path)?.[1] ?? '');
    expect(Math.max(...uids.map((uid) => uid.length))).toBe(40);
    expect(pages.map(({ text }) => text).join('')).toContain(
      `/dashboards?tag=ninefold-${'a'.repeat(16)}&query=`,
    );
  });

  it.each(['sla', 's', 'Payments', 'pay-ments', 'a'.repeat(17)])(
    'may not be called %s',
    (workspace) => {
      const config = Object.assign({ dashboards: { workspace } }, CONFIG);
      expect(checked(config, availability).diagnostics).toMatchObject([
        { path: 'dashboards.workspace', code: 'not-a-name' },
      ]);
    },
  );

  it('is told settings that cannot be', () => {
    const config = {
      ...CONFIG,
      dashboards: { source: 'both', scopeLabels: ['job'], datasources: ['graphite'] },
    };
    expect(
      checked(config, availability).diagnostics.map(({ path, code }) => `${path} ${code}`),
    ).toEqual([
      'dashboards.source unknown-value',
      'dashboards.scopeLabels not-a-label',
      'dashboards.datasources unknown-value',
    ]);
  });
});
