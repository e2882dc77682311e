// Reads what a cluster expects of the resources that are made for it.
import type { KubernetesSettings } from '../slo/connection.ts';
import type { DefinitionReader } from '../slo/definition-reader.ts';
import { printValue } from '../slo/diagnostic.ts';
import { isRecord } from '../slo/plain-data.ts';

const MOST_LABELS = 30;

/** The settings of a configuration; undefined when it has none. */
export function readKubernetes(config: DefinitionReader): KubernetesSettings | undefined {
  const kubernetes = config.object('kubernetes', {
    known: ['ruleLabels'],
    example: `{ ruleLabels: { release: 'monitoring' } }`,
  });
  return kubernetes && { ruleLabels: readRuleLabels(kubernetes) };
}

function readRuleLabels(kubernetes: DefinitionReader): Readonly<Record<string, string>> {
  const written = kubernetes.raw('ruleLabels');
  const names = isRecord(written) ? Object.keys(written).slice(0, MOST_LABELS) : [];
  const labels = kubernetes.object('ruleLabels', {
    known: names,
    example: `{ release: 'monitoring' }`,
  });
  if (labels === undefined) return {};
  const read: [string, string][] = [];
  for (const name of names) {
    const value = labels.raw(name);
    if (isLabelName(name) && isLabelValue(value)) read.push([name, value]);
    else
      labels.refuse(name, {
        code: 'not-a-label',
        message: isLabelName(name)
          ? `${printValue(value)} is not the value of a Kubernetes label.`
          : `${printValue(name)} is not the name of a Kubernetes label.`,
        remedy:
          'Use 1 to 63 letters, digits, dashes, dots and underscores, with a letter or digit at both ends; a name may begin with a domain and a slash.',
      });
  }
  return Object.fromEntries(read);
}

const WORD = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const DOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const LONGEST_DOMAIN = 253;

/** `release`, `app.kubernetes.io/part-of` */
function isLabelName(name: string): boolean {
  const slash = name.indexOf('/');
  const domain = name.slice(0, Math.max(slash, 0));
  return (
    WORD.test(name.slice(slash + 1)) &&
    (slash === -1 || (domain.length <= LONGEST_DOMAIN && DOMAIN.test(domain)))
  );
}

function isLabelValue(value: unknown): value is string {
  return typeof value === 'string' && (value === '' || WORD.test(value));
}
