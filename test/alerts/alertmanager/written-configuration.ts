/** Configurations in short form for tests: resolved as the simulator takes them, and as a file that Alertmanager loads. */
import { formatMatcher } from '../../../alerts/alertmanager/matching.ts';
import type {
  AlertmanagerConfiguration,
  InhibitRule,
  Position,
  Receiver,
  Route,
  RouteMatcher,
  TimeInterval,
  TimeIntervalSpec,
} from '../../../alerts/alertmanager/configuration.ts';
import type { LabelMatcher } from '../../../formats/label-matcher.ts';

const position: Position = { line: 1, column: 1 };

/** `severity="page"`, `team=~"a|b"`; the value is taken as it stands between the quotes. */
function matcher(text: string): RouteMatcher {
  const parts = /^([^=!~]+)(=~|!~|!=|=)"(.*)"$/s.exec(text);
  if (parts === null) throw new Error(`'${text}' is no matcher`);
  const [, name = '', operator = '', value = ''] = parts;
  return { name, operator: operator as LabelMatcher['operator'], value, position };
}

export interface ShortRoute extends Partial<Omit<Route, 'matchers' | 'routes'>> {
  readonly matchers?: readonly string[];
  readonly routes?: readonly ShortRoute[];
}

function route(short: ShortRoute): Route {
  return {
    position,
    receiver: undefined,
    groupBy: undefined,
    groupWaitMs: undefined,
    groupIntervalMs: undefined,
    repeatIntervalMs: undefined,
    continues: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    labels: {},
    ...short,
    matchers: (short.matchers ?? []).map(matcher),
    routes: (short.routes ?? []).map(route),
  };
}

interface ShortInhibitRule {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly equal?: readonly string[];
}

function inhibitRule({ source, target, equal = [] }: ShortInhibitRule): InhibitRule {
  return {
    position,
    name: undefined,
    sourceMatchers: source.map(matcher),
    targetMatchers: target.map(matcher),
    equal,
  };
}

/** A spec in UTC that holds always, but for what is given. */
export function spec(short: Partial<TimeIntervalSpec>): TimeIntervalSpec {
  return {
    times: undefined,
    weekdays: undefined,
    daysOfMonth: undefined,
    months: undefined,
    years: undefined,
    location: 'UTC',
    ...short,
  };
}

/** An integration's kind with its settings; `sendResolved` is taken out of them. */
export type ShortIntegration = readonly [
  kind: string,
  settings: Readonly<Record<string, unknown>>,
  sendResolved?: boolean,
];

export interface ShortConfiguration {
  readonly route: ShortRoute;
  /** A webhook to a port where nobody listens, where it is not given. */
  readonly receivers?: Readonly<Record<string, readonly ShortIntegration[]>>;
  readonly inhibitRules?: readonly ShortInhibitRule[];
  readonly timeIntervals?: Readonly<Record<string, readonly Partial<TimeIntervalSpec>[]>>;
}

export function configuration(short: ShortConfiguration): AlertmanagerConfiguration {
  const root = route(short.route);
  const given = short.receivers ?? {};
  const names = new Set([...Object.keys(given), ...receiversOf(root)]);
  return {
    route: root,
    receivers: [...names].map((name) => receiver(name, given[name] ?? NOWHERE)),
    inhibitRules: (short.inhibitRules ?? []).map(inhibitRule),
    timeIntervals: Object.entries(short.timeIntervals ?? {}).map(([name, specs]): TimeInterval => ({
      name,
      position,
      specs: specs.map(spec),
    })),
    templates: [],
  };
}

const NOWHERE: readonly ShortIntegration[] = [['webhook', { url: 'http://127.0.0.1:9/' }]];

function receiversOf({ receiver, routes }: Route): string[] {
  return [...(receiver === undefined ? [] : [receiver]), ...routes.flatMap(receiversOf)];
}

function receiver(name: string, integrations: readonly ShortIntegration[]): Receiver {
  const seen = new Map<string, number>();
  return {
    name,
    position,
    integrations: integrations.map(([kind, settings, sendResolved = true]) => {
      const index = seen.get(kind) ?? 0;
      seen.set(kind, index + 1);
      return { kind, index, position, sendResolved, settings };
    }),
  };
}

/** The file as plain data: JSON is YAML too. */
export function fileOf(configuration: AlertmanagerConfiguration): object {
  return {
    route: fileRoute(configuration.route),
    receivers: configuration.receivers.map(fileReceiver),
    inhibit_rules: configuration.inhibitRules.map((rule) => ({
      source_matchers: rule.sourceMatchers.map(formatMatcher),
      target_matchers: rule.targetMatchers.map(formatMatcher),
      equal: rule.equal,
    })),
    time_intervals: configuration.timeIntervals.map(({ name, specs }) => ({
      name,
      time_intervals: specs.map(fileSpec),
    })),
  };
}

function fileRoute(route: Route): object {
  return defined({
    receiver: route.receiver,
    matchers: route.matchers.length === 0 ? undefined : route.matchers.map(formatMatcher),
    group_by: route.groupBy === '...' ? ['...'] : route.groupBy,
    group_wait: milliseconds(route.groupWaitMs),
    group_interval: milliseconds(route.groupIntervalMs),
    repeat_interval: milliseconds(route.repeatIntervalMs),
    continue: route.continues ? true : undefined,
    mute_time_intervals: route.muteTimeIntervals,
    active_time_intervals: route.activeTimeIntervals,
    routes: route.routes.map(fileRoute),
  });
}

const milliseconds = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : `${ms}ms`;

function fileReceiver({ name, integrations }: Receiver): object {
  const byKind = Map.groupBy(integrations, ({ kind }) => `${kind}_configs`);
  return {
    name,
    ...Object.fromEntries(
      [...byKind].map(([key, entries]) => [
        key,
        entries.map(({ settings, sendResolved }) => ({ ...settings, send_resolved: sendResolved })),
      ]),
    ),
  };
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function fileSpec(spec: TimeIntervalSpec): object {
  const ranges = (list: TimeIntervalSpec['months']): string[] | undefined =>
    list?.map(({ begin, end }) => `${begin}:${end}`);
  return defined({
    times: spec.times?.map(({ begin, end }) => ({
      start_time: clock(begin),
      end_time: clock(end),
    })),
    weekdays: spec.weekdays?.map(({ begin, end }) => `${WEEKDAYS[begin]}:${WEEKDAYS[end]}`),
    days_of_month: ranges(spec.daysOfMonth),
    months: ranges(spec.months),
    years: ranges(spec.years),
    location: spec.location,
  });
}

const clock = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

const defined = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
