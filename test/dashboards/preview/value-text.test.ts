// Values read as people say them, and never as another number than they are.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toldValue, valueText } from '../../../dashboards/preview/value-text.ts';
import type { Unit } from '../../../dashboards/unit.ts';

const text = (value: number, unit: Unit, decimals?: number): string =>
  valueText(value, { unit, decimals, now: 1_000_000 });

describe('the text of a value', () => {
  it.each<[number, Unit, number | undefined, string]>([
    [0.99912, 'ratio', 2, '99.91%'],
    [-0.5, 'ratio', 1, '−50.0%'],
    [1, 'ratio', undefined, '100%'],
    [12_345_678, 'count', undefined, '12,345,678'],
    [0, 'seconds', undefined, '0 s'],
    [0.25, 'seconds', undefined, '250 ms'],
    [5400, 'seconds', undefined, '1.5 h'],
    [259_200, 'seconds', undefined, '3 d'],
    [1536, 'bytes', undefined, '1.5 KiB'],
    [14.4, 'multiple', undefined, '14.4'],
    [1234.5, 'events per second', undefined, '1,235/s'],
    [1_003_600_000, 'moment', undefined, 'in 1 h'],
    [996_400_000, 'moment', undefined, '1 h ago'],
    [1_000_000_000_000, 'date', undefined, '2001-09-09 01:46 UTC'],
    [1e18, 'date', undefined, 'never'],
    [Infinity, 'seconds', undefined, 'endless'],
    [NaN, 'ratio', undefined, 'not a number'],
  ])('of %d as %s is short and has its unit', (value, unit, decimals, expected) => {
    expect(text(value, unit, decimals)).toBe(expected);
  });

  it('of a ratio with decimals is the ratio rounded to these', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (value) => {
        expect(Number(text(value, 'ratio', 4).slice(0, -1))).toBeCloseTo(value * 100, 3);
      }),
    );
  });

  it('is a word where there is one, and has the shade of its level', () => {
    const style = { unit: 'state', now: 0 } as const;
    const states = [{ value: 3, word: 'Page', shade: 'critical' }] as const;
    const levels = [
      { from: null, unit: 'state', shade: 'critical' },
      { from: 5, unit: 'state', shade: 'good' },
    ] as const;
    expect(toldValue(3, { states, levels }, style)).toEqual({ text: 'Page', shade: 'critical' });
    expect(toldValue(5, { states, levels }, style)).toEqual({ text: '5', shade: 'good' });
    expect(toldValue(4, { states, levels: [] }, style)).toEqual({ text: '4', shade: 'neutral' });
  });
});
