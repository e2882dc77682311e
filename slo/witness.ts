// A witness: an SLO on what is tried from outside, held against the SLO on what users themselves do. Neither counts in the other's budget.
import { evidence, RECENT_EVIDENCE } from './evidence.ts';

/** The counts of one of the two over the same time. */
export interface Side {
  readonly total: number;
  readonly bad: number;
  /** Its error budget as a ratio, above 0. */
  readonly budget: number;
}

/**
 * Whether both tell the same. `only-witness` and `only-users`: one of them fails, and the counts of the other are not what
 * chance would make of the same failure rate. `too-few`: one fails or is silent, and the other counted too little to say.
 */
export const TESTIMONIES = ['agree', 'only-witness', 'only-users', 'too-few'] as const;
export type Testimony = (typeof TESTIMONIES)[number];

/**
 * Holds a witness against users. A side fails when its bad events are evidence against its budget as in the short window of a
 * page (α = 5 %); the other contradicts it when as few bad events would be as unlikely at that failure rate.
 */
export function compareTestimony(users: Side, witness: Side): Testimony {
  const [usersFail, witnessFails] = [fails(users), fails(witness)];
  if (usersFail && witnessFails) return 'agree';
  if (usersFail) return contradicts(witness, users) ? 'only-users' : 'too-few';
  if (witnessFails) return contradicts(users, witness) ? 'only-witness' : 'too-few';
  return users.total > 0 && witness.total > 0 ? 'agree' : 'too-few';
}

function fails({ bad, total, budget }: Side): boolean {
  return evidence(bad, total, budget) > RECENT_EVIDENCE;
}

/** By Chernoff for the lower tail: k ln(k/µ) − k + µ, with µ what the failing side's rate would make of these events. */
function contradicts(other: Side, failing: Side): boolean {
  const expected = (other.total * failing.bad) / failing.total;
  const { bad } = other;
  if (bad >= expected) return false;
  const unlikely = (bad === 0 ? 0 : bad * Math.log(bad / expected)) - bad + expected;
  return unlikely > RECENT_EVIDENCE;
}
