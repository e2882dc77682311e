// Writes rule groups as YAML, by hand: a general writer takes twenty times as long, and ten thousand SLOs are many rules.
import { formatDuration } from '../../slo/duration.ts';
import type { Rule, RuleGroup } from './rule.ts';

/** The text of a rule file: the same groups give the same bytes. Comment lines come first, each with its `#`. */
export function formatRuleFile(comment: string, groups: readonly RuleGroup[]): string {
  return `${comment}groups:\n${formatGroups(groups, '  ')}`;
}

/** The groups as items of a list at this indentation. */
export function formatGroups(groups: readonly RuleGroup[], indent: string): string {
  let text = '';
  for (const { name, intervalSeconds, rules } of groups) {
    text += `${indent}- name: ${quoted(name)}\n${indent}  interval: ${formatDuration(intervalSeconds)}\n${indent}  rules:\n`;
    for (const rule of rules) text += formatRule(rule, `${indent}    `);
  }
  return text;
}

function formatRule(rule: Rule, indent: string): string {
  const inner = `${indent}  `;
  const expr = `${inner}expr: |-\n${block(rule.expr, `${inner}  `)}`;
  if ('record' in rule)
    return `${indent}- record: ${rule.record}\n${expr}${mapping('labels', rule.labels, inner)}`;
  const keep =
    rule.keepFiringFor === 0
      ? ''
      : `${inner}keep_firing_for: ${formatDuration(rule.keepFiringFor)}\n`;
  return (
    `${indent}- alert: ${rule.alert}\n${expr}${keep}` +
    mapping('labels', rule.labels, inner) +
    mapping('annotations', rule.annotations, inner)
  );
}

function block(text: string, indent: string): string {
  if (!text.includes('\n')) return `${indent}${text}\n`;
  return `${indent}${text.replaceAll('\n', `\n${indent}`)}\n`;
}

function mapping(name: string, values: Readonly<Record<string, string>>, indent: string): string {
  const keys = Object.keys(values);
  if (keys.length === 0) return '';
  if (keys.length > 1) keys.sort();
  let text = `${indent}${name}:\n`;
  for (const key of keys) text += `${indent}  ${keyOf(key)}: ${quoted(values[key] ?? '')}\n`;
  return text;
}

/** Label names that YAML 1.1, which Kubernetes reads, takes for truth values. */
const TRUTH = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

function keyOf(name: string): string {
  return name.length <= 5 && TRUTH.test(name) ? quoted(name) : name;
}

/** Text that is its own in double quotes: most of it, and looked at a million times. */
const PLAIN = /^[ !#-[\]-~×]*$/;

/** JSON's strings are YAML's, but for characters that YAML wants escaped and JSON does not. */
export function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    // oxlint-disable-next-line no-control-regex
    /[\u007F-\u009F\u2028\u2029\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
