// Since when an alert fires, asked of the real promtool: over pauses, from before the window, and group by group.
import { expect, it } from 'vitest';
import { firingSince } from '../../dashboards/pages/firing.ts';
import { textIn } from '../../dashboards/signal.ts';
import { testFile, testRules, VERSIONS } from '../alerts/rules/promtool.ts';
import { ratioSlo } from '../collector/sources/prometheus/slo-fixture.ts';
import { describeWithService } from '../services/services.ts';

const slos = [ratioSlo('a'), ratioSlo('b'), ratioSlo('c')];
const [signal] = [
  firingSince({ slos, site: { source: 'collector', hasRules: () => false }, matchers: '', by: [] }),
];
const expression = (textIn(signal.queries[0]?.expression ?? '', 'collector') ?? '').replaceAll(
  /\$job|\$instance/g,
  '.+',
);

const OWN = 'service="api",team="t",job="ninefold",instance="i"';
const firing = (slo: string, severity: string, more: string, values: string) => ({
  series: `ninefold_slo_alert_firing{slo="${slo}",alert="ErrorBudgetBurn",severity="${severity}",${more}${OWN}}`,
  values,
});
const objective = (slo: string, values: string) => ({
  series: `ninefold_slo_objective_ratio{slo="${slo}",${OWN}}`,
  values,
});

const sample = (slo: string, severity: string, value: number) => ({
  labels: `{alert="ErrorBudgetBurn", service="api", severity="${severity}", slo="${slo}", team="t"}`,
  value,
});

describeWithService(['promtool', 'promtool-2.42'], 'the age of an alert of the collector', () => {
  it.each(VERSIONS)('is the time since it last did not fire, in %s', (target) => {
    const test = testFile(
      [],
      [],
      [
        {
          interval: '1m',
          input_series: [
            objective('api/a', '0.999x600'),
            // It fired for an hour, was silent for one, and fires again for ten minutes.
            firing('api/a', 'page', '', '_x420 1x59 stale _x59 1x60'),
            // Its ticket has fired for longer than anybody looks back.
            firing('api/a', 'ticket', '', '1x600'),
            // Of its groups, one after the other: the SLO has been in trouble since the first of them.
            objective('api/b', '0.999x600'),
            firing('api/b', 'page', 'zone="x",', '_x500 1x20 stale'),
            firing('api/b', 'page', 'zone="y",', '_x510 1x60'),
            // Known only since it fires.
            objective('api/c', '_x540 0.999x60'),
            firing('api/c', 'page', '', '_x540 1x60'),
          ],
          promql_expr_test: [
            {
              expr: expression,
              eval_time: '551m',
              exp_samples: [
                sample('api/a', 'page', 720),
                // Ranges are open at their beginning since Prometheus 3.
                sample('api/a', 'ticket', target === '2.42' ? 21_600 : 21_540),
                sample('api/b', 'page', 3120),
                sample('api/c', 'page', 660),
              ],
            },
          ],
        },
      ],
    );
    const { output } = testRules(target, { 'test.json': test }, 'test.json');
    expect(output).toContain('SUCCESS');
  });
});
