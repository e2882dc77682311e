// An alert's labels as Alertmanager holds them: compared, written and hashed byte for byte as it does.
import { goQuote } from './go-quote.ts';

/** Label names and values; an empty value is the same as no label. */
export type LabelSet = Readonly<Record<string, string>>;

/** The value of a label, '' when it is absent. */
export function labelValue(labels: LabelSet, name: string): string {
  // A label may be called `constructor`, which every object has.
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

/** Negative, zero or positive, in the order of UTF-8 bytes, which is Go's; JavaScript's `<` differs above U+FFFF. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return bytesRank(left) - bytesRank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for what lies above all other UTF-16 units. */
function bytesRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}

/** Names and values without the empty ones, sorted by name. */
export function sortedLabels(labels: LabelSet): [name: string, value: string][] {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => compareBytes(a, b));
}

/** A copy without empty labels, sorted by name. */
export function tidyLabels(labels: LabelSet): LabelSet {
  return Object.fromEntries(sortedLabels(labels));
}

/**
 * The labels as Alertmanager prints them in a group key: `{a="1", b="2"}`.
 * @param sortsPairs before 0.28 the pairs were sorted with their values, so that `a1="…"` came before `a="…"`
 */
export function formatLabels(labels: LabelSet, sortsPairs: boolean): string {
  const pairs = sortedLabels(labels).map(([name, value]) => `${name}=${goQuote(value)}`);
  return `{${(sortsPairs ? pairs.sort(compareBytes) : pairs).join(', ')}}`;
}

/**
 * Alertmanager's fingerprint of an alert, 16 hexadecimal digits: FNV-1a of 64 bits over the names and values in the
 * order of the names, each followed by the byte 0xFF.
 */
export function fingerprint(labels: LabelSet): string {
  const hash = { high: 0xcbf2_9ce4, low: 0x8422_2325 };
  const encoder = new TextEncoder();
  for (const text of sortedLabels(labels).flat()) {
    for (const byte of encoder.encode(text)) addByte(hash, byte);
    addByte(hash, 0xff);
  }
  return [hash.high, hash.low].map((half) => half.toString(16).padStart(8, '0')).join('');
}

/** One step of FNV-1a in halves of 32 bits; the prime is 2^40 + 0x1b3. */
function addByte(hash: { high: number; low: number }, byte: number): void {
  const low = (hash.low ^ byte) >>> 0;
  const product = low * 0x1b3;
  const carry = Math.floor(product / 2 ** 32);
  hash.high = (((hash.high * 0x1b3 + carry) % 2 ** 32) + ((low << 8) >>> 0)) >>> 0;
  hash.low = product >>> 0;
}

/** The order in which Alertmanager lists the alerts of a notification: by job, by instance, then by all labels. */
export function compareAlertLabels(a: LabelSet, b: LabelSet): number {
  for (const name of ['job', 'instance']) {
    const left = labelValue(a, name);
    const right = labelValue(b, name);
    if (left === right) continue;
    if (left === '') return 1;
    if (right === '') return -1;
    return compareBytes(left, right);
  }
  return compareLabelSets(a, b);
}

/** Fewer labels first; of as many, the one that lacks the first name that only one of them has. */
function compareLabelSets(a: LabelSet, b: LabelSet): number {
  const left = sortedLabels(a);
  const right = sortedLabels(b);
  if (left.length !== right.length) return left.length - right.length;
  const names = [...new Set([...left, ...right].map(([name]) => name))].sort(compareBytes);
  for (const name of names) {
    const leftValue = labelValue(a, name);
    const rightValue = labelValue(b, name);
    if (leftValue === rightValue) continue;
    if (leftValue === '') return -1;
    if (rightValue === '') return 1;
    return compareBytes(leftValue, rightValue);
  }
  return 0;
}
