import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterIncrease, isCounterReset, isCounterValue } from '../../slo/counter-delta.ts';

const life = fc
  .array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 })
  .map((values) => values.sort((a, b) => a - b));

function sum(values: readonly number[]): number {
  return values
    .slice(1)
    .reduce((all, value, index) => all + counterIncrease(values[index] ?? 0, value), 0);
}

describe('counter increases', () => {
  it('telescope: any samples between two of one life change nothing', () => {
    fc.assert(
      fc.property(life, fc.nat(), (values, skipped) => {
        const [first = 0, last = 0] = [values[0], values.at(-1)];
        expect(sum(values)).toBe(Math.floor(last) - Math.floor(first));
        const fewer = values.filter((_, index) => index === 0 || index % 3 !== skipped % 3);
        if (fewer.at(-1) !== last) fewer.push(last);
        expect(sum(fewer)).toBe(sum(values));
      }),
    );
  });

  it('over resets add the value that each new life was first seen with', () => {
    expect(sum([10, 13, 2, 5, 0, 4])).toBe(3 + 2 + 3 + 0 + 4);
    expect([isCounterReset(3, 2), isCounterReset(3, 3)]).toEqual([true, false]);
  });

  it('are whole for fractional counters', () => {
    expect(sum([0.4, 0.9, 1.1, 2.9, 3])).toBe(3);
  });

  it('come from finite values only', () => {
    expect([0, 1.5, -1, NaN, Infinity].map(isCounterValue)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
