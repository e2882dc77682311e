// What Alertmanager asks of a file as a whole: a root route, names that are unique, references that lead somewhere.
import type { Position } from '../configuration.ts';
import { isMalformedGlob } from './glob.ts';
import type { Reading } from './reading.ts';
import { checkGlobal, checkIntegrations } from './receiver-rules.ts';
import { isGiven, listField, objectField, placeOf, textField, textsField } from './source.ts';
import type { SourceObject } from './source.ts';

export function checkConfiguration(file: SourceObject, reading: Reading): void {
  const setting = {
    global: objectField(file, 'global'),
    target: reading.target,
    findings: reading.findings,
  };
  checkGlobal(setting);
  const receivers = new Set<string>();
  for (const receiver of listField(file, 'receivers')) {
    if (receiver === undefined && reading.target === '0.25') {
      nullEntry(reading, placeOf(file, 'receivers'), 'an entry of receivers is empty');
    }
    unique(reading, receivers, receiver, placeOf(file, 'receivers'), 'receiver');
    if (receiver !== undefined) checkIntegrations(receiver, setting);
  }
  const intervals = new Set<string>();
  for (const list of ['mute_time_intervals', 'time_intervals']) {
    for (const interval of listField(file, list)) {
      unique(reading, intervals, interval, placeOf(file, list), 'time interval');
    }
  }
  for (const { text, position } of textsField(file, 'templates')) {
    if (!isMalformedGlob(text)) continue;
    reading.findings.error(
      'invalid-glob',
      position,
      `${text} is no pattern of file names`,
      'Close the brackets, or write a backslash before them.',
      text,
    );
  }
  checkRoot(file, reading);
  const root = objectField(file, 'route');
  if (root !== undefined) checkReferences(root, { reading, receivers, intervals });
}

function nullEntry(reading: Reading, place: Position, message: string): void {
  reading.findings.error('null-entry', place, message, 'Fill the entry, or remove its dash.');
}

/** Alertmanager gives an empty entry the empty name. */
function unique(
  reading: Reading,
  names: Set<string>,
  object: SourceObject | undefined,
  place: Position,
  what: string,
): void {
  const name = textField(object, 'name');
  if (object !== undefined && name === '') return;
  if (names.has(name)) {
    reading.findings.error(
      'duplicate-name',
      object === undefined ? place : placeOf(object, 'name'),
      `the ${what} "${name}" is defined twice`,
      'Rename one of the two, or merge them.',
      name,
    );
  }
  names.add(name);
}

function checkRoot(file: SourceObject, reading: Reading): void {
  const root = objectField(file, 'route');
  const refuse = (place: Position, message: string, remedy: string): void =>
    reading.findings.error('root-route', place, message, remedy);
  if (root === undefined) {
    if (file.values.get('route') === undefined) {
      refuse(file.position, 'no route provided in config', 'Add route with a receiver.');
    }
    return;
  }
  if (!isGiven(root, 'receiver')) {
    refuse(root.position, 'the root route must name a receiver', 'Add receiver to the route.');
  }
  for (const field of ['match', 'match_re', 'matchers']) {
    const value = root.values.get(field);
    const size =
      value instanceof Map
        ? value.size
        : Array.isArray(value)
          ? value.flat().filter((each) => each !== undefined).length
          : 0;
    if (size > 0) {
      refuse(
        placeOf(root, field),
        'the root route must not have any matchers',
        'Move them to a child route.',
      );
    }
  }
  for (const field of ['mute_time_intervals', 'active_time_intervals']) {
    if (isGiven(root, field)) {
      refuse(
        placeOf(root, field),
        `the root route must not have ${field}`,
        'Move them to a child route.',
      );
    }
  }
  if (isGiven(root, 'continue')) {
    refuse(placeOf(root, 'continue'), 'the root route cannot continue', 'Remove continue.');
  }
}

interface Names {
  readonly reading: Reading;
  readonly receivers: ReadonlySet<string>;
  readonly intervals: ReadonlySet<string>;
}

function checkReferences(route: SourceObject, names: Names): void {
  const { reading, receivers, intervals } = names;
  const receiver = textField(route, 'receiver');
  if (receiver !== '' && !receivers.has(receiver)) {
    reading.findings.error(
      'undefined-receiver',
      placeOf(route, 'receiver'),
      `no receiver is called "${receiver}"`,
      receivers.size > 0 && receivers.size <= 12
        ? `Name one of ${[...receivers].sort().join(', ')}.`
        : 'Define it under receivers.',
      receiver,
    );
  }
  for (const field of ['mute_time_intervals', 'active_time_intervals']) {
    for (const { text, position } of textsField(route, field)) {
      if (intervals.has(text)) continue;
      reading.findings.error(
        'undefined-time-interval',
        position,
        `no time interval is called "${text}"`,
        'Define it under time_intervals.',
        text,
      );
    }
  }
  for (const child of listField(route, 'routes')) {
    if (child === undefined) {
      nullEntry(reading, placeOf(route, 'routes'), 'an entry of routes is empty');
    } else {
      checkReferences(child, names);
    }
  }
}
