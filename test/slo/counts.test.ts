// Even shares of a count: whole, additive, and the same for corrections.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evenShare } from '../../slo/counts.ts';

describe('an even share', () => {
  const spread = (count: number, of: number): readonly number[] =>
    Array.from({ length: of }, (_, k) => evenShare(count, k + 1, of) - evenShare(count, k, of));

  it('gives second k of n what replay files promise: ⌊(k+1)·c/n⌋ − ⌊k·c/n⌋', () => {
    expect(spread(7, 10)).toEqual([0, 1, 1, 0, 1, 1, 0, 1, 1, 1]);
    expect(spread(3, 4)).toEqual([0, 1, 1, 1]);
    expect(spread(0, 3)).toEqual([0, 0, 0]);
  });

  it('adds up to the count, in steps that differ by one at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.integer({ min: 1, max: 900 }),
        (count, of) => {
          const steps = spread(count, of);
          expect(steps.reduce((sum, step) => sum + step, 0)).toBe(count);
          expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('of a correction takes back exactly what it corrects', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 1, max: 900 }),
        (count, steps, of) => {
          expect(evenShare(-count, steps, of) + evenShare(count, steps, of)).toBe(0);
        },
      ),
    );
  });

  it('stays exact up to 2^53', () => {
    expect(evenShare(Number.MAX_SAFE_INTEGER, 1, 900)).toBe(10_007_999_171_934);
    expect(evenShare(Number.MAX_SAFE_INTEGER, 899, 900)).toBe(
      Number((BigInt(Number.MAX_SAFE_INTEGER) * 899n) / 900n),
    );
    expect(evenShare(Number.MAX_SAFE_INTEGER, 900, 900)).toBe(Number.MAX_SAFE_INTEGER);
    expect(evenShare(5, -1, 10)).toBe(0);
  });
});
