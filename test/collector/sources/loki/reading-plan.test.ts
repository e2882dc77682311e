// The plan of what to ask Loki for: chunks that tile the range, in cells that fit its age.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chunksOf,
  historySeconds,
  widestCells,
} from '../../../../collector/sources/loki/reading-plan.ts';
import { logSlo } from '../event-slo.ts';

const query = { total: '{app="a"}', part: '{app="a"} |= "x"' };
const DAY = 86_400;

describe('the chunks of a range', () => {
  const range = fc
    .record({
      now: fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
      from: fc.integer({ min: 1, max: 12 * 8640 }),
      length: fc.integer({ min: 1, max: 12 * 8640 }),
      widest: fc.constantFrom(10 as const, 60 as const, 900 as const),
    })
    .map(({ now, from, length, widest }) => {
      const start = Math.floor(now / 10) * 10 - from * 10;
      return {
        now,
        widest,
        from: start,
        to: Math.min(start + length * 10, Math.floor(now / 10) * 10),
      };
    });

  it('meet without overlap from the first cell to the end', () => {
    fc.assert(
      fc.property(range, ({ now, from, to, widest }) => {
        const chunks = chunksOf({ from, to }, now, widest);
        expect(chunks.at(-1)?.to).toBe(to);
        const first = chunks[0]!;
        expect(first.from).toBeLessThanOrEqual(from);
        expect(from - first.from).toBeLessThan(900);
        for (const [index, chunk] of chunks.entries()) {
          expect(chunk.from).toBe(index === 0 ? first.from : chunks[index - 1]?.to);
          expect([chunk.from % chunk.width, chunk.to % chunk.width]).toEqual([0, 0]);
          expect(chunk.to).toBeGreaterThan(chunk.from);
          expect((chunk.to - chunk.from) / chunk.width).toBeLessThan(11_000);
          expect(chunk.width).toBeLessThanOrEqual(widest);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('have fine cells for the last six hours, and quarters of an hour past four days', () => {
    const now = 1_800_000_000;
    const widths = (ago: number): number =>
      chunksOf({ from: now - ago, to: now - ago + 1_800 }, now, 900)[0]?.width ?? 0;
    expect([3_600, 21_600, 22_600, 4 * DAY, 4 * DAY + 1_000, 30 * DAY].map(widths)).toEqual([
      10, 10, 60, 60, 900, 900,
    ]);
  });
});

describe('the history of an SLO', () => {
  it('is its window, or its longest alert window', () => {
    expect(historySeconds(logSlo({ ...query, window: '30d' }))).toBe(30 * DAY);
    expect(historySeconds(logSlo({ ...query, window: '4d' }))).toBe(4 * DAY);
    const month = { kind: 'calendar', unit: 'month', zone: 'Europe/Berlin' } as const;
    expect(historySeconds({ ...logSlo(query), window: month })).toBeGreaterThanOrEqual(
      31 * DAY + 3600,
    );
  });

  it('is read in cells that no time slice is cut by', () => {
    const slices = (sliceSeconds: number) =>
      logSlo({
        ...query,
        method: {
          kind: 'time-slices',
          sliceSeconds,
          maxBadRatio: { num: 1, den: 10 },
          emptySlice: 'ignore',
        },
      });
    expect([60, 300, 900, 30, 3600].map((each) => widestCells(slices(each)))).toEqual([
      60, 60, 900, 10, 900,
    ]);
  });
});
