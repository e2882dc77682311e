// Sets of disjoint half-open intervals of time: what was measured, exact to the second.
import type { EpochSeconds } from './counts.ts';

/** `[from, to)` in epoch seconds, `from < to`. */
export interface Interval {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
}

/** The union of a sorted disjoint set with one more interval; touching intervals merge. Adding twice changes nothing. */
export function addInterval(set: readonly Interval[], added: Interval): readonly Interval[] {
  if (!(added.from < added.to)) return set;
  const last = set.at(-1);
  if (last === undefined || last.to < added.from) return [...set, added];
  if (last.from <= added.from)
    return last.to >= added.to ? set : [...set.slice(0, -1), { from: last.from, to: added.to }];
  const before = set.filter((interval) => interval.to < added.from);
  const after = set.filter((interval) => interval.from > added.to);
  const touched = set.slice(before.length, set.length - after.length);
  const merged = {
    from: Math.min(added.from, touched[0]?.from ?? added.from),
    to: Math.max(added.to, touched.at(-1)?.to ?? added.to),
  };
  return [...before, merged, ...after];
}

/** Seconds of `[from, to)` that the set covers. */
export function coveredSeconds(
  set: readonly Interval[],
  from: EpochSeconds,
  to: EpochSeconds,
): number {
  let seconds = 0;
  for (const interval of set)
    seconds += Math.max(0, Math.min(interval.to, to) - Math.max(interval.from, from));
  return seconds;
}

/** The set without everything before `from`: what retention leaves. */
export function dropBefore(set: readonly Interval[], from: EpochSeconds): readonly Interval[] {
  if (set.length === 0 || (set[0]?.from ?? 0) >= from) return set;
  return set
    .filter((interval) => interval.to > from)
    .map((interval) => ({ from: Math.max(interval.from, from), to: interval.to }));
}
