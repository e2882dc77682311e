// Where a configuration sends an alert, under which key and in which rhythm, ready to be compared with another's.
import { canonicalJson } from '../../slo/plain-data.ts';
import type { AlertmanagerTarget } from './capability.ts';
import type { AlertmanagerConfiguration, Integration } from './configuration.ts';
import type { LabelSet } from './label-set.ts';
import { createRouting, dedupKeyOf, groupKeyOf, groupLabelsOf } from './routing.ts';
import type { RouteNode, RouteStep, Routing } from './routing.ts';

/** One route's message to one receiver. */
export interface Delivery {
  readonly path: readonly RouteStep[];
  readonly receiver: string;
  readonly integrations: readonly Integration[];
  readonly groupKey: string;
  readonly dedupKey: string;
  readonly timers: Timers;
  /** Names of the time intervals, mute and active. */
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** The same text for the same times, whatever the intervals are called. */
  readonly silentTimes: string;
}

export interface Timers {
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
}

export interface Deliveries {
  readonly routing: Routing;
  /** In the order of the routes. */
  of(labels: LabelSet): Delivery[];
}

/** @throws SyntaxError when a matcher's regular expression is none */
export function createDeliveries(
  configuration: AlertmanagerConfiguration,
  target: AlertmanagerTarget | undefined,
): Deliveries {
  const routing = createRouting(configuration, target);
  const receivers = new Map(configuration.receivers.map((each) => [each.name, each.integrations]));
  const intervals = new Map(configuration.timeIntervals.map((each) => [each.name, each.specs]));
  const specsOf = (names: readonly string[]): unknown =>
    names.map((name) => canonicalJson(intervals.get(name) ?? [])).sort();
  const delivery = (route: RouteNode, labels: LabelSet): Delivery => {
    const groupKey = groupKeyOf(route, groupLabelsOf(route, labels), routing.behaviour);
    const { groupWaitMs, groupIntervalMs, repeatIntervalMs } = route;
    const { muteTimeIntervals, activeTimeIntervals } = route;
    return {
      path: route.path,
      receiver: route.receiver,
      integrations: receivers.get(route.receiver) ?? [],
      groupKey,
      dedupKey: dedupKeyOf(groupKey),
      timers: { groupWaitMs, groupIntervalMs, repeatIntervalMs },
      muteTimeIntervals,
      activeTimeIntervals,
      silentTimes: JSON.stringify([muteTimeIntervals, activeTimeIntervals].map(specsOf)),
    };
  };
  return { routing, of: (labels) => routing.match(labels).map((route) => delivery(route, labels)) };
}
