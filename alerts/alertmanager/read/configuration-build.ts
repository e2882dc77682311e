// From a file that was read without fault to the configuration that it means.
import type { LabelMatcher } from '../../../formats/label-matcher.ts';
import type { AlertmanagerTarget } from '../capability.ts';
import { isSupported } from '../capability.ts';
import type {
  AlertmanagerConfiguration,
  InhibitRule,
  Integration,
  Range,
  Receiver,
  Route,
  RouteMatcher,
  TimeInterval,
  TimeIntervalSpec,
} from '../configuration.ts';
import { INTEGRATIONS } from '../integrations.ts';
import { parseTimeRange } from '../time-interval.ts';
import {
  isSourceObject,
  listField,
  objectField,
  placeOf,
  textField,
  textsField,
} from './source.ts';
import type { SourceObject } from './source.ts';

export function buildConfiguration(
  file: SourceObject,
  target: AlertmanagerTarget,
): AlertmanagerConfiguration {
  const route = objectField(file, 'route');
  if (route === undefined) throw new Error('a file without a route has no configuration');
  return {
    route: buildRoute(route, target),
    receivers: present(listField(file, 'receivers')).map(buildReceiver),
    inhibitRules: present(listField(file, 'inhibit_rules')).map(buildInhibitRule),
    timeIntervals: [
      ...present(listField(file, 'mute_time_intervals')),
      ...present(listField(file, 'time_intervals')),
    ].map(buildTimeInterval),
    templates: textsField(file, 'templates').map(({ text }) => text),
  };
}

function present(objects: readonly (SourceObject | undefined)[]): SourceObject[] {
  return objects.filter((each) => each !== undefined);
}

function buildRoute(object: SourceObject, target: AlertmanagerTarget): Route {
  const receiver = textField(object, 'receiver');
  const names = (field: string): string[] => textsField(object, field).map(({ text }) => text);
  return {
    position: object.position,
    receiver: receiver === '' ? undefined : receiver,
    matchers: [
      ...mapMatchers(object, 'match', '='),
      ...mapMatchers(object, 'match_re', '=~'),
      ...listedMatchers(object, 'matchers'),
    ],
    groupBy: groupBy(object, target),
    groupWaitMs: milliseconds(object, 'group_wait'),
    groupIntervalMs: milliseconds(object, 'group_interval'),
    repeatIntervalMs: milliseconds(object, 'repeat_interval'),
    continues: object.values.get('continue') === true,
    muteTimeIntervals: names('mute_time_intervals'),
    activeTimeIntervals: names('active_time_intervals'),
    labels: Object.fromEntries(textEntries(object, 'labels')),
    routes: present(listField(object, 'routes')).map((child) => buildRoute(child, target)),
  };
}

/** Before 0.31 an empty list was no list; since then it groups all alerts together. */
function groupBy(object: SourceObject, target: AlertmanagerTarget): Route['groupBy'] {
  if (object.values.get('group_by') === undefined) return undefined;
  const names = textsField(object, 'group_by').map(({ text }) => text);
  if (names.includes('...')) return '...';
  if (names.length === 0 && !isSupported('0.31', target)) return undefined;
  return names.sort();
}

function milliseconds(object: SourceObject, name: string): number | undefined {
  const value = object.values.get(name);
  return typeof value === 'number' ? value : undefined;
}

function textEntries(object: SourceObject, name: string): [string, string][] {
  const value = object.values.get(name);
  if (!(value instanceof Map)) return [];
  return [...value].map(([key, text]) => [String(key), String(text)]);
}

function mapMatchers(
  object: SourceObject,
  name: string,
  operator: LabelMatcher['operator'],
): RouteMatcher[] {
  const position = placeOf(object, name);
  return textEntries(object, name).map(([label, value]) => ({
    name: label,
    operator,
    value,
    position,
  }));
}

function listedMatchers(object: SourceObject, name: string): RouteMatcher[] {
  const value = object.values.get(name);
  return Array.isArray(value)
    ? (value as (readonly RouteMatcher[] | undefined)[]).flatMap((each) => each ?? [])
    : [];
}

function buildReceiver(object: SourceObject): Receiver {
  const integrations = Object.keys(INTEGRATIONS).flatMap((kind) =>
    present(listField(object, `${kind}_configs`)).map((entry, index) =>
      buildIntegration(entry, kind as keyof typeof INTEGRATIONS, index),
    ),
  );
  return { name: textField(object, 'name'), position: object.position, integrations };
}

function buildIntegration(
  entry: SourceObject,
  kind: keyof typeof INTEGRATIONS,
  index: number,
): Integration {
  const told = entry.values.has('send_resolved');
  return {
    kind,
    index,
    position: entry.position,
    sendResolved: told
      ? entry.values.get('send_resolved') === true
      : INTEGRATIONS[kind].sendResolved,
    settings: plainObject(entry),
  };
}

function plainObject(object: SourceObject): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...object.values].map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => plain(each));
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  if (isSourceObject(value)) return plainObject(value);
  if (typeof value === 'object' && value !== null && 'text' in value && 'position' in value)
    return value.text;
  return value;
}

function buildInhibitRule(object: SourceObject): InhibitRule {
  const name = textField(object, 'name');
  const side = (which: 'source' | 'target'): RouteMatcher[] => [
    ...mapMatchers(object, `${which}_match`, '='),
    ...mapMatchers(object, `${which}_match_re`, '=~'),
    ...listedMatchers(object, `${which}_matchers`),
  ];
  return {
    position: object.position,
    name: name === '' ? undefined : name,
    sourceMatchers: side('source'),
    targetMatchers: side('target'),
    equal: textsField(object, 'equal').map(({ text }) => text),
  };
}

function buildTimeInterval(object: SourceObject): TimeInterval {
  // A null entry is an interval without conditions.
  const specs = listField(object, 'time_intervals').map(buildSpec);
  return { name: textField(object, 'name'), position: object.position, specs };
}

const NOTHING: Range = { begin: 0, end: 0 };

function buildSpec(object: SourceObject | undefined): TimeIntervalSpec {
  const ranges = (name: string): readonly Range[] | undefined => {
    const value = object?.values.get(name);
    return Array.isArray(value)
      ? (value as (Range | undefined)[]).map((each) => each ?? NOTHING)
      : undefined;
  };
  const times = object?.values.get('times');
  const location = textField(object, 'location');
  return {
    times: Array.isArray(times) ? listField(object, 'times').map(buildTimes) : undefined,
    weekdays: ranges('weekdays'),
    daysOfMonth: ranges('days_of_month'),
    months: ranges('months'),
    years: ranges('years'),
    location: location === '' ? 'UTC' : location,
  };
}

function buildTimes(object: SourceObject | undefined): Range {
  if (object === undefined) return NOTHING;
  return parseTimeRange(textField(object, 'start_time'), textField(object, 'end_time'));
}
