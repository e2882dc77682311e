// The rules of a service as Kubernetes resources that the Prometheus operator loads.
import type { ServiceRules } from './prometheus-rules.ts';
import { formatGroups, quoted } from './rule-file.ts';

export interface RuleManifest {
  /** `shop`; of further parts `shop.2`, which no service is called. */
  readonly name: string;
  readonly text: string;
}

/**
 * Bytes that one manifest may have. The operator refuses rules of more than half a mebibyte, and old ones with them
 * whatever else their Prometheus has. It writes them with less indentation than stands here, and may add a label.
 */
const LARGEST_MANIFEST = 500_000;

/**
 * `PrometheusRule`s of monitoring.coreos.com/v1 with the groups of one service: as few as the operator's limit lets.
 * A group is never torn apart, so that one which is too large alone makes a manifest that is.
 * @param labels by which a Prometheus resource selects its rules
 */
export function prometheusRuleManifests(
  { service, groups }: Pick<ServiceRules, 'service' | 'groups'>,
  labels: Readonly<Record<string, string>> = {},
): readonly RuleManifest[] {
  const parts: string[] = [];
  let part = '';
  for (const group of groups) {
    const text = formatGroups([group], '    ');
    if (part !== '' && bytesOf(part) + bytesOf(text) > ROOM_FOR_GROUPS) {
      parts.push(part);
      part = '';
    }
    part += text;
  }
  if (part !== '') parts.push(part);
  return parts.map((text, index) => {
    const name = index === 0 ? service : `${service}.${index + 1}`;
    return { name, text: `${headOf(name, labels)}${text}` };
  });
}

/** Whether the operator refuses it; only a single group can be. */
export function isTooLarge({ text }: RuleManifest): boolean {
  return bytesOf(text) > LARGEST_MANIFEST;
}

/** Name, namespace and labels need little. */
const ROOM_FOR_GROUPS = LARGEST_MANIFEST - 5000;

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function headOf(name: string, labels: Readonly<Record<string, string>>): string {
  const marks = { 'app.kubernetes.io/managed-by': 'ninefold', ...labels };
  const named = Object.entries(marks)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `    ${quoted(name)}: ${quoted(value)}\n`);
  return (
    'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n' +
    `  name: ${quoted(`ninefold-${name}`)}\n` +
    `  labels:\n${named.join('')}spec:\n  groups:\n`
  );
}
