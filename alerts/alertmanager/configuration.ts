// An Alertmanager configuration as Alertmanager understands it, each part with the place in the file that says it.
import type { LabelMatcher } from '../../formats/label-matcher.ts';

/** A place in a file; line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A whole configuration that Alertmanager would load. */
export interface AlertmanagerConfiguration {
  readonly route: Route;
  readonly receivers: readonly Receiver[];
  readonly inhibitRules: readonly InhibitRule[];
  /** `time_intervals` and the older `mute_time_intervals` alike. */
  readonly timeIntervals: readonly TimeInterval[];
  /** Globs of template files, as written. */
  readonly templates: readonly string[];
}

/** A matcher with its place; the value is unquoted. */
export interface RouteMatcher extends LabelMatcher {
  readonly position: Position;
}

/** One node of the tree; what is undefined comes from its parent, and at the root from Alertmanager's defaults. */
export interface Route {
  readonly position: Position;
  readonly receiver: string | undefined;
  readonly matchers: readonly RouteMatcher[];
  /** Sorted; `'...'` groups by all labels. */
  readonly groupBy: readonly string[] | '...' | undefined;
  /** Milliseconds. */
  readonly groupWaitMs: number | undefined;
  readonly groupIntervalMs: number | undefined;
  readonly repeatIntervalMs: number | undefined;
  readonly continues: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Labels of the route (0.34), templated; they are not in the group key. */
  readonly labels: Readonly<Record<string, string>>;
  readonly routes: readonly Route[];
}

/** What Alertmanager takes where no route says otherwise. */
export const ROUTE_DEFAULTS = {
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
} as const;

export interface Receiver {
  readonly name: string;
  readonly position: Position;
  readonly integrations: readonly Integration[];
}

/** One way of telling, such as the first entry of `pagerduty_configs`. */
export interface Integration {
  /** `pagerduty`, `slack`, `webhook` …: the key without `_configs`. */
  readonly kind: string;
  /** Among those of its kind in the receiver, from 0. */
  readonly index: number;
  readonly position: Position;
  /** As written, or the default of the kind. */
  readonly sendResolved: boolean;
  /** All fields as plain data, as written; secrets too, so never print them. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface InhibitRule {
  readonly position: Position;
  readonly name: string | undefined;
  readonly sourceMatchers: readonly RouteMatcher[];
  readonly targetMatchers: readonly RouteMatcher[];
  readonly equal: readonly string[];
}

export interface TimeInterval {
  readonly name: string;
  readonly position: Position;
  /** Any of them; none: never. */
  readonly specs: readonly TimeIntervalSpec[];
}

/** All fields that are given must hold; within a field any range will do. Ranges are inclusive but for the end of a time. */
export interface TimeIntervalSpec {
  /** Minutes since local midnight, the end exclusive and at most 1440. */
  readonly times: readonly Range[] | undefined;
  /** 0 is Sunday. */
  readonly weekdays: readonly Range[] | undefined;
  /** 1…31, or -31…-1 counted from the end of the month. */
  readonly daysOfMonth: readonly Range[] | undefined;
  /** 1…12. */
  readonly months: readonly Range[] | undefined;
  readonly years: readonly Range[] | undefined;
  /** IANA zone, `UTC` by default; `Local` is the zone of Alertmanager's host. */
  readonly location: string;
}

export interface Range {
  readonly begin: number;
  readonly end: number;
}
