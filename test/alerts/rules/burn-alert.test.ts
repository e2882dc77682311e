// Alerts compare a recorded burn rate only where that decides what whole numbers decide.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExactAsRate, MOST_EVENTS } from '../../../alerts/rules/burn-alert.ts';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { type Condition, errorThreshold } from '../../../slo/burn-policy.ts';
import { exceeds, parseDecimal, toNumber } from '../../../slo/decimal.ts';
import { type Objective, parseObjective } from '../../../slo/objective.ts';
import type { Slo } from '../../../slo/slo.ts';
import { ratioSlo } from '../../collector/sources/prometheus/slo-fixture.ts';

function objectiveOf(text: string): Objective {
  const objective = parseObjective(text);
  if (objective === undefined) throw new RangeError(`${text} is no objective`);
  return objective;
}

function conditionOf(rate: string): Condition {
  const burnRate = parseDecimal(rate);
  if (burnRate === undefined) throw new RangeError(`${rate} is no burn rate`);
  return { longWindow: 3600, shortWindow: 300, burnRate, severity: 'page' };
}

const objective = fc.constantFrom('99.9%', '99.95%', '99.5%', '99%', '99.99%', '97.3%', '99.999%');
const rate = fc.constantFrom('14.4', '6', '3', '1', '13.44', '2.8', '1.1', '0.7');

describe('a burn rate compared as it is recorded', () => {
  it('decides as whole numbers do, up to the most events of a window', () => {
    fc.assert(
      fc.property(
        objective,
        rate,
        fc.maxSafeNat().map((count) => (count % MOST_EVENTS) + 1),
        fc.integer({ min: -2, max: 2 }),
        (objectiveText, rateText, total, beside) => {
          const [own, condition] = [objectiveOf(objectiveText), conditionOf(rateText)];
          fc.pre(isExactAsRate(condition, own));
          const threshold = errorThreshold(condition, own);
          const limit = (BigInt(threshold.num) * BigInt(total)) / BigInt(threshold.den);
          const bad = Math.min(total, Math.max(0, Number(limit) + beside));
          const recorded = (bad * own.budget.den) / (total * own.budget.num);
          expect(recorded > toNumber(condition.burnRate)).toBe(exceeds(bad, total, threshold));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is refused where its fractions are too fine for a float', () => {
    expect(isExactAsRate(conditionOf('14.4'), objectiveOf('99.9%'))).toBe(true);
    expect(isExactAsRate(conditionOf('13.4437'), objectiveOf('99.9%'))).toBe(false);
    expect(isExactAsRate(conditionOf('14.4'), objectiveOf('99.99999%'))).toBe(false);
  });

  it('gives way to whole numbers in the rules then', () => {
    const pageOf = (slo: Slo): string =>
      generatePrometheusRules([slo], { target: '3.15' }).files[0]?.text ?? '';
    expect(pageOf(ratioSlo('api'))).toContain('window="1h",ninefold_by="rules"} > 14.4\n');
    expect(pageOf(ratioSlo('api', { objective: '99.99999%' }))).toMatch(
      /ninefold_slo_bad_events\{.*\} \* \d+ > \d+ \* ninefold_slo_events\{/,
    );
  });
});
