// The dashboards of both platforms and of the shop: linted without a finding, deterministic, and as their SLOs say.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { classicDashboard } from '../../dashboards/classic/classic-dashboard.ts';
import { drawDashboard } from '../../dashboards/drawn-dashboard.ts';
import { dashboardPages } from '../../dashboards/dashboard-pages.ts';
import { generateDashboards } from '../../dashboards/generate-dashboards.ts';
import { lintDashboards } from '../../dashboards/lint/lint-dashboards.ts';
import { servicePageUrl } from '../../dashboards/service-page-url.ts';
import { serviceUid } from '../../slo/names.ts';
import { shopDashboard } from './shop-dashboard.ts';
import { definitionsOf, WORKSPACES } from './workspaces.ts';

const SOURCES = ['rules', 'collector'] as const;

describe.each(WORKSPACES)('the dashboards of %s', (workspace) => {
  it.each(SOURCES)('have no finding of any rule, from the %s', async (source) => {
    const definitions = await definitionsOf(workspace);
    const files = dashboardPages({ ...definitions, source }).map(({ dashboard }) => ({
      json: JSON.parse(
        JSON.stringify(classicDashboard(drawDashboard(dashboard, source))),
      ) as unknown,
      exceptions: dashboard.exceptions,
    }));
    const { findings, excepted, unused } = lintDashboards(files, definitions);
    expect(findings).toEqual([]);
    expect(unused).toEqual([]);
    // Four rules of seventeen, where the reference set of the field needs seven; two with the collector.
    expect(new Set(excepted.map(({ rule }) => rule)).size).toBe(source === 'rules' ? 4 : 2);
  });

  it('are the same bytes each time, in whatever order the definitions come', async () => {
    const { services, slos } = await definitionsOf(workspace);
    const made = generateDashboards({ services, slos });
    const again = generateDashboards({ services, slos: slos.toReversed() });
    expect(again).toEqual(made);
  });
});

describe('a site with rules for some SLOs only', () => {
  it('tells the others by the collector, and all of them together by both', async () => {
    const definitions = await definitionsOf('examples/shop');
    const ruled = ['storefront/availability', 'storefront/latency'];
    const text = (path: string): string =>
      generateDashboards({ ...definitions, ruled }).files.find((file) => file.path.endsWith(path))
        ?.text ?? '';
    expect(text('-storefront.json')).not.toContain('$job');
    expect(text('-checkout.json')).not.toContain('ALERTS');
    expect(text('-checkout.json')).toContain('$job');
    expect(text('-overview.json')).toContain('ninefold_slo_alert_firing');
    expect(text('-overview.json')).toContain('ALERTS');
    expect(text('-overview.json')).not.toContain('$job');
  });
});

describe('the uid of a service’s page', () => {
  it('is its name, and a checksum where that is too long', () => {
    expect(serviceUid('checkout')).toBe('ninefold-s-checkout');
    const long = serviceUid('a'.repeat(63));
    expect(long).toHaveLength(40);
    expect(serviceUid(`${'a'.repeat(62)}b`)).not.toBe(long);
    // A table's link cannot compute checksums: it then leads to the search by title.
    expect(servicePageUrl('Service', ['checkout'])).toMatch(/^\/d\/ninefold-s-\$/);
    expect(servicePageUrl('Service', ['a'.repeat(63)])).toMatch(/^\/dashboards\?/);
  });
});

describe('the files of a workspace', () => {
  it('are every dashboard in every form, the folder, the provisioning and the list', async () => {
    const { files, notes } = generateDashboards(await definitionsOf('examples/shop'));
    const uids = ['ninefold-slo-overview', 'ninefold-s-checkout', 'ninefold-s-storefront'];
    const paths = files.map(({ path }) => path);
    expect(notes).toEqual([]);
    for (const uid of uids)
      expect(paths).toEqual(
        expect.arrayContaining([
          `grafana/dashboards/${uid}.json`,
          `resources/dashboards/${uid}.json`,
          `kubernetes/${uid}.configmap.yaml`,
        ]),
      );
    expect(paths).toEqual(
      expect.arrayContaining([
        'grafana/provisioning/dashboards/ninefold.yaml',
        'grafana/provisioning/datasources/ninefold.yaml',
        'resources/folders/ninefold.json',
        'grafana/dashboards/.lint',
        'index.json',
      ]),
    );
    const index = JSON.parse(files.find(({ path }) => path === 'index.json')?.text ?? '') as {
      dashboards: { uid: string; file: string; resource: string }[];
    };
    for (const { file, resource } of index.dashboards)
      expect(paths).toEqual(expect.arrayContaining([file, resource]));
    expect(index.dashboards.map(({ uid }) => uid)).toEqual(expect.arrayContaining(uids));
  });

  it('count every exception in the file of dashboard-linter', async () => {
    const { files } = generateDashboards(await definitionsOf('examples/shop'));
    const { exclusions } = parse(files.find(({ path }) => path.endsWith('.lint'))?.text ?? '') as {
      exclusions: Record<string, { reason: string; entries: { dashboard: string }[] }>;
    };
    expect(Object.keys(exclusions)).toEqual([
      'target-instance-rule',
      'target-job-rule',
      'template-instance-rule',
      'template-job-rule',
    ]);
    expect(exclusions['template-job-rule']?.entries).toContainEqual({ dashboard: 'SLO overview' });
    expect(exclusions['target-job-rule']?.entries[0]).toMatchObject({
      dashboard: 'SLO overview',
      panel: 'SLOs',
      targetIdx: '0',
    });
    const { exceptions } = JSON.parse(
      files.find(({ path }) => path === 'index.json')?.text ?? '',
    ) as { exceptions: { rule: string; reason: string; breaches: number }[] };
    for (const [rule, { reason, entries }] of Object.entries(exclusions)) {
      const own = exceptions.filter((each) => each.rule === rule);
      expect(own.map((each) => each.reason).join(' ')).toBe(reason);
      expect(own.reduce((sum, { breaches }) => sum + breaches, 0)).toBe(entries.length);
    }
  });

  it('have users’ own dashboards beside the generated ones, linted alike', async () => {
    const definitions = await definitionsOf('examples/shop');
    const { files, notes } = generateDashboards({ ...definitions, dashboards: [shopDashboard] });
    const { path } = files.find((file) => file.path.endsWith('/shop-orders.json')) ?? {};
    expect(path).toBe('grafana/dashboards/shop-orders.json');
    expect(notes).toContainEqual({
      severity: 'error',
      about: 'Shop / Orders',
      message: expect.stringContaining('(template-instance-rule)') as string,
    });
  });

  it('are narrowed down by labels that tell installations apart, when a site has such', async () => {
    const definitions = await definitionsOf('examples/shop');
    const { files, notes } = generateDashboards({ ...definitions, scopeLabels: ['cluster'] });
    expect(notes).toEqual([]);
    const overview = files.find((file) => file.path.endsWith('overview.json'))?.text ?? '';
    const { panels, templating } = JSON.parse(overview) as {
      panels: { targets?: { expr: string }[] }[];
      templating: { list: { name: string; allValue?: string }[] };
    };
    expect(templating.list[1]).toMatchObject({ name: 'cluster', allValue: '.*' });
    for (const { expr } of panels.flatMap(({ targets = [] }) => targets))
      expect(expr.split('cluster=~"$cluster"').length - 1).toBe(expr.split('{').length - 1);
  });

  it('are none without SLOs', () => {
    expect(generateDashboards({ services: [], slos: [] }).files).toEqual([]);
  });
});
