// Questions that many objects are asked: whether a field is missing, or given twice in two spellings.
import type { Reading } from './reading.ts';
import { isGiven, placeOf } from './source.ts';
import type { SourceObject } from './source.ts';

/** Notes when more than one field of a group is given. */
export function atMostOne(object: SourceObject, reading: Reading, names: readonly string[]): void {
  const given = names.filter((name) => isGiven(object, name));
  if (given.length < 2) return;
  reading.findings.error(
    'conflicting-fields',
    placeOf(object, given[1]),
    `at most one of ${names.join(', ')} can be given, here are ${given.join(' and ')}`,
    `Keep one of ${given.join(' and ')}.`,
  );
}

/** Notes when none of the fields is given. */
export function needsOneOf(object: SourceObject, reading: Reading, names: readonly string[]): void {
  if (names.some((name) => isGiven(object, name))) return;
  reading.findings.error(
    'missing-field',
    object.position,
    `${object.shape.replaceAll('-', ' ')} needs ${names.length === 1 ? '' : 'one of '}${names.join(', ')}`,
    `Add ${names[0] ?? ''}.`,
  );
}

/** Go's `textproto.CanonicalMIMEHeaderKey`: names with other characters stay as they are. */
export function canonicalHeader(name: string): string {
  if (!/^[\w!#$%&'*+\-.^`|~]+$/.test(name)) return name;
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
