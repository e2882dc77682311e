// What changes for one alert between the deliveries of two configurations.
import { canonicalJson } from '../../slo/plain-data.ts';
import type { Integration } from './configuration.ts';
import type { Delivery, Timers } from './deliveries.ts';
import { INCIDENT_KINDS } from './incident-kinds.ts';
import type { LabelSet } from './label-set.ts';
import type { RouteStep } from './routing.ts';

/** At least one of its parts says something. */
export interface DeliveryChange {
  readonly labels: LabelSet;
  /** The routes, for whoever looks into the files. */
  readonly paths: {
    readonly before: readonly (readonly RouteStep[])[];
    readonly after: readonly (readonly RouteStep[])[];
  };
  /** In order; undefined when they are the same. */
  readonly receivers: BeforeAfter<readonly string[]> | undefined;
  /** Of receivers that stay. */
  readonly groupKeys: readonly ({ readonly receiver: string } & BeforeAfter<string>)[];
  readonly timing: readonly ({
    readonly receiver: string;
    readonly timer: keyof Timers;
  } & BeforeAfter<number>)[];
  /** Names of the intervals in which, or outside of which, the route is silent. */
  readonly silence: readonly ({ readonly receiver: string } & BeforeAfter<readonly string[]>)[];
  /** Incidents that would stay open should the alert be firing when the configuration changes. */
  readonly orphans: readonly OrphanedIncident[];
}

export interface BeforeAfter<Value> {
  readonly before: Value;
  readonly after: Value;
}

/** An incident at a pager that no later message would name. */
export interface OrphanedIncident {
  readonly receiver: string;
  readonly kind: string;
  readonly index: number;
  readonly groupKey: string;
  readonly dedupKey: string;
  /** Keys under which the same service would be told of the alert afterwards: a second incident where they differ. */
  readonly newDedupKeys: readonly string[];
}

/** undefined when nothing changes. */
export function compareDeliveries(
  labels: LabelSet,
  before: readonly Delivery[],
  after: readonly Delivery[],
): DeliveryChange | undefined {
  const names = { before: before.map(receiverOf), after: after.map(receiverOf) };
  const pairs = pairByReceiver(before, after);
  const change: DeliveryChange = {
    labels,
    paths: { before: before.map(({ path }) => path), after: after.map(({ path }) => path) },
    receivers: names.before.join('\n') === names.after.join('\n') ? undefined : names,
    groupKeys: pairs
      .filter(([old, recent]) => old.groupKey !== recent.groupKey)
      .map(([{ receiver, groupKey }, recent]) => ({
        receiver,
        before: groupKey,
        after: recent.groupKey,
      })),
    timing: pairs.flatMap(([old, recent]) => changedTimers(old, recent)),
    silence: pairs
      .filter(([old, recent]) => old.silentTimes !== recent.silentTimes)
      .map(([old, recent]) => ({
        receiver: old.receiver,
        before: silentNames(old),
        after: silentNames(recent),
      })),
    orphans: before.flatMap((old) => orphansOf(old, after)),
  };
  const { receivers, groupKeys, timing, silence, orphans } = change;
  const said = groupKeys.length + timing.length + silence.length + orphans.length;
  return receivers === undefined && said === 0 ? undefined : change;
}

const receiverOf = ({ receiver }: Delivery): string => receiver;

/** Deliveries to the same receiver, the first with the first. */
function pairByReceiver(
  before: readonly Delivery[],
  after: readonly Delivery[],
): [Delivery, Delivery][] {
  const left = [...after];
  return before.flatMap((old): [Delivery, Delivery][] => {
    const index = left.findIndex(({ receiver }) => receiver === old.receiver);
    const [recent] = index < 0 ? [] : left.splice(index, 1);
    return recent === undefined ? [] : [[old, recent]];
  });
}

const TIMERS = ['groupWaitMs', 'groupIntervalMs', 'repeatIntervalMs'] as const;

const changedTimers = (old: Delivery, recent: Delivery): DeliveryChange['timing'] =>
  TIMERS.filter((timer) => old.timers[timer] !== recent.timers[timer]).map((timer) => ({
    receiver: old.receiver,
    timer,
    before: old.timers[timer],
    after: recent.timers[timer],
  }));

const silentNames = ({ muteTimeIntervals, activeTimeIntervals }: Delivery): string[] => [
  ...muteTimeIntervals,
  ...activeTimeIntervals.map((name) => `not ${name}`),
];

function orphansOf(old: Delivery, after: readonly Delivery[]): OrphanedIncident[] {
  const { receiver, groupKey, dedupKey } = old;
  return old.integrations
    .filter(({ kind, sendResolved }) => INCIDENT_KINDS.has(kind) && sendResolved)
    .flatMap((integration) => {
      const same = callsOf(serviceOf(integration), after);
      if (same.some((call) => call.dedupKey === dedupKey && call.sendsResolved)) return [];
      const newDedupKeys = [...new Set(same.map((call) => call.dedupKey))];
      const { kind, index } = integration;
      return [{ receiver, kind, index, groupKey, dedupKey, newDedupKeys }];
    });
}

/** What the same service of the same pager would be told, whatever the receiver is called. */
const callsOf = (
  service: string,
  deliveries: readonly Delivery[],
): { dedupKey: string; sendsResolved: boolean }[] =>
  deliveries.flatMap(({ integrations, dedupKey }) =>
    integrations
      .filter((each) => serviceOf(each) === service)
      .map(({ sendResolved }) => ({ dedupKey, sendsResolved: sendResolved })),
  );

/** Settings that say at whose door an integration rings. */
const ADDRESS =
  /^(?:(?:routing|service|api)_key(?:_file)?|(?:api_)?url(?:_file)?|alert_source_token(?:_file)?|project)$/;

/** The same text for the same service of the same pager; it holds secrets, so it is compared and never shown. */
function serviceOf({ kind, settings }: Integration): string {
  const address = Object.entries(settings).filter(([name]) => ADDRESS.test(name));
  return `${kind} ${canonicalJson(Object.fromEntries(address))}`;
}
