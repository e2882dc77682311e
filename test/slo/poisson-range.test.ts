// Chi-square quantiles against printed tables, and the ranges made of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareQuantile, poissonRange } from '../../slo/poisson-range.ts';

describe('chi-square quantiles', () => {
  it.each([
    [0.005, 1, 0.0000393],
    [0.05, 1, 0.00393214],
    [0.05, 2, 0.102587],
    [0.95, 2, 5.99146],
    [0.05, 6, 1.63538],
    [0.95, 8, 15.50731],
    [0.5, 10, 9.34182],
    [0.01, 30, 14.95346],
    [0.99, 30, 50.89218],
    [0.05, 100, 77.92947],
    [0.95, 100, 124.34211],
    [0.995, 100, 140.16949],
    [0.975, 1000, 1089.53],
    [0.025, 1000, 914.26],
  ])('at %f with %i degrees of freedom', (p, freedom, quantile) => {
    expect(chiSquareQuantile(p, freedom) / quantile).toBeCloseTo(
      1,
      quantile < 0.001 ? 2 : quantile < 0.1 ? 3 : 5,
    );
  });

  it('have the closed form of two degrees', () => {
    for (const p of [0.001, 0.05, 0.5, 0.95, 0.999])
      expect(chiSquareQuantile(p, 2)).toBeCloseTo(-2 * Math.log(1 - p), 10);
  });

  it('join the approximation for large counts without a step', () => {
    const [below, above] = [chiSquareQuantile(0.95, 999_999), chiSquareQuantile(0.95, 1_000_001)];
    expect(above - below).toBeGreaterThan(1);
    expect(above - below).toBeLessThan(4);
  });
});

describe('the Poisson range', () => {
  it('of three events is 0.82 to 7.75, of none 0 to 3.0', () => {
    expect(poissonRange(3).low).toBeCloseTo(0.8177, 4);
    expect(poissonRange(3).high).toBeCloseTo(7.7537, 4);
    expect(poissonRange(0)).toEqual({ low: 0, high: expect.closeTo(2.9957, 4) as number });
  });

  it('holds the count and grows narrower, in proportion, with it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e7 }), (count) => {
        const { low, high } = poissonRange(count);
        expect(low).toBeLessThan(count);
        expect(high).toBeGreaterThan(count);
        const twice = poissonRange(2 * count);
        expect(twice.high / (2 * count)).toBeLessThan(high / count);
        expect(twice.low / (2 * count)).toBeGreaterThan(low / count);
      }),
      { numRuns: 200 },
    );
  });
});
