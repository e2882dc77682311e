// What becomes of one alert at one time: its routes, receivers, group keys and timers, and what mutes or inhibits it.
import { createActiveTimes } from './active-time.ts';
import type { ActiveTimes } from './active-time.ts';
import type { AlertmanagerTarget } from './capability.ts';
import type { AlertmanagerConfiguration } from './configuration.ts';
import { createInhibition } from './inhibition.ts';
import type { InhibitedBy } from './inhibition.ts';
import { tidyLabels } from './label-set.ts';
import type { LabelSet } from './label-set.ts';
import { createRouting, dedupKeyOf, groupKeyOf, groupLabelsOf } from './routing.ts';
import type { RouteNode, RouteStep } from './routing.ts';

/** What is decided for one alert. */
export interface RouteDecision {
  /** Names in the order of the routes, as `amtool config routes test` prints them: a name may come twice. */
  readonly receivers: readonly string[];
  readonly routes: readonly DecidedRoute[];
}

/** One route that handles the alert. */
export interface DecidedRoute {
  readonly path: readonly RouteStep[];
  readonly receiver: string;
  readonly groupKey: string;
  /** SHA-256 of the group key: what PagerDuty, Opsgenie and VictorOps know the incident by. */
  readonly dedupKey: string;
  readonly groupLabels: LabelSet;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  /** Whether a time interval keeps the route silent at that time. */
  readonly muted: boolean;
  /** The mute time intervals that hold, or all active time intervals when none of them does. */
  readonly mutedBy: readonly string[];
  readonly muteReason: MuteReason | undefined;
  /** What keeps the alert itself from being told; the same for every route. */
  readonly inhibitedBy: readonly InhibitedBy[];
  /** Whether the search went on after this route. */
  readonly continues: boolean;
}

export type MuteReason = 'in a mute time' | 'outside of the active times';

/** An alert and its surroundings. */
export interface RouteQuestion {
  readonly labels: LabelSet;
  /** Without it no route counts as muted. */
  readonly atMs?: number | undefined;
  /** Labels of the other alerts that fire at that time. */
  readonly firing?: readonly LabelSet[] | undefined;
}

export interface SimulationOptions {
  /** The version of Alertmanager; the newest by default. */
  readonly target?: AlertmanagerTarget | undefined;
  /** IANA name of what `location: Local` means; UTC by default. */
  readonly localZone?: string | undefined;
}

/**
 * Prepares a configuration for many questions.
 * @throws SyntaxError when a matcher's regular expression is none; RangeError when the zone is none
 */
export function createRouteDecisions(
  configuration: AlertmanagerConfiguration,
  options: SimulationOptions = {},
): (question: RouteQuestion) => RouteDecision {
  const routing = createRouting(configuration, options.target);
  const inhibition = createInhibition(configuration);
  const times = createActiveTimes(configuration.timeIntervals, options.localZone);
  return ({ labels: given, atMs, firing = [] }) => {
    const labels = tidyLabels(given);
    const inhibitedBy = inhibition.inhibitors(labels, firing);
    const routes = routing.match(labels).map((route): DecidedRoute => {
      const groupLabels = groupLabelsOf(route, labels);
      const groupKey = groupKeyOf(route, groupLabels, routing.behaviour);
      return {
        path: route.path,
        receiver: route.receiver,
        groupKey,
        dedupKey: dedupKeyOf(groupKey),
        groupLabels,
        groupWaitMs: route.groupWaitMs,
        groupIntervalMs: route.groupIntervalMs,
        repeatIntervalMs: route.repeatIntervalMs,
        ...mutingOf(route, times, atMs),
        inhibitedBy,
        continues: route.continues,
      };
    });
    return { receivers: routes.map(({ receiver }) => receiver), routes };
  };
}

interface Muting {
  readonly muted: boolean;
  readonly mutedBy: readonly string[];
  readonly muteReason: MuteReason | undefined;
}

const NOT_MUTED: Muting = { muted: false, mutedBy: [], muteReason: undefined };

/** Whether a route is silent at a time, and by which intervals; never without a time. */
export function mutingOf(
  { activeTimeIntervals, muteTimeIntervals }: RouteNode,
  times: ActiveTimes,
  atMs: number | undefined,
): Muting {
  if (atMs === undefined) return NOT_MUTED;
  if (activeTimeIntervals.length > 0 && times.containing(activeTimeIntervals, atMs).length === 0)
    return { muted: true, mutedBy: activeTimeIntervals, muteReason: 'outside of the active times' };
  const mutedBy = times.containing(muteTimeIntervals, atMs);
  return mutedBy.length > 0 ? { muted: true, mutedBy, muteReason: 'in a mute time' } : NOT_MUTED;
}
