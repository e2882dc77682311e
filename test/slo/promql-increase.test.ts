// Where PromQL's increase() is right, wrong or silent, and exact counting is right (properties 13 and 14).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterIncrease } from '../../slo/counter-delta.ts';
import { promqlIncrease, type Sample } from './promql-increase.ts';

/** Samples every `spacing` seconds from 0 to 900 of a counter that stands at `value(t)`. */
const scraped = (
  spacing: number,
  value: (t: number) => number | undefined,
  offset = 0,
): readonly Sample[] => {
  const samples: Sample[] = [];
  for (let t = offset; t <= 900; t += spacing) {
    const v = value(t);
    if (v !== undefined) samples.push([t, v]);
  }
  return samples;
};
const stepAt450 = (base: number) => (t: number) => (t >= 450 ? base + 1 : base);

/** What exact counting makes of the samples up to `at` that are later than `from`. */
function exactly(samples: readonly Sample[], from: number, at: number): number {
  let [sum, previous]: [number, number | undefined] = [0, undefined];
  for (const [t, value] of samples) {
    if (t > from && t <= at && previous !== undefined) sum += counterIncrease(previous, value);
    if (t <= at) previous = value;
  }
  return sum;
}

describe('increase() over (300, 600], against the true count', () => {
  it('is 1.0526 for one event in a counter at 100, scraped every 15 s; 1 for a counter at 0', () => {
    expect(promqlIncrease(scraped(15, stepAt450(100)), 600, 300)).toBeCloseTo(1.0526315789, 9);
    expect(promqlIncrease(scraped(15, stepAt450(0)), 600, 300)).toBeCloseTo(1, 9);
    expect(exactly(scraped(15, stepAt450(100)), 300, 600)).toBe(1);
  });

  it('is 1.25 at 60 s, and in tiles of two samples counts one event twice or never', () => {
    const samples = scraped(60, stepAt450(100));
    expect(promqlIncrease(samples, 600, 300)).toBeCloseTo(1.25, 9);
    expect([480, 600].map((at) => promqlIncrease(samples, at, 120))).toEqual([2, 0]);
    expect([420, 540].map((at) => promqlIncrease(samples, at, 120))).toEqual([0, 0]);
    const tiles = [420, 540].map((at) => exactly(samples, at - 120, at));
    expect(tiles).toEqual([0, 1]);
  });

  it('is nothing when one window holds one sample', () => {
    const samples = scraped(60, stepAt450(100));
    expect(promqlIncrease(samples, 600, 60)).toBeUndefined();
    expect(exactly(samples, 420, 480)).toBe(1);
  });

  it('loses the event that a series was born with', () => {
    const born = scraped(15, (t) => (t >= 450 ? 1 : undefined));
    expect(promqlIncrease(born, 600, 300)).toBe(0);
  });

  it('counts resets as exact counting does', () => {
    const reset = scraped(15, (t) => (t < 450 ? 100 + t / 15 : (t - 450) / 15 + 1));
    expect(promqlIncrease(reset, 600, 300)).toBeCloseTo(20, 9);
    expect(exactly(reset, 300, 600)).toBe(20);
  });

  it('bridges holes inside, and falls short of those at its edges', () => {
    const running = (hole: (t: number) => boolean) =>
      scraped(15, (t) => (hole(t) ? undefined : 1000 + t));
    expect(
      promqlIncrease(
        running((t) => t > 400 && t < 490),
        600,
        300,
      ),
    ).toBeCloseTo(300, 9);
    expect(
      promqlIncrease(
        running((t) => t > 545),
        600,
        300,
      ),
    ).toBeCloseTo(247.5, 9);
    expect(
      promqlIncrease(
        running((t) => t <= 375),
        600,
        300,
      ),
    ).toBeCloseTo(217.5, 9);
    expect(
      exactly(
        running((t) => t > 400 && t < 490),
        300,
        600,
      ),
    ).toBe(300);
  });

  it('holds its left edge before Prometheus 3 only', () => {
    const samples = scraped(60, (t) => 1000 + t);
    expect(promqlIncrease(samples, 600, 60, true)).toBe(60);
    expect(promqlIncrease(samples, 600, 60)).toBeUndefined();
    expect(promqlIncrease(samples, 600, 300, true)).toBeCloseTo(300, 9);
  });
});

describe('a day of sparse errors', () => {
  // 200 errors in a day, at seconds drawn once.
  let seed = 7;
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const errors = Array.from({ length: 200 }, () => random() * 86_400).sort((a, b) => a - b);
  const countAt = (t: number): number => 50 + errors.filter((at) => at <= t).length;
  const day = (spacing: number): readonly Sample[] =>
    Array.from({ length: Math.floor(86_400 / spacing) + 1 }, (_, k) => [
      k * spacing,
      countAt(k * spacing),
    ]);
  const tiled = (spacing: number, tile: number): number | undefined => {
    const samples = day(spacing);
    const sums = Array.from({ length: 86_400 / tile }, (_, k) =>
      promqlIncrease(
        samples.slice(Math.floor((k * tile) / spacing), Math.ceil(((k + 1) * tile) / spacing) + 1),
        (k + 1) * tile,
        tile,
      ),
    );
    return sums.every((each) => each === undefined)
      ? undefined
      : sums.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  };

  it('is not what tiles of increase() add up to, and exactly what exact counting does', () => {
    for (const [spacing, tile] of [
      [15, 60],
      [30, 60],
      [15, 300],
    ] as const) {
      const sum = tiled(spacing, tile)!;
      expect(sum).not.toBe(200);
      expect(Math.abs(sum - 200)).toBeLessThan(40);
      expect(exactly(day(spacing), 0, 86_400)).toBe(200);
    }
    expect(tiled(60, 60)).toBeUndefined();
    expect(exactly(day(60), 0, 86_400)).toBe(200);
  });

  it('is exact over any cut into polls', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 86_399 }), { maxLength: 20 }), (cuts) => {
        const samples = day(60);
        const edges = [0, ...cuts.sort((a, b) => a - b), 86_400];
        const parts = edges.slice(1).map((to, k) => exactly(samples, edges[k]!, to));
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(200);
      }),
      { numRuns: 20 },
    );
  });
});
