// SLOs that share their rules: promtool of both lines loads them, and they pass the tests made with them.
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { generateRuleTests } from '../../../alerts/rules/rule-tests.ts';
import { FEWEST_SHARING } from '../../../alerts/rules/slo-family.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import { calendar } from '../../../slo/window.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';
import { describeWithService } from '../../services/services.ts';
import { checkRules, testRules, VERSIONS } from './promtool.ts';

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
});
