// Sets of intervals against a plain set of seconds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addInterval, coveredSeconds, dropBefore, type Interval } from '../../slo/interval.ts';

const some = fc.array(
  fc
    .record({ from: fc.nat(100), length: fc.integer({ min: -2, max: 20 }) })
    .map(({ from, length }) => ({
      from,
      to: from + length,
    })),
  { maxLength: 15 },
);
const union = (intervals: readonly Interval[]): readonly Interval[] =>
  intervals.reduce<readonly Interval[]>(addInterval, []);
const secondsOf = (intervals: readonly Interval[]): Set<number> => {
  const seconds = new Set<number>();
  for (const { from, to } of intervals) for (let at = from; at < to; at++) seconds.add(at);
  return seconds;
};

describe('a set of intervals', () => {
  it('is the union of what was added, sorted, apart, and the same in any order', () => {
    fc.assert(
      fc.property(some, (added) => {
        const set = union(added);
        expect(secondsOf(set)).toEqual(secondsOf(added));
        for (const [k, interval] of set.entries()) {
          expect(interval.from).toBeLessThan(interval.to);
          expect(interval.from).toBeGreaterThan(set[k - 1]?.to ?? -Infinity);
        }
        expect(union(added.toReversed())).toEqual(set);
      }),
      { numRuns: 300 },
    );
  });

  it('does not change, not even its identity, when what it holds is added again', () => {
    const set = union([
      { from: 0, to: 10 },
      { from: 20, to: 30 },
    ]);
    expect(addInterval(set, { from: 22, to: 30 })).toBe(set);
    expect(addInterval(set, { from: 25, to: 25 })).toBe(set);
    expect(addInterval(set, { from: 2, to: 8 })).toEqual(set);
  });

  it('covers as many seconds of a stretch as it holds', () => {
    fc.assert(
      fc.property(some, fc.nat(130), fc.nat(130), (added, from, to) => {
        const covered = [...secondsOf(added)].filter((at) => at >= from && at < to).length;
        expect(coveredSeconds(union(added), from, to)).toBe(covered);
      }),
    );
  });

  it('forgets what lies before an instant and nothing else', () => {
    fc.assert(
      fc.property(some, fc.nat(130), (added, from) => {
        const left = [...secondsOf(added)].filter((at) => at >= from);
        expect(secondsOf(dropBefore(union(added), from))).toEqual(new Set(left));
      }),
    );
  });
});
