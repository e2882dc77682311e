// What identifies a series in a kept position: a short digest of its whole label set, the same for any server and order.
import { hash } from 'node:crypto';
import type { LabelSet } from './label-matcher.ts';

/** Characters of a key: 96 bits, so that two of a million series are alike once in 10^17 times. */
export const KEY_LENGTH = 16;

export function seriesKey(labels: LabelSet): string {
  return digest(Object.keys(labels).sort(), labels);
}

/** Labels that name the scraped process, or the server that scraped it, wherever they come from. */
const TARGET_LABELS = [
  'cluster',
  'instance',
  'job',
  'namespace',
  'pod',
  'prometheus',
  'prometheus_replica',
  'region',
  'replica',
];

/** The key of the target that a series was scraped from; undefined for series that no single process exposes. */
export function targetKey(labels: LabelSet): string | undefined {
  return (labels['instance'] ?? '') === '' ? undefined : digest(TARGET_LABELS, labels);
}

/** Labels in which two servers that scrape the same targets differ. */
const REPLICA_LABELS = ['prometheus_replica', '__replica__', 'replica', 'prometheus'];

/** The key without replica labels, and their values; undefined when the series has none. */
export function replicaKey(
  labels: LabelSet,
): { readonly key: string; readonly replica: string } | undefined {
  const found = REPLICA_LABELS.filter((name) => (labels[name] ?? '') !== '');
  if (found.length === 0) return undefined;
  const names = Object.keys(labels).filter((name) => !found.includes(name));
  return {
    key: digest(names.sort(), labels),
    replica: found.map((name) => `${name}=${JSON.stringify(labels[name])}`).join(','),
  };
}

function digest(names: readonly string[], labels: LabelSet): string {
  const text = names
    .filter((name) => (labels[name] ?? '') !== '')
    .map((name) => `${name}\u0000${labels[name] ?? ''}\u0000`)
    .join('');
  return hash('sha256', text, 'base64').slice(0, KEY_LENGTH);
}
