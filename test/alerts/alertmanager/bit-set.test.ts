import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bitSet, hasBit, shareOf, without } from '../../../alerts/alertmanager/bit-set.ts';

const SIZE = 130;
const members = fc.uniqueArray(fc.nat({ max: SIZE - 1 }));

it('bits are sets of numbers', () => {
  fc.assert(
    fc.property(members, members, (one, two) => {
      const [a, b] = [bitSet(SIZE, one), bitSet(SIZE, two)];
      const left = one.filter((each) => !two.includes(each));
      const share = left.length === 0 ? 'all' : left.length < one.length ? 'some' : 'none';
      expect(shareOf(a, b)).toBe(one.length === 0 ? 'none' : share);
      const rest = without(a, b);
      const numbers = Array.from({ length: SIZE }, (_, number) => number);
      expect(numbers.filter((number) => hasBit(rest, number))).toEqual(left.sort((x, y) => x - y));
      expect(rest).toEqual(bitSet(SIZE, left));
    }),
  );
});
