// Axes hold every value, have round numbers at them, and time ticks lie inside.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeTicks, valueScale } from '../../../dashboards/preview/scale.ts';

const value = fc.integer({ min: -1e12, max: 1e12 }).map((each) => each / 1000);

describe('the axis of values', () => {
  it('holds all of them, and two to twelve ticks', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
        const { low, high, ticks } = valueScale(values);
        const room = (high - low) * 1e-9;
        expect(Math.min(...values)).toBeGreaterThanOrEqual(low - room);
        expect(Math.max(...values)).toBeLessThanOrEqual(high + room);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThan(13);
      }),
    );
  });

  it('begins and ends where it is told to, and is one even over nothing', () => {
    expect(valueScale([3, 7], { min: 0 }).low).toBe(0);
    expect(valueScale([0.991, 0.9999], { max: 1 }).high).toBe(1);
    expect(valueScale([])).toEqual({ low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] });
    expect(valueScale([0.5, 0.5]).ticks.length).toBeGreaterThan(1);
  });
});

describe('the axis of time', () => {
  it('has ticks inside of the time, at whole minutes, at most eight', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e9 }),
        fc.integer({ min: 600, max: 366 * 86_400 }),
        (from, seconds) => {
          const ticks = timeTicks(from, from + seconds);
          expect(ticks.length).toBeLessThan(9);
          expect(ticks.every((at) => at % 60 === 0 && at >= from && at <= from + seconds)).toBe(
            true,
          );
        },
      ),
    );
  });
});
