// Generated rules in the real promtool of both lines: they load, and they say what happened.
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';
import { describeWithService } from '../../services/services.ts';
import { checkRules, testFile, testRules, VERSIONS } from './promtool.ts';

const api = sloOf('api', {
  sli: prometheusRatio({
    total: 'requests_total{job="api"}',
    bad: 'requests_total{job="api",code=~"5.."}',
  }),
});

const OK = 'requests_total{job="api",instance="a",code="200"}';
const FAILED = 'requests_total{job="api",instance="a",code="500"}';

const page = (state: string) =>
  `count(ALERTS{alertname="ErrorBudgetBurn",slo="shop/api",service="shop",severity="page",alertstate="${state}"})`;

describeWithService(['promtool', 'promtool-2.42'], 'generated rules', () => {
  it.each(VERSIONS)(
    'page in %s after 52 s of a total outage and keep on half an hour',
    (target) => {
      const { files, services, notes } = generatePrometheusRules([api], {
        target,
        firstDay: false,
      });
      expect(notes).toEqual([]);
      const order = services.flatMap(({ groups }) => groups.map(({ name }) => name));
      const rules = Object.fromEntries(files.map(({ path, text }) => [path, text]));
      expect(checkRules(target, rules).output).toContain('SUCCESS');
      // Two hours of 100 requests in 30 s; then everything fails for 5 minutes.
      const series = [
        { series: OK, values: '0+100x240 24000x10 24100+100x120' },
        { series: FAILED, values: '_x240 100+100x10 1100x121' },
      ];
      const firing = (at: string, value: number | undefined) => ({
        expr: page('firing'),
        eval_time: at,
        exp_samples: value === undefined ? [] : [{ labels: '{}', value }],
      });
      const budget = (at: string, series: string, value: number) => ({
        expr: series,
        eval_time: at,
        exp_samples: [
          {
            labels:
              '{ninefold_by="rules", service="shop", slo="shop/api", team="shop", tier="standard"}',
            value,
          },
        ],
      });
      const test = testFile(Object.keys(rules), order, [
        {
          interval: '30s',
          input_series: series,
          promql_expr_test: [
            // The first failures are in the sample of 2 h; two samples of failures are 52 s and more.
            firing('120m30s', undefined),
            firing('121m', 1),
            firing('130m', 1),
            firing('2h35m', 1),
            // The slower pair is decided in a group of its own, an evaluation before.
            firing('3h06m', undefined),
            budget('2h10m30s', 'sum without (__name__) (ninefold_slo_window_events)', 26_000),
            budget('2h10m30s', 'sum without (__name__) (ninefold_slo_window_bad_events)', 1100),
          ],
        },
      ]);
      expect(testRules(target, { ...rules, 'test.json': test }, 'test.json').output).toContain(
        'SUCCESS',
      );
    },
  );
});
