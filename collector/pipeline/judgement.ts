// What is known about an instance at one moment: whether it is measured at all, and which conditions hold.
import { type ConditionVerdict, judgeConditions } from '../../slo/burn-rate.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import { type Freshness, freshness } from '../../slo/status.ts';
import type { Instance, TrackedSlo } from './engine.ts';

export interface Judgement extends Freshness {
  readonly verdicts: readonly ConditionVerdict[];
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
  now: EpochSeconds,
  last: Judgement | undefined,
): Judgement {
  const { slo, history } = instance.tracked;
  const fresh = freshnessOf(instance.tracked, now);
  const { measuredThrough } = fresh;
  const frozen = fresh.stale || measuredThrough === undefined;
  if (last !== undefined && !instance.dirty && last.measuredThrough === measuredThrough)
    return last.stale === fresh.stale ? last : { ...last, ...fresh, frozen };
  const verdicts =
    measuredThrough === undefined
      ? []
      : judgeConditions(slo, (from, to) => history.sum(instance.column, from, to), measuredThrough);
  return { ...fresh, verdicts, frozen };
}
