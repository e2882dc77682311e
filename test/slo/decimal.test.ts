// Decimals as fractions: parsed from text, multiplied and compared without a rounding anywhere.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exceeds, fraction, multiply, parseDecimal, toNumber } from '../../slo/decimal.ts';

describe('decimal text', () => {
  it('becomes a reduced fraction', () => {
    expect(parseDecimal('14.4')).toEqual({ num: 72, den: 5 });
    expect(parseDecimal('99.95')).toEqual({ num: 1999, den: 20 });
    expect(parseDecimal('0.10')).toEqual({ num: 1, den: 10 });
    expect(parseDecimal('0')).toEqual({ num: 0, den: 1 });
  });

  it('is refused when it is not plain or has too many digits', () => {
    for (const text of ['', '.5', '1.', '01', '-1', '+1', '1e3', ' 1', '1,5', 'NaN', '1.2.3', '٣'])
      expect([text, parseDecimal(text)]).toEqual([text, undefined]);
    expect(parseDecimal('123456789.012')).toBeDefined();
    expect(parseDecimal('123456789.0123')).toBeUndefined();
  });
});

describe('fractions', () => {
  it('are made of safe integers only', () => {
    for (const [num, den] of [
      [1, 0],
      [1, -2],
      [0.5, 1],
      [2 ** 53, 1],
      [1, NaN],
    ] as const)
      expect(() => fraction(num, den)).toThrow(RangeError);
  });

  it('multiply exactly, and fail rather than round', () => {
    expect(multiply(fraction(72, 5), fraction(1, 1000))).toEqual({ num: 9, den: 625 });
    expect(toNumber(multiply(fraction(2, 3), fraction(3, 2)))).toBe(1);
    expect(() => multiply(fraction(1, 2 ** 40 - 1), fraction(1, 2 ** 40 - 3))).toThrow(RangeError);
  });
});

describe('exceeding a limit', () => {
  it('is strict and exact where floats are wrong', () => {
    // 1 − 0.999 in floats is more than 0.001: a float rule misjudges thousands of exact equalities.
    let wrong = 0;
    for (let k = 1; k <= 2000; k++) {
      const [bad, total] = [9 * k, 625 * k];
      expect(exceeds(bad, total, fraction(9, 625))).toBe(false);
      if (bad / total > 14.4 * (1 - 0.999)) wrong++;
      if (14.4 * (1 - 0.999) > bad / total) wrong++;
    }
    expect(wrong).toBeGreaterThan(0);
    expect(exceeds(0, 0, fraction(1, 1000))).toBe(false);
  });

  it('agrees with big integers at any size', () => {
    const count = fc.maxSafeNat();
    fc.assert(
      fc.property(
        count,
        count,
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 1, max: 1e12 }),
        (part, whole, num, den) => {
          const limit = fraction(num, den);
          expect(exceeds(part, whole, limit)).toBe(
            BigInt(part) * BigInt(den) > BigInt(num) * BigInt(whole),
          );
        },
      ),
    );
  });
});
