// What a new configuration changes for alerts: receivers, group keys, timing, and incidents that nobody would close.
import type { TimedAlert } from './alert-list.ts';
import type { AlertmanagerTarget } from './capability.ts';
import type { AlertmanagerConfiguration, InhibitRule } from './configuration.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { compareDeliveries } from './delivery-change.ts';
import type { DeliveryChange, OrphanedIncident } from './delivery-change.ts';
import { findLabelRegions } from './label-regions.ts';
import type { LabelRegion } from './label-regions.ts';
import { compareBytes, fingerprint } from './label-set.ts';
import type { LabelSet } from './label-set.ts';
import { formatMatchers } from './matching.ts';

/** Everything that differs. */
export interface ConfigurationDifference {
  /** Kinds of alerts that the two trees' matchers tell apart and treat differently, each with one label set as an example. */
  readonly changes: readonly DeliveryChange[];
  /** Given alerts that are treated differently, by their labels. */
  readonly alerts: readonly DeliveryChange[];
  /** Incidents of given alerts that fire: after the change no message would carry their key. */
  readonly orphans: readonly (OrphanedIncident & { readonly alerts: readonly LabelSet[] })[];
  /** Inhibit rules as text, without regard to their order and name. */
  readonly inhibitRules: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** How many kinds of alerts were looked at, and whether these were all. */
  readonly explored: { readonly kinds: number; readonly complete: boolean };
}

export interface DifferenceOptions {
  /** The version that runs the new configuration; the newest by default. */
  readonly target?: AlertmanagerTarget | undefined;
  /** The version that runs the old one; the same by default. An upgrade may change group keys too. */
  readonly previousTarget?: AlertmanagerTarget | undefined;
  /** Alerts that may be open now. */
  readonly alerts?: readonly TimedAlert[] | undefined;
  /** Which of the alerts are open; all of them by default. */
  readonly nowMs?: number | undefined;
}

/** @throws SyntaxError when a matcher's regular expression is none */
export function compareConfigurations(
  before: AlertmanagerConfiguration,
  after: AlertmanagerConfiguration,
  options: DifferenceOptions = {},
): ConfigurationDifference {
  const { target, previousTarget = target, alerts = [], nowMs } = options;
  const old = createDeliveries(before, previousTarget);
  const recent = createDeliveries(after, target);
  const { regions, complete } = findLabelRegions([old.routing, recent.routing]);
  const open = alerts.filter((alert) => nowMs === undefined || firesAt(alert, nowMs));
  return {
    changes: changesOfRegions(regions, old, recent),
    alerts: distinctLabels(alerts).flatMap((labels) => compareLabels(labels, old, recent) ?? []),
    orphans: orphansOf(distinctLabels(open), old, recent),
    inhibitRules: compareInhibitRules(before.inhibitRules, after.inhibitRules),
    explored: { kinds: regions.length, complete },
  };
}

const firesAt = ({ startsAtMs, endsAtMs = Infinity }: TimedAlert, nowMs: number): boolean =>
  startsAtMs <= nowMs && nowMs < endsAtMs;

const distinctLabels = (alerts: readonly TimedAlert[]): LabelSet[] => [
  ...new Map(alerts.map(({ labels }) => [fingerprint(labels), labels])).values(),
];

function compareLabels(
  labels: LabelSet,
  before: Deliveries,
  after: Deliveries,
): DeliveryChange | undefined {
  return compareDeliveries(labels, before.of(labels), after.of(labels));
}

/** One change for all label sets that take the same routes, shown with the fewest labels. */
function changesOfRegions(
  regions: readonly LabelRegion[],
  before: Deliveries,
  after: Deliveries,
): DeliveryChange[] {
  const simplest = new Map<string, LabelRegion>();
  for (const region of regions) {
    const key = region.routes.map((routes) => routes.map(({ number }) => number).join()).join(' ');
    const known = simplest.get(key);
    if (known === undefined || size(region.labels) < size(known.labels)) simplest.set(key, region);
  }
  return [...simplest.values()].flatMap(
    (region) => compareLabels(groupedLabels(region), before, after) ?? [],
  );
}

const size = (labels: LabelSet): number => Object.keys(labels).length;

/** The labels of a region with those that its routes group by, so that a change of these shows in the keys. */
function groupedLabels({ labels, filler, routes }: LabelRegion): LabelSet {
  const grouping = routes.map((list) => list.map(({ groupBy }) => groupBy));
  const names = grouping.flat().flatMap((each) => (each === '...' ? ['alertname'] : each));
  // Grouping by all labels differs from any list only by a label that is not in it.
  const byAll = grouping.map((list) => list.includes('...'));
  if (byAll.includes(true) && byAll.includes(false)) names.push('instance');
  const filled = [...new Set(names)]
    .sort(compareBytes)
    .map((name) => [name, filler(name)] as const);
  return {
    ...labels,
    ...Object.fromEntries(filled.filter((pair): pair is [string, string] => pair[1] !== undefined)),
  };
}

function orphansOf(
  open: readonly LabelSet[],
  before: Deliveries,
  after: Deliveries,
): ConfigurationDifference['orphans'] {
  const found = open.flatMap((labels) =>
    (compareLabels(labels, before, after)?.orphans ?? []).map((orphan) => ({ labels, orphan })),
  );
  const byIncident = Map.groupBy(found, ({ orphan }) =>
    JSON.stringify([orphan.receiver, orphan.kind, orphan.index, orphan.dedupKey]),
  );
  return [...byIncident.values()].flatMap((same) =>
    same.slice(0, 1).map(({ orphan }) => ({ ...orphan, alerts: same.map(({ labels }) => labels) })),
  );
}

function compareInhibitRules(
  before: readonly InhibitRule[],
  after: readonly InhibitRule[],
): ConfigurationDifference['inhibitRules'] {
  const [old, recent] = [before.map(formatRule), after.map(formatRule)];
  return {
    added: recent.filter((rule) => !old.includes(rule)),
    removed: old.filter((rule) => !recent.includes(rule)),
  };
}

const formatRule = ({ sourceMatchers, targetMatchers, equal }: InhibitRule): string =>
  `${formatMatchers(sourceMatchers)} inhibits ${formatMatchers(targetMatchers)} of equal ${equal.length === 0 ? '(nothing)' : equal.toSorted(compareBytes).join(', ')}`;
