// Every notification that Alertmanager would send for a list of alerts, replayed under a virtual clock.
import { createActiveTimes } from './active-time.ts';
import type { TimedAlert } from './alert-list.ts';
import { createAlertHistory } from './alert-history.ts';
import type { AlertHistory, Episode } from './alert-history.ts';
import type { AlertmanagerConfiguration, Integration } from './configuration.ts';
import { createNotificationLog } from './notification-log.ts';
import type { GroupState, NotificationLog, NotificationReason } from './notification-log.ts';
import { mutingOf } from './route-decision.ts';
import type { SimulationOptions } from './route-decision.ts';
import { createRouting, dedupKeyOf, groupKeyOf, groupLabelsOf } from './routing.ts';
import type { RouteNode, RouteStep, Routing } from './routing.ts';
import { createSchedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import type { LabelSet } from './label-set.ts';

/** One message to one integration. */
export interface Notification {
  readonly atMs: number;
  readonly receiver: string;
  readonly integration: { readonly kind: string; readonly index: number };
  readonly path: readonly RouteStep[];
  readonly groupKey: string;
  /** SHA-256 of the group key. */
  readonly dedupKey: string;
  readonly groupLabels: LabelSet;
  /** Firing while any of its alerts is. */
  readonly status: AlertStatus;
  readonly reason: NotificationReason;
  /** In Alertmanager's order; without the resolved ones where the integration does not want them. */
  readonly alerts: readonly NotifiedAlert[];
  /** Whether the integration will be told of the end. */
  readonly sendsResolved: boolean;
}

export type AlertStatus = 'firing' | 'resolved';

export interface NotifiedAlert {
  readonly labels: LabelSet;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly status: AlertStatus;
  readonly startsAtMs: number;
  /** Of resolved ones. */
  readonly endsAtMs: number | undefined;
}

/** How the sender repeats that an alert is resolved. */
export interface ResendPolicy {
  readonly everyMs: number;
  readonly forMs: number;
}

/** Prometheus': `--rules.alert.resend-delay`, and a fixed quarter of an hour. */
export const PROMETHEUS_RESEND: ResendPolicy = { everyMs: 60_000, forMs: 900_000 };

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
}

export interface Replay {
  readonly notifications: readonly Notification[];
  readonly untilMs: number;
  /** Where a limit ended the replay before its time; what came until then is complete. */
  readonly stoppedAtMs: number | undefined;
}

const MOST_NOTIFICATIONS = 100_000;
/** Alerts looked at in flushes, and notifications' alerts: seconds of work. */
const MOST_WORK = 20_000_000;
/** How often an Alertmanager before 0.32 removes empty groups, counted from the start. */
const CLEANUP_MS = 30_000;

