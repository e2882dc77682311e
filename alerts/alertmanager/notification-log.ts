// What each integration was told last about each group, from which Alertmanager decides whether to tell again.

/** Why a notification is sent, in the words of Alertmanager's `notification_reason`. */
export type NotificationReason =
  | 'first notification'
  | 'new alerts added'
  | 'some alerts resolved'
  | 'all alerts resolved'
  | 'repeat interval elapsed';

/** The alerts of a group by fingerprint. */
export interface GroupState {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
}

interface Entry extends GroupState {
  readonly atMs: number;
  readonly expiresAtMs: number;
}

/** Entries by group key, receiver and integration. */
export interface NotificationLog {
  /** Why the integration is to be told now; undefined when it is not. */
  reasonToNotify(
    key: string,
    state: GroupState,
    options: { readonly sendsResolved: boolean; readonly repeatIntervalMs: number },
    nowMs: number,
  ): NotificationReason | undefined;
  /** Notes that it was told, or would have been if it wanted to hear of the end. */
  note(key: string, state: GroupState, repeatIntervalMs: number, nowMs: number): void;
}

/** `--data.retention`: nothing is remembered for longer. */
const RETENTION_MS = 120 * 3_600_000;
/** `--data.maintenance-interval`: what has expired is forgotten at the next of these, counted from the start. */
const MAINTENANCE_MS = 15 * 60_000;

export function createNotificationLog(startMs: number): NotificationLog {
  const entries = new Map<string, Entry>();
  const forgottenBy = ({ expiresAtMs }: Entry, nowMs: number): boolean =>
    startMs + Math.ceil((expiresAtMs - startMs) / MAINTENANCE_MS) * MAINTENANCE_MS <= nowMs;
  return {
    reasonToNotify(key, { firing, resolved }, { sendsResolved, repeatIntervalMs }, nowMs) {
      const entry = entries.get(key);
      if (entry === undefined || forgottenBy(entry, nowMs))
        return firing.size > 0 ? 'first notification' : undefined;
      if (!firing.isSubsetOf(entry.firing))
        return entry.firing.size === 0 ? 'first notification' : 'new alerts added';
      if (firing.size === 0) return entry.firing.size > 0 ? 'all alerts resolved' : undefined;
      if (sendsResolved && !resolved.isSubsetOf(entry.resolved)) return 'some alerts resolved';
      // Strictly: a repeat interval that is a multiple of the group interval waits for the next group interval.
      return entry.atMs < nowMs - repeatIntervalMs ? 'repeat interval elapsed' : undefined;
    },
    note(key, state, repeatIntervalMs, nowMs) {
      const expiresAtMs = nowMs + Math.min(2 * repeatIntervalMs, RETENTION_MS);
      entries.set(key, { ...state, atMs: nowMs, expiresAtMs });
    },
  };
}
