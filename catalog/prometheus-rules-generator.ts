// Makes Prometheus rule files, one a service, and the tests that prove them with promtool.
import { generatePrometheusRules } from '../alerts/rules/prometheus-rules.ts';
import type { PrometheusTarget } from '../alerts/rules/prometheus-target.ts';
import { generateRuleTests } from '../alerts/rules/rule-tests.ts';
import type { Generator } from './artifact.ts';

const FOLDER = 'prometheus-rules';

export const prometheusRulesGenerator: Generator = {
  kind: 'prometheus-rules',
  title: 'Prometheus recording and alerting rules, and their tests',
  generate({ slos }, { prometheus }) {
    const rules = generatePrometheusRules(slos, { target: prometheus as PrometheusTarget });
    const tests = generateRuleTests(slos, rules);
    return {
      artifacts: [...rules.files, ...tests.files].map(({ path, text, sourceIds }) => ({
        path: `${FOLDER}/${path}`,
        kind: this.kind,
        text,
        sources: sourceIds,
      })),
      notes: [...rules.notes, ...tests.notes].map(({ slo, severity, reason }) => ({
        severity,
        kind: this.kind,
        source: slo,
        message: reason,
      })),
    };
  },
};
