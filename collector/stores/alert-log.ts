// Which alert records a store must keep, and the list of alert events in the order that a query wants.
import type { EpochSeconds } from '../../slo/counts.ts';
import type { AlertEvent, AlertEventQuery, AlertKey, AlertRecord } from './store.ts';

/** Resolved alerts are repeated for 15 minutes; the record outlives that by far, so that a late restart repeats too. */
const SETTLED_AFTER_SECONDS = 3600;

/** One text for an alert's identity. */
export function alertId({ name, instance, severity }: AlertKey): string {
  return JSON.stringify([name, instance, severity]);
}

/** False for alerts that are inactive and never resolved: a missing record means the same. */
export function isWorthKeeping({ state }: AlertRecord): boolean {
  return state.phase !== 'inactive' || state.resolvedAt !== undefined;
}

/** Whether an alert resolved so long ago that nobody needs to hear of it again. */
export function isSettled({ state }: AlertRecord, now: EpochSeconds): boolean {
  return state.phase === 'inactive' && (state.resolvedAt ?? 0) < now - SETTLED_AFTER_SECONDS;
}

export interface AlertLog {
  append(event: AlertEvent): void;
  /** Newest first; of events of one second the last appended comes first. */
  query(query: AlertEventQuery): AlertEvent[];
  dropBefore(at: EpochSeconds): void;
}

export function createAlertLog(): AlertLog {
  let events: AlertEvent[] = [];
  return {
    append(event) {
      let at = events.length;
      while (at > 0 && (events[at - 1]?.at ?? 0) > event.at) at--;
      events.splice(at, 0, event);
    },
    query({ instance, from = -Infinity, to = Infinity, limit }) {
      const found: AlertEvent[] = [];
      for (let index = events.length - 1; index >= 0 && found.length < limit; index--) {
        const event = events[index];
        if (event === undefined || event.at < from) break;
        if (event.at < to && (instance === undefined || event.instance === instance))
          found.push(event);
      }
      return found;
    },
    dropBefore(at) {
      events = events.filter((event) => event.at >= at);
    },
  };
}
