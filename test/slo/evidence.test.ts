// The evidence gate against the values of the engine theory, sections 2.2 and 2.3.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorThreshold } from '../../slo/burn-policy.ts';
import { exceeds, fraction } from '../../slo/decimal.ts';
import { criticalBad, evidence, FEWEST_FAILURES } from '../../slo/evidence.ts';
import { sloOf } from './fixtures.ts';

const budget = fraction(1, 1000);
const tierA = fraction(144, 10_000);

describe('evidence', () => {
  it('has the values of the theory at 99.9 %', () => {
    expect(evidence(1, 10, 0.001)).toBeCloseTo(3.615, 3);
    expect(evidence(2, 10, 0.001)).toBeCloseTo(8.607, 3);
    expect(evidence(3, 100, 0.001)).toBeCloseTo(7.304, 3);
    expect(evidence(15, 1000, 0.001)).toBeCloseTo(26.62, 2);
  });

  it('is nothing while no more failed than allowed, and grows with every failure beyond', () => {
    expect(evidence(0, 0, 0.001)).toBe(0);
    expect(evidence(0, 5000, 0.001)).toBe(0);
    expect(evidence(5, 5000, 0.001)).toBe(0);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 0, max: 1e4 }),
        (total, bad) => {
          expect(evidence(bad + 1, total, 0.001)).toBeGreaterThanOrEqual(
            evidence(bad, total, 0.001),
          );
        },
      ),
    );
  });

  it('bounds the chance of as many failures from above (Chernoff)', () => {
    const tail = (bad: number, total: number, p: number): number => {
      let [term, sum] = [(1 - p) ** total, 0];
      for (let k = 0; k <= total; k++) {
        if (k >= bad) sum += term;
        term *= ((total - k) / (k + 1)) * (p / (1 - p));
      }
      return sum;
    };
    expect(tail(2, 10, 0.001)).toBeCloseTo(4.48e-5, 6);
    for (const [bad, total] of [
      [1, 10],
      [2, 10],
      [3, 100],
      [15, 1000],
    ] as const)
      expect(Math.exp(-evidence(bad, total, 0.001))).toBeGreaterThanOrEqual(
        tail(bad, total, 0.001),
      );
  });

  it('grows with traffic at the same ratio (property 5)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 2, max: 100 }),
        (bad, total, times) => {
          expect(evidence(bad * times, total * times, 0.001)).toBeGreaterThanOrEqual(
            evidence(bad, total, 0.001),
          );
        },
      ),
    );
  });
});

describe('the fewest failures that page', () => {
  it('are those of the table at 99.9 %, 14.4× (property 8)', () => {
    const totals = [10, 20, 50, 70, 100, 200, 300, 500, 1000];
    expect(totals.map((total) => criticalBad(total, tierA, budget))).toEqual([
      2, 2, 3, 3, 3, 4, 5, 8, 15,
    ]);
    const plain = (total: number): number => {
      let bad = 0;
      while (!exceeds(bad, total, tierA)) bad++;
      return bad;
    };
    expect([1, ...totals].map(plain)).toEqual([1, 1, 1, 1, 2, 2, 3, 5, 8, 15]);
  });

  it('cannot be reached by a single request: not even one that failed pages (property 8, n = 1)', () => {
    expect(criticalBad(1, tierA, budget)).toBe(2);
  });

  it('are never one, at any traffic and any objective (property 25)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e7 }),
        fc.constantFrom('99%', '99.5%', '99.9%', '99.95%', '99.99%', '99.999%'),
        fc.constantFrom(0, 1),
        (total, objective, tier) => {
          const slo = sloOf(objective);
          const threshold = errorThreshold(slo.burnPolicy.conditions[tier]!, slo.objective);
          const fewest = criticalBad(total, threshold, slo.objective.budget);
          expect(fewest ?? Infinity).toBeGreaterThanOrEqual(FEWEST_FAILURES);
        },
      ),
    );
  });

  it('leave the gate without effect at high traffic', () => {
    // µ (B ln B − B + 1) > 6.91: 276 requests in the hour at 14.4×, 1200 in six at 6×.
    for (const total of [300, 500, 1000, 5000, 1e6])
      expect(criticalBad(total, tierA, budget)).toBe(Math.floor((total * 144) / 10_000) + 1);
    expect(criticalBad(276 / 2, tierA, budget)).toBeGreaterThan(Math.floor(138 * 0.0144) + 1);
  });
});
