// Makes the same Prometheus rules as Kubernetes resources, for the Prometheus operator.
import { prometheusRuleManifest } from '../alerts/rules/prometheus-rule-manifest.ts';
import { generatePrometheusRules } from '../alerts/rules/prometheus-rules.ts';
import type { PrometheusTarget } from '../alerts/rules/prometheus-target.ts';
import type { Generator } from './artifact.ts';

const FOLDER = 'kubernetes';

export const ruleManifestsGenerator: Generator = {
  kind: 'prometheus-rule-manifests',
  title: 'PrometheusRule resources for Kubernetes',
  generate({ slos }, { prometheus }) {
    // What the rules leave out is told with the rule files.
    const { services } = generatePrometheusRules(slos, { target: prometheus as PrometheusTarget });
    return {
      artifacts: services.map((rules) => ({
        path: `${FOLDER}/${rules.service}.prometheusrule.yaml`,
        kind: this.kind,
        text: prometheusRuleManifest(rules),
        sources: rules.sourceIds,
      })),
      notes: [],
    };
  },
};
