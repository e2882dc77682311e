// What Alertmanager does differently from one version to the next, as far as routing and notifications go.
import type { AlertmanagerTarget } from './capability.ts';

/** Differences that a simulation has to know. */
export interface Behaviour {
  /** Group labels are printed in the order of the whole pairs, not of the names (before 0.28). */
  readonly sortsPairs: boolean;
  /** An empty group lives until the next of the cleanups, which come every 30 s (before 0.32); then: not at all. */
  readonly keepsEmptyGroups: boolean;
  /** Any old alert makes a group that has not notified yet notify at once (before 0.30); then: only the first one. */
  readonly hurriesForAnyAlert: boolean;
}

/** The newest version that the simulation was held against. */
export const NEWEST_TARGET = '0.34';

/** A version between two targets behaves as the older one. */
export function behaviourOf(target: AlertmanagerTarget): Behaviour {
  return BEHAVIOURS[target];
}

const BEHAVIOURS: Readonly<Record<AlertmanagerTarget, Behaviour>> = {
  '0.25': { sortsPairs: true, keepsEmptyGroups: true, hurriesForAnyAlert: true },
  '0.28': { sortsPairs: false, keepsEmptyGroups: true, hurriesForAnyAlert: true },
  '0.31': { sortsPairs: false, keepsEmptyGroups: true, hurriesForAnyAlert: false },
  '0.34': { sortsPairs: false, keepsEmptyGroups: false, hurriesForAnyAlert: false },
};
