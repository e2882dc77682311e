// The burn screen: which conditions of a policy hold, for very many SLO instances at once, with exact answers.
import { type Condition, errorThreshold } from './burn-policy.ts';
import { type BurnRule, conditionHolds } from './burn-rate.ts';
import type { CountHistory } from './count-history.ts';
import { toNumber } from './decimal.ts';
import { evidence, FEWEST_FAILURES, PAGE_EVIDENCE, RECENT_EVIDENCE } from './evidence.ts';
import type { WindowSums } from './window-counts.ts';

export interface BurnScreen {
  /**
   * For each column the conditions that hold on windows ending at `ends[i]`: bit k is condition k of the policy.
   * The answer is the screen's own and stands until it is asked again.
   */
  judge(history: CountHistory, columns: Uint32Array, ends: Float64Array): Uint32Array;
}

/** Sums that are closer than this to a bound, in events or in nats, are decided by integers instead of floats. */
const DOUBT = 1e-6;

/** A screen for all instances that share an objective and a policy. @throws RangeError above 32 conditions */
export function createBurnScreen(rule: BurnRule): BurnScreen {
  const { conditions, evidenceGate } = rule.burnPolicy;
  if (conditions.length > 32)
    throw new RangeError(`a policy has at most 32 conditions, this one ${conditions.length}`);
  const budget = toNumber(rule.objective.budget);
  const windows = conditions.flatMap(({ longWindow, shortWindow }) => [longWindow, shortWindow]);
  const lengths = [...new Set(windows)];
  const plans = conditions.map((condition, index) => ({
    condition,
    bit: 2 ** index,
    threshold: toNumber(errorThreshold(condition, rule.objective)),
    gated: evidenceGate && condition.severity === 'page',
    long: lengths.indexOf(condition.longWindow),
    short: lengths.indexOf(condition.shortWindow),
  }));
  let sums: WindowSums = { total: new Float64Array(0), bad: new Float64Array(0) };
  let masks = new Uint32Array(0);

  function exactly(
    condition: Condition,
    history: CountHistory,
    column: number,
    end: number,
  ): boolean {
    const read = (seconds: number) => history.sum(column, end - seconds, end);
    return conditionHolds(rule, condition, read(condition.longWindow), read(condition.shortWindow));
  }

  /** Whether a gated page has its evidence, by floats; undefined in doubt. */
  function hasEvidence(long: number, short: number): boolean | undefined {
    const { total, bad } = sums;
    const margins = [
      (bad[long] ?? 0) - FEWEST_FAILURES,
      evidence(bad[long] ?? 0, total[long] ?? 0, budget) - PAGE_EVIDENCE,
      evidence(bad[short] ?? 0, total[short] ?? 0, budget) - RECENT_EVIDENCE,
    ];
    if (margins.some((margin) => margin < -DOUBT)) return false;
    return margins.every((margin) => margin > DOUBT) ? true : undefined;
  }

  return {
    judge(history, columns, ends) {
      const count = columns.length;
      if (masks.length !== count) {
        masks = new Uint32Array(count);
        sums = {
          total: new Float64Array(count * lengths.length),
          bad: new Float64Array(count * lengths.length),
        };
      }
      history.sums(columns, lengths, ends, sums);
      masks.fill(0);
      const { total, bad } = sums;
      for (const { condition, bit, threshold, gated, long, short } of plans) {
        let [l, s] = [long * count, short * count];
        for (let i = 0; i < count; i++, l++, s++) {
          // Mostly nothing failed lately: one comparison. Parts of events are never smaller than a 86,400th.
          const recent = bad[s] ?? 0;
          if (recent < DOUBT) continue;
          const recentMargin = recent - threshold * (total[s] ?? 0);
          if (recentMargin < -DOUBT) continue;
          const margin = (bad[l] ?? 0) - threshold * (total[l] ?? 0);
          if (margin < -DOUBT) continue;
          const isClear = margin > DOUBT && recentMargin > DOUBT;
          const holds = isClear ? !gated || hasEvidence(l, s) : undefined;
          if (holds ?? exactly(condition, history, columns[i] ?? 0, ends[i] ?? 0))
            masks[i] = (masks[i] ?? 0) | bit;
        }
      }
      return masks;
    },
  };
}
