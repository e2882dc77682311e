// Every query of the dashboards for a site with generated rules, asked of the real promtool of both lines.
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../alerts/rules/prometheus-rules.ts';
import { dashboardPages } from '../../dashboards/dashboard-pages.ts';
import { prometheusLatency } from '../../slo/sli/prometheus-latency.ts';
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
          input_series: [
            ...series('api', 'a', 30),
            ...series('by-zone', 'a', 30),
            ...series('by-zone', 'b', 0),
            ...latency,
          ],
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
});
