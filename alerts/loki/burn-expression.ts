// The condition of a burn alert as LogQL: the decision of slo/burn-rate.ts on the counts of two windows.
import { type Condition, errorThreshold } from '../../slo/burn-policy.ts';
import type { BurnRule } from '../../slo/burn-rate.ts';
import { type Fraction, toNumber } from '../../slo/decimal.ts';
import { FEWEST_FAILURES, PAGE_EVIDENCE, RECENT_EVIDENCE } from '../../slo/evidence.ts';
import type { WindowCounts } from './line-counts.ts';

/**
 * LogQL that gives the burn rate of the long window for every instance for which a condition of the severity holds.
 * A count costs a reading of the lines each time that it is written, so each decision names it as seldom as can be.
 */
export function burnExpression(
  rule: BurnRule,
  conditions: readonly Condition[],
  counts: (seconds: number) => WindowCounts,
): string {
  return conditions.map((condition) => conditionExpression(rule, condition, counts)).join('\nor ');
}

function conditionExpression(
  rule: BurnRule,
  condition: Condition,
  counts: (seconds: number) => WindowCounts,
): string {
  const { objective, burnPolicy } = rule;
  const long = counts(condition.longWindow);
  const short = counts(condition.shortWindow);
  const gated = burnPolicy.evidenceGate && condition.severity === 'page';
  const budget = toNumber(objective.budget);
  // At lower burn rates fewer failures than the budget allows would be evidence, too: of the opposite.
  const slow = condition.burnRate.num < condition.burnRate.den;
  const threshold = gated && slow ? objective.budget : errorThreshold(condition, objective);
  const [longRate, shortRate] = [long, short].map((each) => burnRate(each, threshold, budget));
  if (!gated) return `(\n  ${longRate}\n  and ${shortRate}\n)`;
  const several = `(${long.bad} >= ${FEWEST_FAILURES})`;
  return [
    '(',
    `  ${longRate}`,
    `    > ${rateOfEvidence(PAGE_EVIDENCE, long.total, several, budget)}`,
    `  and ${shortRate}`,
    `    > ${rateOfEvidence(RECENT_EVIDENCE, short.total, short.bad, budget)}`,
    ')',
  ].join('\n');
}

/**
 * The burn rate where it is above the threshold, strictly: bad · den ÷ total > num decides as bad · den > num · total
 * would, since no quotient of whole numbers below 2^53 is rounded onto a whole number that it is not.
 */
function burnRate({ total, bad }: WindowCounts, { num, den }: Fraction, budget: number): string {
  return `((${bad} * ${den} / ${total} > ${num}) / ${den * budget})`;
}

/**
 * The burn rate that is evidence enough. LogQL has no logarithm: k ln(k/µ) − k + µ > E is solved for the burn rate k/µ,
 * which must be above e^(1 + (E − µ)/k).
 */
function rateOfEvidence(needed: number, total: string, bad: string, budget: number): string {
  return `${Math.E} ^ (1 + (${needed} - ${budget} * ${total}) / ${bad})`;
}
