// The life of one alert: inactive → pending → firing → (keep firing) → resolved. Pure: time and facts are arguments.
import type { EpochSeconds } from './counts.ts';

export type AlertPhase = 'inactive' | 'pending' | 'firing';

/** What must be remembered of one alert between two evaluations; plain data, kept by the store. */
export interface AlertState {
  readonly phase: AlertPhase;
  /** When the condition last became true without a break. */
  readonly activeSince?: EpochSeconds;
  /** When firing began, kept after the resolution: `startsAt` of what is sent in both states. */
  readonly firingSince?: EpochSeconds;
  /** While firing: when the condition was first seen clear again; keep-firing counts from here, as in Prometheus. */
  readonly clearSince?: EpochSeconds;
  /** When the alert last resolved; resolved alerts are repeated for 15 minutes after it. */
  readonly resolvedAt?: EpochSeconds;
}

export const INACTIVE: AlertState = Object.freeze({ phase: 'inactive' });

/** What one evaluation found out about the alert. */
export interface AlertObservation {
  readonly now: EpochSeconds;
  /** Whether a condition holds; undefined when it cannot be known (data missing): the state then stays frozen. */
  readonly active: boolean | undefined;
  /** Seconds that the condition must hold before firing. */
  readonly pendingFor: number;
  /** Seconds that the alert keeps firing after the condition cleared. */
  readonly keepFiringFor: number;
}

export type AlertTransition = 'pending' | 'firing' | 'resolved';

/** The next state, and the transition if the phase changed. A pending alert that clears goes inactive without a word. */
export function nextAlertState(
  state: AlertState,
  seen: AlertObservation,
): { readonly state: AlertState; readonly transition?: AlertTransition } {
  if (seen.active === undefined) return { state };
  if (state.phase === 'firing') return whileFiring(state, seen, seen.active);
  if (!seen.active) return state.phase === 'pending' ? { state: resting(state) } : { state };
  const activeSince = state.phase === 'pending' ? (state.activeSince ?? seen.now) : seen.now;
  if (seen.now - activeSince >= seen.pendingFor)
    return {
      state: { phase: 'firing', activeSince, firingSince: seen.now },
      transition: 'firing',
    };
  const pending: AlertState = { ...resting(state), phase: 'pending', activeSince };
  return state.phase === 'pending' ? { state: pending } : { state: pending, transition: 'pending' };
}

function whileFiring(
  state: AlertState,
  seen: AlertObservation,
  active: boolean,
): { readonly state: AlertState; readonly transition?: AlertTransition } {
  const { clearSince, ...firing } = state;
  if (active) return { state: clearSince === undefined ? state : firing };
  const since = clearSince ?? seen.now;
  if (seen.now - since < seen.keepFiringFor) return { state: { ...firing, clearSince: since } };
  return {
    state: { phase: 'inactive', firingSince: firing.firingSince ?? since, resolvedAt: seen.now },
    transition: 'resolved',
  };
}

/** Inactive, remembering only the last firing, whose resolution may still have to be repeated. */
function resting(state: AlertState): AlertState {
  const { firingSince, resolvedAt } = state;
  return firingSince === undefined || resolvedAt === undefined
    ? INACTIVE
    : { phase: 'inactive', firingSince, resolvedAt };
}
