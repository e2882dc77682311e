// The full judgement of one instance, with every count: for people and for the record, not for every tick.
import { type ConditionVerdict, judgeConditions } from '../../slo/burn-rate.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import type { Instance } from './engine.ts';

/** Every condition with its counts, on windows that end where measuring ended. */
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
