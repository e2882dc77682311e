// What Alertmanager asks of a single route and of a single inhibit rule.
import { CLASSIC_LABEL_NAME, isLabelName } from '../matcher.ts';
import type { Reading } from './reading.ts';
import { placeOf, textsField } from './source.ts';
import type { SourceObject } from './source.ts';

export function checkRoute(object: SourceObject, reading: Reading): void {
  checkClassicNames(object, reading, ['match', 'match_re']);
  checkGroupBy(object, reading);
  for (const name of ['group_interval', 'repeat_interval']) {
    if (object.values.get(name) !== 0) continue;
    reading.findings.error(
      'invalid-duration',
      placeOf(object, name),
      `${name} cannot be zero`,
      'Write a duration of a minute or more.',
      '0',
    );
  }
  const labels = object.values.get('labels');
  for (const name of labels instanceof Map ? labels.keys() : []) {
    if (name === '') invalidName(reading, object, 'labels', '');
  }
}

export function checkInhibitRule(object: SourceObject, reading: Reading): void {
  checkClassicNames(object, reading, [
    'source_match',
    'source_match_re',
    'target_match',
    'target_match_re',
  ]);
  for (const label of textsField(object, 'equal')) {
    // 0.25 has looked at each name as it read it.
    if (reading.target === '0.25' || isLabelName(label.text, reading.target)) continue;
    reading.findings.error(
      'invalid-label-name',
      label.position,
      `"${label.text}" in equal is no label name`,
      'Name a label.',
      label.text,
    );
  }
}

function checkClassicNames(
  object: SourceObject,
  reading: Reading,
  fields: readonly string[],
): void {
  for (const field of fields) {
    const map = object.values.get(field);
    for (const name of map instanceof Map ? map.keys() : []) {
      if (!CLASSIC_LABEL_NAME.test(String(name))) invalidName(reading, object, field, String(name));
    }
  }
}

function invalidName(reading: Reading, object: SourceObject, field: string, name: string): void {
  reading.findings.error(
    'invalid-label-name',
    placeOf(object, field),
    `"${name}" in ${field} is no label name`,
    'Write letters, digits and underscores, or use matchers.',
    name,
  );
}

function checkGroupBy(object: SourceObject, reading: Reading): void {
  const labels = textsField(object, 'group_by');
  const names = labels.filter(({ text }) => text !== '...');
  const seen = new Set<string>();
  for (const { text, position } of names) {
    if (!isLabelName(text, reading.target)) {
      reading.findings.error(
        'invalid-label-name',
        position,
        `"${text}" in group_by is no label name`,
        reading.target === '0.25' ? 'Write letters, digits and underscores.' : 'Name a label.',
        text,
      );
    } else if (seen.has(text)) {
      reading.findings.error(
        'duplicate-field',
        position,
        `the label ${text} stands twice in group_by`,
        'Keep one of the two.',
        text,
      );
    }
    seen.add(text);
  }
  if (names.length > 0 && names.length < labels.length) {
    reading.findings.error(
      'conflicting-fields',
      placeOf(object, 'group_by'),
      "group_by has '...' and names of labels",
      "Keep '...' alone to group by all labels, or the names alone.",
    );
  }
}
