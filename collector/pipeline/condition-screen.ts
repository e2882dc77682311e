// A quick look at a condition: most of the time it is far from holding, and floats are enough to see that.
import { type Condition, errorThreshold } from '../../slo/burn-policy.ts';
import { toNumber } from '../../slo/decimal.ts';
import type { Slo } from '../../slo/slo.ts';

/** A condition with a limit in floats, a hair below its threshold: what lies under it need not be decided exactly. */
export interface Screen {
  readonly condition: Condition;
  readonly limit: number;
}

const HAIR = 1 - 1e-9;

export function screensOf(slo: Slo): readonly Screen[] {
  return slo.burnPolicy.conditions.map((condition) => ({
    condition,
    limit: toNumber(errorThreshold(condition, slo.objective)) * HAIR,
  }));
}
