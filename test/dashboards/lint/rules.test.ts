// Each rule of the linter finds what breaks it, in any dashboard of Grafana's, and nothing in one that is right.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintDashboard, LINT_RULES } from '../../../dashboards/lint/lint-dashboard.ts';
import { lintDashboards } from '../../../dashboards/lint/lint-dashboards.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';

type Json = Record<string, unknown>;

const datasource = { type: 'prometheus', uid: '${datasource}' };

const chooser = (name: string): Json => ({
  name,
  label: name,
  type: 'query',
  query: `label_values(up, ${name})`,
  datasource,
  multi: true,
  allValue: '.+',
  refresh: 2,
});

const variables = [
  { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
  chooser('job'),
  chooser('instance'),
];

const SELECTED = 'job=~"$job",instance=~"$instance"';

const panel = (change: Json = {}): Json => ({
  id: 1,
  type: 'timeseries',
  title: 'Requests',
  description: 'From requests_total.',
  datasource,
  gridPos: { x: 0, y: 0, w: 12, h: 8 },
  fieldConfig: { defaults: { unit: 'reqps', noValue: 'No traffic' }, overrides: [] },
  targets: [
    { refId: 'A', expr: `sum(rate(requests_total{${SELECTED}}[$__rate_interval]))`, datasource },
  ],
  ...change,
});

const asking = (expr: string, change: Json = {}): Json =>
  panel({ targets: [{ refId: 'A', expr, datasource }], ...change });

const dashboard = (change: Json = {}): Json => ({
  uid: 'requests',
  title: 'Requests',
  editable: false,
  schemaVersion: 42,
  templating: { list: variables },
  panels: [panel()],
  ...change,
});

const withPanel = (own: Json): Json => dashboard({ panels: [own] });
const withVariable = (index: number, change: Json): Json =>
  dashboard({
    templating: {
      list: variables.map((each, at) => (at === index ? { ...each, ...change } : each)),
    },
  });
const without = (name: string): Json =>
  dashboard({
    templating: { list: variables.filter((each) => each['name'] !== name) },
    panels: [],
  });

const api = sloOf('api', { sli: prometheusRatio({ total: 'a_total', bad: 'b_total' }) });
const rates = (value: number): Json =>
  asking(`ninefold_slo_burn_rate{slo="shop/api",${SELECTED}}`, {
    description: 'ninefold_slo_burn_rate of shop/api.',
    fieldConfig: {
      defaults: {
        unit: 'none',
        noValue: 'No traffic',
        thresholds: { steps: [{ value: null }, { value }] },
      },
    },
  });

const knowledge = {
  slos: [api],
  metrics: new Set(['requests_total', 'lag_seconds', 'wait_seconds_bucket', 'size_bytes']),
};
const rulesBroken = (json: unknown): readonly string[] => [
  ...new Set(lintDashboard(json, knowledge).findings.map(({ rule }) => rule)),
];

/** A dashboard whose reader chooses a cluster, too. */
const inCluster = (own: Json): Json =>
  dashboard({ templating: { list: [...variables, chooser('cluster')] }, panels: [own] });

it('has the seventeen rules of dashboard-linter and its own', () => {
  expect(LINT_RULES.map(({ name }) => name)).toEqual([
    'template-datasource-rule',
    'template-job-rule',
    'template-instance-rule',
    'template-label-promql-rule',
    'template-on-time-change-reload-rule',
    'panel-datasource-rule',
    'panel-title-description-rule',
    'panel-units-rule',
    'panel-no-targets-rule',
    'target-promql-rule',
    'target-logql-rule',
    'target-rate-interval-rule',
    'target-job-rule',
    'target-instance-rule',
    'target-counter-agg-rule',
    'target-logql-auto-rule',
    'uneditable-dashboard',
    'stable-uid-rule',
    'unique-panel-id-rule',
    'panel-layout-rule',
    'visible-panels-rule',
    'panel-empty-state-rule',
    'description-source-rule',
    'unit-fits-rule',
    'known-variable-rule',
    'known-series-rule',
    'threshold-equals-alert-rule',
    'known-metric-rule',
    'cluster-selector-rule',
  ]);
});

it('tells every rule in the documentation', () => {
  const page = readFileSync(
    path.join(import.meta.dirname, '../../../docs/dashboards-check-and-push.md'),
    'utf8',
  );
  const told = new Set([...page.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name));
  expect(LINT_RULES.map(({ name }) => name).filter((name) => !told.has(name))).toEqual([]);
});

it('finds nothing in a dashboard that is right', () => {
  expect(lintDashboard(dashboard(), { slos: [api] }).findings).toEqual([]);
});

describe('a rule finds its breach and no other rule does', () => {
  const loki = { type: 'loki', uid: '${loki_datasource}' };
  const both = [
    { ...variables[0], name: 'prometheus_datasource', label: 'Prometheus data source' },
    { name: 'loki_datasource', label: 'Loki data source', type: 'datasource', query: 'loki' },
    ...variables.slice(1).map((each) => ({
      ...each,
      datasource: { type: 'prometheus', uid: '${prometheus_datasource}' },
    })),
  ];
  const withLogs = (expr: string): Json =>
    dashboard({
      templating: { list: both },
      panels: [
        {
          id: 1,
          type: 'logs',
          title: 'Logs',
          description: 'From the log.',
          datasource: loki,
          targets: [{ refId: 'A', expr, datasource: loki }],
        },
      ],
    });

  it.each<[string, Json]>([
    ['template-datasource-rule', withVariable(0, { label: 'Source' })],
    ['template-job-rule', without('job')],
    ['template-job-rule', withVariable(1, { multi: false })],
    ['template-job-rule', withVariable(1, { allValue: '.*' })],
    ['template-job-rule', withVariable(1, { label: 'Job' })],
    ['template-instance-rule', without('instance')],
    ['template-instance-rule', withVariable(2, { datasource: { uid: 'abc' } })],
    ['template-label-promql-rule', withVariable(1, { query: 'label_values(up{a=}, job)' })],
    ['template-label-promql-rule', withVariable(1, { query: 'jobs()' })],
    ['template-on-time-change-reload-rule', withVariable(1, { refresh: 1 })],
    ['panel-datasource-rule', withPanel(panel({ datasource: { type: 'prometheus', uid: 'abc' } }))],
    ['panel-title-description-rule', withPanel(panel({ title: '' }))],
    ['panel-units-rule', withPanel(panel({ fieldConfig: { defaults: { noValue: 'None' } } }))],
    [
      'panel-units-rule',
      withPanel(panel({ fieldConfig: { defaults: { unit: 'furlongs', noValue: 'None' } } })),
    ],
    ['panel-no-targets-rule', withPanel(panel({ targets: [] }))],
    [
      'target-promql-rule',
      withPanel(asking(`sum(rate(requests_total{${SELECTED}}[$__rate_interval])`)),
    ],
    ['target-logql-rule', withLogs('{app="x"} | json |')],
    ['target-logql-auto-rule', withLogs('sum(rate({app="x"}[5m]))')],
    [
      'target-rate-interval-rule',
      withPanel(asking(`sum(rate(requests_total{${SELECTED}}[5m] offset 1h))`)),
    ],
    [
      'target-job-rule',
      withPanel(asking('sum(rate(requests_total{instance=~"$instance"}[$__rate_interval]))')),
    ],
    [
      'target-instance-rule',
      withPanel(asking('sum(rate(requests_total{job=~"$job"}[$__rate_interval]))')),
    ],
    ['target-counter-agg-rule', withPanel(asking(`sum(requests_total{${SELECTED}})`))],
    ['uneditable-dashboard', dashboard({ editable: true })],
    ['stable-uid-rule', dashboard({ uid: 'a uid' })],
    ['stable-uid-rule', dashboard({ uid: 'x'.repeat(41) })],
    [
      'unique-panel-id-rule',
      dashboard({ panels: [panel(), panel({ gridPos: { x: 12, y: 0, w: 12, h: 8 } })] }),
    ],
    ['unique-panel-id-rule', withPanel(panel({ id: 0 }))],
    [
      'panel-layout-rule',
      dashboard({ panels: [panel(), panel({ id: 2, gridPos: { x: 11, y: 7, w: 2, h: 2 } })] }),
    ],
    ['panel-layout-rule', withPanel(panel({ gridPos: { x: 14, y: 0, w: 12, h: 8 } }))],
    [
      'visible-panels-rule',
      dashboard({
        panels: Array.from({ length: 25 }, (_, at) =>
          panel({ id: at + 1, gridPos: { x: 0, y: 8 * at, w: 24, h: 8 } }),
        ),
      }),
    ],
    ['panel-empty-state-rule', withPanel(panel({ fieldConfig: { defaults: { unit: 'reqps' } } }))],
    ['description-source-rule', withPanel(panel({ description: 'Traffic.' }))],
    [
      'unit-fits-rule',
      withPanel(asking(`max(lag_seconds{${SELECTED}})`, { description: 'lag_seconds' })),
    ],
    [
      'known-variable-rule',
      withPanel(asking(`sum(rate(requests_total{${SELECTED},a="$code"}[$__rate_interval]))`)),
    ],
    [
      'known-series-rule',
      withPanel(asking(`ninefold_slo_burn{${SELECTED}}`, { description: 'ninefold_slo_burn' })),
    ],
    ['threshold-equals-alert-rule', withPanel(rates(14))],
    [
      'known-metric-rule',
      withPanel(
        asking(`sum(rate(request_total{${SELECTED}}[$__rate_interval]))`, {
          description: 'request_total',
        }),
      ),
    ],
    ['cluster-selector-rule', inCluster(panel())],
    [
      'dashboard-size-rule',
      withPanel(asking(`max(lag_seconds{${SELECTED}})${' + 1'.repeat(3000)}`)),
    ],
  ])('%s', (rule, json) => {
    expect(rulesBroken(json)).toEqual([rule]);
  });

  it('knows the numbers of the alerts of an SLO', () => {
    expect(rulesBroken(withPanel(rates(14.4)))).toEqual([]);
  });

  const right: readonly Json[] = [
    dashboard(),
    withPanel(rates(14.4)),
    withLogs('sum(rate({app="x"} | json [$__auto]))'),
    inCluster(
      asking(`sum(rate(requests_total{${SELECTED},cluster=~"$cluster"}[$__rate_interval]))`),
    ),
    withPanel(
      asking(
        `histogram_quantile(0.9, sum by (le) (rate(wait_seconds_bucket{${SELECTED}}[$__rate_interval])))`,
        {
          description: 'From wait_seconds.',
          fieldConfig: { defaults: { unit: 's', noValue: 'No traffic' } },
        },
      ),
    ),
    withPanel(
      asking(`max(size_bytes{${SELECTED}})`, {
        description: 'From size_bytes.',
        fieldConfig: { defaults: { unit: 'bytes', noValue: 'No data' } },
      }),
    ),
    withPanel(asking(`sum(increase(requests_total{${SELECTED}}[1h]))`)),
    dashboard({
      panels: [
        panel(),
        { type: 'row', id: 2, title: 'More', collapsed: true, panels: [panel({ id: 3 })] },
      ],
    }),
  ];

  it.each([...LINT_RULES.map(({ name }) => name), 'dashboard-size-rule'])(
    '%s is silent where all is right',
    (rule) => {
      for (const json of right) expect(rulesBroken(json)).not.toContain(rule);
    },
  );
});

it('calls no metric unknown when nobody says which there are', () => {
  const json = withPanel(asking(`max(lags{${SELECTED}})`, { description: 'lags' }));
  expect(rulesBroken(json)).toEqual(['known-metric-rule']);
  expect(lintDashboard(json).findings).toEqual([]);
});

it('misses the variable of a label that tells installations apart', () => {
  const { findings } = lintDashboard(dashboard(), { scopeLabels: ['region'] });
  expect(findings.map(({ rule, message }) => [rule, message])).toEqual([
    ['cluster-selector-rule', expect.stringContaining('no variable region')],
  ]);
});

describe('what the linter reads', () => {
  it('is also panels in closed rows, in rows of Grafana 4, and what the API answers', () => {
    const bad = panel({ title: '' });
    const rule = ['panel-title-description-rule'];
    expect(rulesBroken(withPanel({ id: 9, type: 'row', collapsed: true, panels: [bad] }))).toEqual(
      rule,
    );
    expect(rulesBroken(dashboard({ panels: undefined, rows: [{ panels: [bad] }] }))).toEqual(rule);
    expect(rulesBroken({ meta: {}, dashboard: withPanel(bad) })).toEqual(rule);
  });

  it.each([
    [undefined],
    [null],
    [[]],
    ['text'],
    [{}],
    [{ panels: 7 }],
    [{ panels: [null, 7], templating: { list: [null] } }],
  ])('is never too strange: %j', (json) => {
    expect(rulesBroken(json).length).toBeGreaterThan(0);
  });

  it('names the panel, the query, the value and the remedy', () => {
    const [finding] = lintDashboard(withPanel(asking(`sum(requests_total{${SELECTED}})`))).findings;
    expect(finding).toEqual({
      rule: 'target-counter-agg-rule',
      severity: 'error',
      dashboard: 'Requests',
      panel: 'Requests',
      path: '$.panels[0].targets[0]',
      target: { refId: 'A', index: 0 },
      message: 'The counter requests_total is shown as it is.',
      remedy: 'Put it into rate, irate or increase.',
    });
  });
});

describe('exceptions', () => {
  const exceptions = [{ rule: 'uneditable-dashboard', reason: 'a playground' }];

  it('are counted with their reason', () => {
    const { findings, excepted, unused } = lintDashboard(dashboard({ editable: true }), {
      exceptions,
    });
    expect(findings).toEqual([]);
    expect(excepted).toMatchObject([{ rule: 'uneditable-dashboard', reason: 'a playground' }]);
    expect(unused).toEqual([]);
  });

  it('are told when nothing needs them', () => {
    expect(lintDashboard(dashboard(), { exceptions }).unused).toEqual(exceptions);
  });
});

it('finds two dashboards with one uid or title', () => {
  const file = { json: dashboard(), exceptions: [] };
  expect(lintDashboards([file, file]).findings.map(({ rule }) => rule)).toEqual([
    'unique-uid-rule',
    'unique-title-rule',
  ]);
});
