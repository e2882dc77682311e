// Makes Prometheus rule files: one a service, with the counters, windows, alerts and budgets of its SLOs.
import { generatePrometheusRules } from '../alerts/rules/prometheus-rules.ts';
import type { PrometheusTarget } from '../alerts/rules/prometheus-target.ts';
import type { Generator } from './artifact.ts';

const FOLDER = 'prometheus-rules';

export const prometheusRulesGenerator: Generator = {
  kind: 'prometheus-rules',
  title: 'Prometheus recording and alerting rules',
  generate({ slos }, { prometheus }) {
    const made = generatePrometheusRules(slos, { target: prometheus as PrometheusTarget });
    return {
      artifacts: made.files.map(({ path, text, sourceIds }) => ({
        path: `${FOLDER}/${path}`,
        kind: this.kind,
        text,
        sources: sourceIds,
      })),
      notes: made.notes.map(({ slo, severity, reason }) => ({
        severity,
        kind: this.kind,
        source: slo,
        message: reason,
      })),
    };
  },
};
