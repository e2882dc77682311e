// Groups of alerts as Alertmanager keeps them for each route: they wait, notify in their intervals, and end.
import type { ActiveTimes } from './active-time.ts';
import type { AlertHistory, Episode } from './alert-history.ts';
import type { Behaviour } from './behaviour.ts';
import type { Integration } from './configuration.ts';
import type { LabelSet } from './label-set.ts';
import type { Notification, NotifiedAlert } from './notification.ts';
import type { GroupState, NotificationLog } from './notification-log.ts';
import { mutingOf } from './route-decision.ts';
import { dedupKeyOf, groupKeyOf, groupLabelsOf } from './routing.ts';
import type { RouteNode, Routing } from './routing.ts';
import type { Schedule } from './schedule.ts';

/** How the sender repeats that an alert is resolved. */
export interface ResendPolicy {
  readonly everyMs: number;
  readonly forMs: number;
}

/** How often an Alertmanager before 0.32 removes empty groups, counted from the start. */
const CLEANUP_MS = 30_000;

/** What goes first at the same instant: alerts come, groups are removed, groups notify. */
export const RANK = { arrive: 0, clean: 1, flush: 2 } as const;

export interface AlertGroupsParts {
  readonly routing: Routing;
  readonly history: AlertHistory;
  readonly schedule: Schedule;
  readonly resend: ResendPolicy | 'never';
  readonly log: NotificationLog;
  readonly integrations: ReadonlyMap<string, readonly Integration[]>;
  readonly times: ActiveTimes;
}

/** What stays the same whenever a group of these labels comes anew. */
interface GroupIdentity {
  readonly key: string;
  readonly groupLabels: LabelSet;
  readonly groupKey: string;
  readonly dedupKey: string;
}

interface Group extends GroupIdentity {
  readonly route: RouteNode;
  /** By fingerprint. */
  readonly alerts: Map<string, Episode>;
  hasFlushed: boolean;
  removed: boolean;
  /** Flushes planned for other times than this are out of date. */
  nextFlushMs: number;
}

export interface AlertGroups {
  /** What was sent so far. */
  readonly notifications: readonly Notification[];
  /** An alert begins to fire. */
  arrive(episode: Episode): void;
  /** How many alerts were looked at and told so far. */
  work(): number;
}

/** Groups that come with their first alert, notify in their intervals, and go with their last. */
export function createAlertGroups(parts: AlertGroupsParts): AlertGroups {
  const { routing, history, schedule, resend, log, integrations, times } = parts;
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

  const identityOf = createGroupIdentities(behaviour);

  const insert = (route: RouteNode, episode: Episode): void => {
    const identity = identityOf(route, episode);
    const nowMs = schedule.nowMs;
    const isOld = episode.startsAtMs + route.groupWaitMs < nowMs;
    const known = groups.get(identity.key);
    if (known !== undefined) {
      known.alerts.set(episode.fingerprint, episode);
      if (isOld && !known.hasFlushed && behaviour.hurriesForAnyAlert) planFlush(known, nowMs);
      return;
    }
    const group: Group = {
      ...identity,
      route,
      alerts: new Map([[episode.fingerprint, episode]]),
      hasFlushed: false,
      removed: false,
      nextFlushMs: nowMs,
    };
    groups.set(group.key, group);
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

/** Works out the group of an alert at a route once: senders that repeat themselves ask for it many times. */
function createGroupIdentities(
  behaviour: Behaviour,
): (route: RouteNode, episode: Episode) => GroupIdentity {
  const known = new Map<string, GroupIdentity>();
  return (route, { fingerprint, labels }) => {
    const name = `${route.number} ${fingerprint}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const groupLabels = groupLabelsOf(route, labels);
    const groupKey = groupKeyOf(route, groupLabels, behaviour);
    const key = `${route.number} ${groupKey}`;
    const identity = { key, groupLabels, groupKey, dedupKey: dedupKeyOf(groupKey) };
    known.set(name, identity);
    return identity;
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
