// SLOs that share their rules: promtool of both lines loads them, and they pass the tests made with them.
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { generateRuleTests } from '../../../alerts/rules/rule-tests.ts';
import { FEWEST_SHARING } from '../../../alerts/rules/slo-family.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import { ALERTS } from '../../../slo/names.ts';
import { calendar } from '../../../slo/window.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';
import { describeWithService } from '../../services/services.ts';
import { checkRules, testFile, testRules, VERSIONS } from './promtool.ts';

const slos = Array.from({ length: FEWEST_SHARING }, (_, index) =>
  sloOf(`route-r${index}`, {
    window: calendar('month', 'Europe/Berlin'),
    groupBy: { labels: ['zone'], limit: 10 },
    labels: { index: String(index % 2) },
    sli: prometheusRatio({
      total: `m_total{route="r${index}"}`,
      good: `m_total{route="r${index}",code!~"5.."}`,
    }),
  }),
);

describeWithService(['promtool', 'promtool-2.42'], 'rules that SLOs share', () => {
  it.each(VERSIONS)(
    'load in %s, and one of the family passes its tests',
    (version) => {
      const rules = generatePrometheusRules(slos, { target: version });
      const tests = generateRuleTests(slos, rules);
      expect(rules.files.map(({ sourceIds }) => sourceIds.length)).toEqual([slos.length]);
      expect(tests.files.map(({ sourceIds }) => sourceIds)).toEqual([
        [`shop/route-r${FEWEST_SHARING - 1}`],
      ]);
      const files = Object.fromEntries(
        [...rules.files, ...tests.files].map(({ path, text }) => [path, text]),
      );
      const [own] = rules.files;
      expect(checkRules(version, { 'shared.yaml': own?.text ?? '' }).output).toContain('SUCCESS');
      // The old promtool is several times as slow, and judges shared rules with the three judges.
      if (version !== '3.15') return;
      const { passes, output } = testRules(version, files, tests.files[0]?.path ?? '');
      expect(passes ? '' : output.slice(0, 3000)).toBe('');
    },
    300_000,
  );

  it.each(VERSIONS.flatMap((version) => [true, false].map((shared) => ({ version, shared }))))(
    'alert in $version with the labels and words of each SLO, shared: $shared',
    ({ version, shared }) => {
      // One of other words has alerts of its own, whatever it shares besides.
      const told = named.map((slo, index) =>
        index === 4 ? { ...slo, description: 'Search' } : slo,
      );
      const { files, services } = generatePrometheusRules(told, {
        target: version,
        shared,
        firstDay: false,
      });
      const groups = services.flatMap((service) => service.groups);
      const alerts = groups.flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule));
      // A page, a ticket and one that says that data are missing: of all others together, and of the one by itself.
      expect(alerts).toHaveLength(3 * (shared ? 2 : FEWEST_SHARING));
      const down = (route: number): boolean => route === 3 || route === 4;
      const test = testFile(
        files.map(({ path }) => path),
        groups.map(({ name }) => name),
        [
          {
            interval: '30s',
            input_series: told.flatMap(({ id }, route) => [
              seriesOf(route, '500', down(route) ? '0+30x60' : '0+0x60'),
              seriesOf(route, '200', '0+0x60'),
              // A collector that is scraped as well: its series decide nothing, and say nothing here.
              ...['5m', '1h', '30m', '6h'].map((window) => ({
                series: `ninefold_slo_burn_rate{slo="${id}",service="shop",team="shop",tier="standard",window="${window}",job="ninefold",instance="n"}`,
                values: '500x60',
              })),
            ]),
            promql_expr_test: [],
            alert_rule_test: [
              {
                alertname: ALERTS.burn,
                eval_time: '30m',
                exp_alerts: [
                  alertOf(3, 'shop/route-r3', 'page'),
                  alertOf(4, 'Search', 'page'),
                  alertOf(3, 'shop/route-r3', 'ticket'),
                  alertOf(4, 'Search', 'ticket'),
                ],
              },
            ],
          },
        ],
      );
      const texts = files.map(({ path, text }) => [path, text] as const);
      const { passes, output } = testRules(
        version,
        { ...Object.fromEntries(texts), 'words.test.yaml': test },
        'words.test.yaml',
      );
      expect(passes ? '' : output).toBe('');
      expect(checkRules(version, Object.fromEntries(texts)).output).not.toContain('duplicate');
    },
  );
});

const named = Array.from({ length: FEWEST_SHARING }, (_, index) =>
  sloOf(`route-r${index}`, {
    runbookUrl: `https://runbooks.example/shop#route-r${index}`,
    dashboardUrl: `https://grafana.example/d/x?var-slo=shop/route-r${index}`,
    sli: prometheusRatio({
      total: `m_total{route="r${index}"}`,
      bad: `m_total{route="r${index}",code="500"}`,
    }),
  }),
);

function seriesOf(route: number, code: string, values: string) {
  return { series: `m_total{route="r${route}",code="${code}",job="j",instance="i"}`, values };
}

function alertOf(route: number, description: string, severity: 'page' | 'ticket') {
  const id = `shop/route-r${route}`;
  const rates = ['5m', '1h', '30m', '2h', '6h', '1d', '3d'].map((window) => `${window} 1e+03×, `);
  return {
    exp_labels: { slo: id, service: 'shop', team: 'shop', tier: 'standard', severity },
    exp_annotations: {
      summary: `${id} burns its error budget at 1e+03×`,
      description: `99.9% of ${description} in 30d is at stake. Follow the runbook. See first which series fail: topk(10, rate(m_total{route="r${route}",code="500"}[5m])).`,
      fired_by:
        severity === 'page'
          ? '1h/5m above 14.4×; 6h/30m above 6×; '
          : '1d/2h above 3×; 3d/6h above 1×; ',
      burn_rates: rates.join(''),
      budget_remaining: '-9.99e+04%',
      runbook_url: `https://runbooks.example/shop#route-r${route}`,
      dashboard_url: `https://grafana.example/d/x?var-slo=${id}`,
      query_url: `/graph?g0.expr=ninefold_slo_burn_rate%7Bslo%3D%22shop%2Froute-r${route}%22%2Cninefold_by%3D%22rules%22%7D&g0.tab=0`,
    },
  };
}
