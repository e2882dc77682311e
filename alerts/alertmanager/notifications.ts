// Every notification that Alertmanager would send for a list of alerts, replayed under a virtual clock.
import { createActiveTimes } from './active-time.ts';
import { createAlertGroups, RANK } from './alert-groups.ts';
import type { ResendPolicy } from './alert-groups.ts';
import type { TimedAlert } from './alert-list.ts';
import { createAlertHistory } from './alert-history.ts';
import type { AlertHistory } from './alert-history.ts';
import type { AlertmanagerConfiguration } from './configuration.ts';
import type { Notification } from './notification.ts';
import { createNotificationLog } from './notification-log.ts';
import type { SimulationOptions } from './route-decision.ts';
import { createRouting } from './routing.ts';
import type { RouteNode } from './routing.ts';
import { createSchedule } from './schedule.ts';

/** Prometheus': `--rules.alert.resend-delay`, and a fixed quarter of an hour. */
const PROMETHEUS_RESEND: ResendPolicy = { everyMs: 60_000, forMs: 900_000 };

export interface ReplayOptions extends SimulationOptions {
  /**
   * The last instant. By default the last start or end of an alert, and from there the longest group wait and twice the
   * longest group interval.
   */
  readonly untilMs?: number | undefined;
  /** @default PROMETHEUS_RESEND */
  readonly resend?: ResendPolicy | 'never' | undefined;
  /** @default 100,000 */
  readonly mostNotifications?: number | undefined;
  /** How many alerts may be looked at, each at every notification that it might be part of. @default 20,000,000 */
  readonly mostWork?: number | undefined;
}

export interface Replay {
  readonly notifications: readonly Notification[];
  readonly untilMs: number;
  /** Where a limit ended the replay before its time; what came until then is complete. */
  readonly stoppedAtMs: number | undefined;
}

const MOST_NOTIFICATIONS = 100_000;
/** Some ten seconds. */
const MOST_WORK = 20_000_000;
/**
 * Replays alerts, each posted when it starts and when it ends, to one Alertmanager whose receivers answer at once.
 * Alerts of the same labels that overlap count as one.
 * @throws SyntaxError when a matcher's regular expression is none; RangeError when a zone or an interval is unknown
 */
export function replayNotifications(
  configuration: AlertmanagerConfiguration,
  alerts: readonly TimedAlert[],
  options: ReplayOptions = {},
): Replay {
  const routing = createRouting(configuration, options.target);
  const history = createAlertHistory(alerts, configuration);
  const untilMs = options.untilMs ?? defaultEnd(routing.root, history);
  const schedule = createSchedule(history.firstMs);
  const groups = createAlertGroups({
    routing,
    history,
    schedule,
    resend: options.resend ?? PROMETHEUS_RESEND,
    log: createNotificationLog(history.firstMs),
    integrations: new Map(configuration.receivers.map((each) => [each.name, each.integrations])),
    times: createActiveTimes(configuration.timeIntervals, options.localZone),
  });
  for (const episode of history.episodes)
    schedule.plan(episode.startsAtMs, RANK.arrive, () => groups.arrive(episode));
  const most = options.mostNotifications ?? MOST_NOTIFICATIONS;
  const mostWork = options.mostWork ?? MOST_WORK;
  const stopped = (): boolean =>
    groups.notifications.length >= most || groups.work() + history.looks() >= mostWork;
  schedule.runUntil(untilMs, stopped);
  return {
    notifications: groups.notifications.slice(0, most),
    untilMs,
    stoppedAtMs: stopped() ? schedule.nowMs : undefined,
  };
}

function defaultEnd(root: RouteNode, { lastMs }: AlertHistory): number {
  const routes = allRoutes(root);
  const longest = (of: (route: RouteNode) => number): number =>
    routes.reduce((most, route) => Math.max(most, of(route)), 0);
  return (
    lastMs + longest((route) => route.groupWaitMs) + 2 * longest((route) => route.groupIntervalMs)
  );
}

const allRoutes = (route: RouteNode): RouteNode[] => [route, ...route.routes.flatMap(allRoutes)];
