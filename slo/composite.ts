// Composites: what the availability of members says about a whole that needs all of them, or any of them.
import type { Counts } from './counts.ts';

/** Availability of a whole, 0…1: what is certain without knowing how failures coincide, and what independence would give. */
export interface CompositeRange {
  readonly low: number;
  readonly high: number;
  readonly independent: number;
}

/** The whole needs every member. @param members availabilities, 0…1 */
export function needsAll(members: readonly number[]): CompositeRange {
  const down = members.map((up) => 1 - up);
  return {
    low: Math.max(0, 1 - sum(down)),
    high: Math.min(1, ...members),
    independent: members.reduce((product, up) => product * up, 1),
  };
}

/** The whole needs any one member. @param members availabilities, 0…1; at least one */
export function needsAny(members: readonly number[]): CompositeRange {
  const down = members.map((up) => 1 - up);
  return {
    low: 1 - Math.min(1, ...down),
    high: Math.min(1, 1 - Math.max(0, sum(down) - (members.length - 1))),
    independent: 1 - down.reduce((product, each) => product * each, 1),
  };
}

/** Whether a member was bad in a slice of time; undefined when it was not measured. */
export type SliceState = boolean | undefined;

/** Bad when any member is; unknown when none is known to be bad and one is unknown (Kleene's or). */
export function badWhenAny(members: readonly SliceState[]): SliceState {
  if (members.includes(true)) return true;
  return members.includes(undefined) ? undefined : false;
}

/** Bad when all members are; unknown when none is known to be good and one is unknown (Kleene's and). */
export function badWhenAll(members: readonly SliceState[]): SliceState {
  if (members.includes(false)) return false;
  return members.includes(undefined) ? undefined : true;
}

/** All events of all members in one pot: members with more traffic weigh more. Undefined without events. */
export function pooledSli(members: readonly Counts[]): number | undefined {
  const total = sum(members.map((each) => each.total));
  return total > 0 ? 1 - sum(members.map((each) => each.bad)) / total : undefined;
}

/** The mean of the members' SLIs by given weights, and the share of the weight that was measured. */
export interface WeightedSli {
  /** Over the members with events; undefined when none has any. */
  readonly sli: number | undefined;
  readonly coverage: number;
}

/** Members without events lend their weight to the others, and lower the coverage; they never count as 100 %. */
export function weightedSli(
  members: readonly { readonly counts: Counts; readonly weight: number }[],
): WeightedSli {
  const known = members.filter(({ counts }) => counts.total > 0);
  const weight = sum(known.map((each) => each.weight));
  const whole = sum(members.map((each) => each.weight));
  if (weight === 0) return { sli: undefined, coverage: 0 };
  const bad = sum(known.map(({ counts, weight }) => (weight * counts.bad) / counts.total));
  return { sli: 1 - bad / weight, coverage: weight / whole };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}
