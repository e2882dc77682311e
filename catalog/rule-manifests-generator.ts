// Makes the same Prometheus rules as Kubernetes resources, for the Prometheus operator.
import {
  isTooLarge,
  prometheusRuleManifests,
  type RuleManifest,
} from '../alerts/rules/prometheus-rule-manifest.ts';
import { generatePrometheusRules } from '../alerts/rules/prometheus-rules.ts';
import type { PrometheusTarget } from '../alerts/rules/prometheus-target.ts';
import type { Artifact, Generator, GeneratorNote } from './artifact.ts';

const FOLDER = 'kubernetes';

export const ruleManifestsGenerator: Generator = {
  kind: 'prometheus-rule-manifests',
  title: 'PrometheusRule resources for Kubernetes',
  generate({ slos, config }, { prometheus }) {
    // What the rules leave out is told with the rule files.
    const { services } = generatePrometheusRules(slos, { target: prometheus as PrometheusTarget });
    const artifacts: Artifact[] = [];
    const notes: GeneratorNote[] = [];
    for (const rules of services) {
      for (const manifest of prometheusRuleManifests(rules, config?.kubernetes?.ruleLabels)) {
        const path = `${FOLDER}/${manifest.name}.prometheusrule.yaml`;
        artifacts.push({ path, kind: this.kind, text: manifest.text, sources: rules.sourceIds });
        if (isTooLarge(manifest)) notes.push(tooLarge(this.kind, rules.service, manifest));
      }
    }
    return { artifacts, notes };
  },
};

function tooLarge(kind: string, source: string, { name }: RuleManifest): GeneratorNote {
  return {
    severity: 'error',
    kind,
    source,
    message: `${FOLDER}/${name}.prometheusrule.yaml is one group of more than half a mebibyte. The Prometheus operator refuses it: give Prometheus the rule file itself, or make several services of one.`,
  };
}
