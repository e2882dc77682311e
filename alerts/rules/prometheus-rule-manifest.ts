// The rules of a service as the Kubernetes resource that the Prometheus operator loads.
import type { ServiceRules } from './prometheus-rules.ts';
import { formatGroups, quoted } from './rule-file.ts';

export interface ManifestOptions {
  /** @default the namespace that it is applied to */
  readonly namespace?: string;
  /** Labels by which a Prometheus resource selects its rules. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A `PrometheusRule` of monitoring.coreos.com/v1 with the groups of one service. */
export function prometheusRuleManifest(
  { service, groups }: ServiceRules,
  { namespace, labels = {} }: ManifestOptions = {},
): string {
  const marks = { 'app.kubernetes.io/managed-by': 'ninefold', ...labels };
  const named = Object.entries(marks)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `    ${quoted(name)}: ${quoted(value)}\n`);
  return (
    'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n' +
    `  name: ${quoted(`ninefold-${service}`)}\n` +
    (namespace === undefined ? '' : `  namespace: ${quoted(namespace)}\n`) +
    `  labels:\n${named.join('')}spec:\n  groups:\n${formatGroups(groups, '    ')}`
  );
}