/** What goes first at the same instant: alerts come, groups are removed, groups notify. */
const RANK = { arrive: 0, clean: 1, flush: 2 } as const;

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
  const dispatcher = createDispatcher({
    routing,
    history,
    schedule,
    options,
    log: createNotificationLog(history.firstMs),
    integrations: new Map(configuration.receivers.map((each) => [each.name, each.integrations])),
    times: createActiveTimes(configuration.timeIntervals, options.localZone),
  });
  for (const episode of history.episodes)
    schedule.plan(episode.startsAtMs, RANK.arrive, () => dispatcher.arrive(episode));
  const most = options.mostNotifications ?? MOST_NOTIFICATIONS;
  const stopped = (): boolean =>
    dispatcher.notifications.length >= most || dispatcher.work() + history.looks() >= MOST_WORK;
  schedule.runUntil(untilMs, stopped);
  return {
    notifications: dispatcher.notifications.slice(0, most),
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

interface DispatcherParts {
  readonly routing: Routing;
  readonly history: AlertHistory;
  readonly schedule: Schedule;
  readonly options: ReplayOptions;
  readonly log: NotificationLog;
  readonly integrations: ReadonlyMap<string, readonly Integration[]>;
  readonly times: ReturnType<typeof createActiveTimes>;
}

interface Group {
  readonly key: string;
  readonly route: RouteNode;
  readonly groupLabels: LabelSet;
  readonly groupKey: string;
  readonly dedupKey: string;
  /** By fingerprint. */
  readonly alerts: Map<string, Episode>;
  hasFlushed: boolean;
  removed: boolean;
  /** Flushes planned for other times than this are out of date. */
  nextFlushMs: number;
}

interface Dispatcher {
  readonly notifications: readonly Notification[];
  arrive(episode: Episode): void;
  work(): number;
}

/** Groups that come, notify and go. */
function createDispatcher(parts: DispatcherParts): Dispatcher {
  const { routing, history, schedule, options, log, integrations, times } = parts;
  const { behaviour } = routing;
  const groups = new Map<string, Group>();
  const notifications: Notification[] = [];
  let work = 0;

  const planFlush = (group: Group, atMs: number): void => {
    group.nextFlushMs = atMs;
    schedule.plan(atMs, RANK.flush, () => {
      if (!group.removed && group.nextFlushMs === atMs) flush(group);
    });
  };

  const insert = (route: RouteNode, episode: Episode): void => {
    const groupLabels = groupLabelsOf(route, episode.labels);
    const groupKey = groupKeyOf(route, groupLabels, behaviour);
    const key = `${route.number} ${groupKey}`;
    const nowMs = schedule.nowMs;
    const isOld = episode.startsAtMs + route.groupWaitMs < nowMs;
    const known = groups.get(key);
    if (known !== undefined) {
      known.alerts.set(episode.fingerprint, episode);
      if (isOld && !known.hasFlushed && behaviour.hurriesForAnyAlert) planFlush(known, nowMs);
      return;
    }
    const group: Group = {
      key,
      route,
      groupLabels,
      groupKey,
      dedupKey: dedupKeyOf(groupKey),
      alerts: new Map([[episode.fingerprint, episode]]),
      hasFlushed: false,
      removed: false,
      nextFlushMs: nowMs,
    };
    groups.set(key, group);
    planFlush(group, isOld ? nowMs : nowMs + route.groupWaitMs);
  };

  const remove = (group: Group): void => {
    group.removed = true;
    groups.delete(group.key);
  };

  const flush = (group: Group): void => {
    const nowMs = schedule.nowMs;
    group.hasFlushed = true;
    planFlush(group, nowMs + group.route.groupIntervalMs);
    if (group.alerts.size === 0) return;
    work += group.alerts.size + 1;
    const told = [...group.alerts.values()]
      .filter((episode) => !history.isInhibited(episode, nowMs))
      .sort((a, b) => a.rank - b.rank);
    if (told.length > 0 && !mutingOf(group.route, times, nowMs).muted) notify(group, told, nowMs);
    dropResolved(group, nowMs);
  };

  /** Told or not: what is resolved leaves its group, and whoever was not told will not hear of it again. */
  const dropResolved = (group: Group, nowMs: number): void => {
    for (const episode of group.alerts.values()) {
      if (!isResolved(episode, nowMs)) continue;
      group.alerts.delete(episode.fingerprint);
      planResend(group.route, episode, nowMs);
    }
    if (group.alerts.size > 0) return;
    if (!behaviour.keepsEmptyGroups) return remove(group);
    const cleanups = Math.floor((nowMs - history.firstMs) / CLEANUP_MS) + 1;
    schedule.plan(history.firstMs + cleanups * CLEANUP_MS, RANK.clean, () => {
      if (group.alerts.size === 0 && !group.removed) remove(group);
    });
  };

  /** The sender says again that an alert is resolved, unless it fires again. */
  const planResend = (route: RouteNode, episode: Episode, nowMs: number): void => {
    const resend = options.resend ?? PROMETHEUS_RESEND;
    if (resend === 'never' || episode.endsAtMs === undefined) return;
    const times = Math.floor((nowMs - episode.endsAtMs) / resend.everyMs) + 1;
    const atMs = episode.endsAtMs + times * resend.everyMs;
    if (times * resend.everyMs > resend.forMs || atMs >= (episode.next?.startsAtMs ?? Infinity))
      return;
    schedule.plan(atMs, RANK.arrive, () => insert(route, episode));
  };

  const notify = (group: Group, told: readonly Episode[], nowMs: number): void => {
    const { receiver, repeatIntervalMs } = group.route;
    const state = groupState(told, nowMs);
    for (const integration of integrations.get(receiver) ?? []) {
      const { kind, index, sendResolved: sendsResolved } = integration;
      const key = JSON.stringify([group.groupKey, receiver, kind, index]);
      const reason = log.reasonToNotify(key, state, { sendsResolved, repeatIntervalMs }, nowMs);
      if (reason === undefined) continue;
      log.note(key, state, repeatIntervalMs, nowMs);
      if (!sendsResolved && state.firing.size === 0) continue;
      work += told.length;
      notifications.push({
        atMs: nowMs,
        receiver,
        integration: { kind, index },
        path: group.route.path,
        groupKey: group.groupKey,
        dedupKey: group.dedupKey,
        groupLabels: group.groupLabels,
        status: state.firing.size > 0 ? 'firing' : 'resolved',
        reason,
        alerts: told
          .filter((episode) => sendsResolved || !isResolved(episode, nowMs))
          .map((episode) => notified(episode, nowMs)),
        sendsResolved,
      });
    }
  };

  return {
    notifications,
    work: () => work,
    arrive(episode) {
      for (const route of routing.match(episode.labels)) insert(route, episode);
    },
  };
}

const isResolved = ({ endsAtMs }: Episode, nowMs: number): boolean =>
  endsAtMs !== undefined && endsAtMs <= nowMs;

function groupState(episodes: readonly Episode[], nowMs: number): GroupState {
  const state = { firing: new Set<string>(), resolved: new Set<string>() };
  for (const episode of episodes)
    (isResolved(episode, nowMs) ? state.resolved : state.firing).add(episode.fingerprint);
  return state;
}

function notified(episode: Episode, nowMs: number): NotifiedAlert {
  const resolved = isResolved(episode, nowMs);
  return {
    labels: episode.labels,
    annotations: episode.annotations,
    fingerprint: episode.fingerprint,
    status: resolved ? 'resolved' : 'firing',
    startsAtMs: episode.startsAtMs,
    endsAtMs: resolved ? episode.endsAtMs : undefined,
  };
}
