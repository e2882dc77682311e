// What is known about an instance at one moment: whether it is measured at all, and which conditions hold.
import { conditionHolds, type ConditionVerdict, judgeConditions } from '../../slo/burn-rate.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import { type Freshness, freshness } from '../../slo/status.ts';
import type { Screen } from './condition-screen.ts';
import type { Instance, TrackedSlo } from './engine.ts';

export interface Judgement extends Freshness {
  /** Whether each condition of the policy holds, in the policy's order. */
  readonly on: readonly boolean[];
  /** Whether alert states must stand still, because nothing is known about now. */
  readonly frozen: boolean;
}

/** How fresh an SLO's measurement is. */
export function freshnessOf(entry: TrackedSlo, now: EpochSeconds): Freshness {
  return freshness(entry.coverage, now, entry.normalDelay);
}

/**
 * Judges an instance. Alert windows end where measuring ended, not at the wall clock: a lag then shortens no window,
 * and missing data neither fire nor resolve anything. Without new counts or measured time the last verdicts stand.
 */
export function judge(
  instance: Instance,
  fresh: Freshness,
  last: Judgement | undefined,
): Judgement {
  const { measuredThrough, stale } = fresh;
  if (last !== undefined && !instance.dirty && last.measuredThrough === measuredThrough)
    return last.stale === stale ? last : { ...last, stale, frozen: isFrozen(fresh) };
  const on =
    measuredThrough === undefined
      ? []
      : instance.tracked.screens.map((screen) => holds(instance, screen, measuredThrough));
  return { measuredThrough, stale, on, frozen: isFrozen(fresh) };
}

function isFrozen({ measuredThrough, stale }: Freshness): boolean {
  return stale || measuredThrough === undefined;
}

/** The short window is looked at first: while all is well it settles the matter in one read. */
function holds(instance: Instance, { condition, limit }: Screen, end: EpochSeconds): boolean {
  const { slo, history } = instance.tracked;
  const short = history.sum(instance.column, end - condition.shortWindow, end);
  if (short.bad <= short.total * limit) return false;
  const long = history.sum(instance.column, end - condition.longWindow, end);
  return long.bad > long.total * limit && conditionHolds(slo, condition, long, short);
}

/** Every condition with its counts, for people and for the record. */
export function verdictsOf(
  instance: Instance,
  measuredThrough: EpochSeconds | undefined,
): readonly ConditionVerdict[] {
  if (measuredThrough === undefined) return [];
  const { slo, history } = instance.tracked;
  return judgeConditions(
    slo,
    (from, to) => history.sum(instance.column, from, to),
    measuredThrough,
  );
}
