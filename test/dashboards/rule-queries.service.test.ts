// Every query of the dashboards for a site with generated rules, asked of the real promtool of both lines.
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../alerts/rules/prometheus-rules.ts';
import { dashboardPages } from '../../dashboards/dashboard-pages.ts';
import { budgetOf } from '../../slo/budget.ts';
import { prometheusLatency } from '../../slo/sli/prometheus-latency.ts';
import type { Slo } from '../../slo/slo.ts';
import { testFile, testRules, VERSIONS } from '../alerts/rules/promtool.ts';
import { ratioSlo, sloOf } from '../collector/sources/prometheus/slo-fixture.ts';
import { describeWithService } from '../services/services.ts';
import { panelQueries } from './panel-queries.ts';

const slos = [
  ratioSlo('api'),
  sloOf('latency', {
    objective: '99%',
    sli: prometheusLatency({
      histogram: 'request_seconds',
      selector: '{job="api"}',
      atMost: '300ms',
    }),
  }),
  { ...ratioSlo('by-zone'), groupBy: { labels: ['zone'], limit: 10 } },
];

/** Three hours of traffic, of which the last quarter of an hour failed in part. */
const series = (job: string, zone: string, bad: number) => [
  { series: `requests_total{job="${job}",zone="${zone}",code="200"}`, values: '0+90x360' },
  {
    series: `requests_total{job="${job}",zone="${zone}",code="500"}`,
    values: `0x330 ${bad}+${bad}x30`,
  },
];

const latency = [
  { series: 'request_seconds_bucket{job="api",le="0.3"}', values: '0+95x360' },
  { series: 'request_seconds_bucket{job="api",le="+Inf"}', values: '0+100x360' },
  { series: 'request_seconds_count{job="api"}', values: '0+100x360' },
];

const INPUT = [
  ...series('api', 'a', 30),
  ...series('by-zone', 'a', 30),
  ...series('by-zone', 'b', 0),
  ...latency,
];

/** Counters that stand still in the end, so that nothing is under way: 340 ticks of traffic, failures in the last ten. */
const stopped = (job: string, zone: string, bad: number) => [
  {
    series: `requests_total{job="${job}",zone="${zone}",code="200"}`,
    values: '0+90x340 30600x60',
  },
  {
    series: `requests_total{job="${job}",zone="${zone}",code="500"}`,
    values: `0x330 ${bad}+${bad}x9 ${bad * 10}x60`,
  },
];
const STOPPED = [
  ...stopped('api', 'a', 30),
  ...stopped('by-zone', 'a', 30),
  ...stopped('by-zone', 'b', 0),
  { series: 'request_seconds_bucket{job="api",le="0.3"}', values: '0+95x340 32300x60' },
  { series: 'request_seconds_bucket{job="api",le="+Inf"}', values: '0+100x340 34000x60' },
  { series: 'request_seconds_count{job="api"}', values: '0+100x340 34000x60' },
];

/** What that is in the end, by SLO and group. */
const FAILING = { total: 30_900, bad: 300 };
const COUNTED: Readonly<
  Record<string, readonly { readonly total: number; readonly bad: number }[]>
> = {
  api: [FAILING],
  latency: [{ total: 34_000, bad: 1700 }],
  'by-zone': [FAILING, { total: 30_600, bad: 0 }],
};

/** Of each panel of an SLO its query, what it must show, and how far off it may be: half of a ratio's last digit. */
function shownNumbers(slo: Slo): readonly { expression: string; value: number; half: number }[] {
  const page = dashboardPages({ services: [slo.service], slos: [slo], source: 'rules' }).find(
    ({ dashboard }) => dashboard.title.startsWith('Service'),
  );
  if (page === undefined) throw new Error(`no page of ${slo.id}`);
  const queries = panelQueries(page.dashboard, 'rules');
  const groups = COUNTED[slo.name] ?? [];
  const budgets = groups.map((counts) => budgetOf({ ...counts, scale: 1 }, slo.objective));
  const worst = (values: readonly (number | undefined)[]): number =>
    Math.min(...values.map((value) => value ?? Number.NaN));
  const number = (panel: string, value: number, half: number) => {
    const query = queries.find((each) => each.panel === panel);
    if (query === undefined) throw new Error(`no panel ${panel}`);
    return { expression: query.expression, value, half };
  };
  const sum = (side: 'total' | 'bad'): number =>
    groups.reduce((all, counts) => all + counts[side], 0);
  return [
    number('Budget left', worst(budgets.map((each) => each.budgetRemaining)), 0.0005),
    number('Good events', worst(budgets.map((each) => each.sli)), 0.000_05),
    // Prometheus' rates estimate what lies at the ends of a range; of a ratio's two sides alike.
    number('Events', sum('total'), 0.005 * sum('total')),
    number('Bad events', sum('bad'), 0.005 * sum('bad')),
  ];
}

describeWithService(['promtool', 'promtool-2.42'], 'dashboards of the rules’ series', () => {
  it.each(VERSIONS)('have an answer to every query in %s', (target) => {
    const { files, services: rules } = generatePrometheusRules(slos, { target });
    const ruleFiles = Object.fromEntries(files.map(({ path, text }) => [path, text]));
    const services = [...new Map(slos.map(({ service }) => [service.name, service])).values()];
    const queries = dashboardPages({ services, slos, source: 'rules' }).flatMap(({ dashboard }) =>
      panelQueries(dashboard, 'rules'),
    );
    expect(queries.length).toBeGreaterThan(60);
    const test = testFile(
      Object.keys(ruleFiles),
      rules.flatMap(({ groups }) => groups.map(({ name }) => name)),
      [
        {
          interval: '30s',
          input_series: INPUT,
          promql_expr_test: queries.map(({ expression }) => ({
            // Three hours know nothing of last week; everything else has an answer.
            expr: `count(${expression}) > bool 0${expression.includes('offset 7d') ? ' or vector(1)' : ''}`,
            eval_time: '3h',
            exp_samples: [{ labels: '{}', value: 1 }],
          })),
        },
      ],
    );
    const { output } = testRules(target, { ...ruleFiles, 'test.json': test }, 'test.json');
    expect(output).toContain('SUCCESS');
  });

  it.each(VERSIONS)(
    'show what is left to the digit, and nearly what was counted, in %s',
    (target) => {
      const { files, services: rules } = generatePrometheusRules(slos, { target });
      const ruleFiles = Object.fromEntries(files.map(({ path, text }) => [path, text]));
      const numbers = slos.flatMap(shownNumbers);
      expect(numbers).toHaveLength(12);
      const test = testFile(
        Object.keys(ruleFiles),
        rules.flatMap(({ groups }) => groups.map(({ name }) => name)),
        [
          {
            interval: '30s',
            input_series: STOPPED,
            promql_expr_test: numbers.map(({ expression, value, half }) => ({
              expr: `sum(abs((${expression}) - (${value}))) <= bool ${half}`,
              eval_time: '3h10m',
              exp_samples: [{ labels: '{}', value: 1 }],
            })),
          },
        ],
      );
      const { output } = testRules(target, { ...ruleFiles, 'test.json': test }, 'test.json');
      expect(output).toContain('SUCCESS');
    },
  );
});
