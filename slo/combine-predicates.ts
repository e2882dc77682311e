// all, any, not: how conditions on fields become one predicate.
import type { Predicate } from './predicate.ts';

/** Holds when every predicate holds. @example all(event.status.isServerError(), event.path.startsWith('/api')) */
export function all(...predicates: readonly Predicate[]): Predicate {
  return Object.freeze({ all: Object.freeze([...predicates]) });
}

/** Holds when at least one predicate holds. @example any(event.status.isServerError(), event.latency.greaterThan('1s')) */
export function any(...predicates: readonly Predicate[]): Predicate {
  return Object.freeze({ any: Object.freeze([...predicates]) });
}

/** Holds when the predicate does not; so also for events that lack its field. @example not(event.path.equals('/health')) */
export function not(predicate: Predicate): Predicate {
  return Object.freeze({ not: predicate });
}
