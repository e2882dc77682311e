import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWatermark } from '../../../../collector/sources/prometheus/watermark.ts';

const NOW = 1_700_000_000;

describe('the watermark of pulled counters', () => {
  it('is the newest sample while samples come, so that a bad one counts at once', () => {
    const mark = createWatermark(30);
    for (let second = 0; second < 60; second += 5) {
      const newest = NOW + Math.floor(second / 15) * 15 - 2;
      expect(mark.after(NOW + second, newest * 1000 - 400, 15_000)).toBe(newest);
    }
  });

  it('follows now at a distance when no sample comes', () => {
    const mark = createWatermark(30);
    mark.after(NOW, NOW * 1000, 15_000);
    expect(mark.after(NOW + 20, NOW * 1000, 15_000)).toBe(NOW);
    expect(mark.after(NOW + 300, NOW * 1000, 15_000)).toBe(NOW + 270);
    expect(mark.after(NOW + 600, NOW * 1000, 60_000)).toBe(NOW + 480);
    expect(createWatermark(30).after(NOW, -Infinity, 0)).toBe(NOW - 30);
  });

  it('lets a store that is always two minutes behind be so, and never cuts its windows short', () => {
    const mark = createWatermark(30);
    const reached: number[] = [];
    for (let second = 0; second < 1200; second += 15)
      reached.push(mark.after(NOW + second, (NOW + second - 120) * 1000, 15_000) - NOW - second);
    expect(new Set(reached)).toEqual(new Set([-120]));
  });

  it('never goes back, and never past now', () => {
    const step = fc.record({
      passed: fc.integer({ min: -50, max: 100 }),
      lag: fc.integer({ min: -20, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const mark = createWatermark(30);
        let now = NOW;
        let furthest = NOW;
        let last = 0;
        for (const { passed, lag } of steps) {
          now += passed;
          furthest = Math.max(furthest, now);
          const reached = mark.after(now, (now - lag) * 1000, 15_000);
          expect(reached).toBeGreaterThanOrEqual(last);
          expect(reached).toBeLessThanOrEqual(furthest);
          last = reached;
        }
      }),
    );
  });
});
