// Laws of windows over a history: order, tiles, silence, conservation, backfill (properties 11, 16, 18, 21 and 25).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetOf } from '../../slo/budget.ts';
import type { Cell } from '../../slo/counts.ts';
import { type CountHistory, createCountHistory } from '../../slo/count-history.ts';
import { type HistoryLayout, layoutFor } from '../../slo/history-layout.ts';
import { parseObjective } from '../../slo/objective.ts';

const START = 236_111 * 7200;
const DAY = 86_400;

const events = fc.array(
  fc
    .record({
      at: fc.integer({ min: -31 * DAY, max: -1 }),
      late: fc.integer({ min: 0, max: 4000 }),
      total: fc.integer({ min: 1, max: 1e6 }),
      good: fc.nat(1e6),
    })
    .map(({ at, late, total, good }) => ({
      late,
      cell: { start: START + at, width: 1, total, bad: Math.max(0, total - good) } satisfies Cell,
    })),
  { minLength: 1, maxLength: 40 },
);
const windows = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 30 * DAY }), fc.integer({ min: 0, max: 30 * DAY })),
  { minLength: 8, maxLength: 8 },
);

function read(history: CountHistory, pairs: readonly (readonly [number, number])[]) {
  return pairs.map(([a, b]) =>
    history.sum(0, history.end - Math.max(a, b), history.end - Math.min(a, b)),
  );
}

function historyOf(start: number, layout?: HistoryLayout): CountHistory {
  const history = createCountHistory(layout === undefined ? { start } : { start, layout });
  history.addColumn();
  return history;
}

describe('the sums of a history', () => {
  it('do not depend on the order in which events came (property 11)', () => {
    fc.assert(
      fc.property(events, windows, fc.func(fc.nat()), (given, pairs, rank) => {
        const sums = [given, given.toSorted((a, b) => rank(a) - rank(b))].map((order) => {
          const history = historyOf(START);
          for (const { cell } of order) history.apply(0, [cell]);
          return read(history, pairs);
        });
        const history = historyOf(START);
        history.apply(
          0,
          given.map(({ cell }) => cell),
        );
        expect(sums).toEqual([read(history, pairs), read(history, pairs)]);
      }),
      { numRuns: 60 },
    );
  });

  it('are the same after a backfill as after running all along, bit for bit (property 25)', () => {
    fc.assert(
      fc.property(events, windows, (given, pairs) => {
        const backfilled = historyOf(START);
        backfilled.apply(
          0,
          given.map(({ cell }) => cell),
        );
        const running = historyOf(START - 32 * DAY);
        const arriving = given
          .map((event) => ({ ...event, when: Math.min(START, event.cell.start + event.late) }))
          .toSorted((a, b) => a.when - b.when);
        for (const { cell, when } of arriving) {
          running.advance(when);
          running.apply(0, [cell]);
        }
        running.advance(START);
        expect(read(running, pairs)).toEqual(read(backfilled, pairs));
      }),
      { numRuns: 60 },
    );
  });

  it('of a window are those of its tiles, wherever it is cut (property 16)', () => {
    fc.assert(
      fc.property(
        events,
        fc.array(fc.integer({ min: 0, max: 30 * DAY }), { minLength: 2, maxLength: 9 }),
        (given, cuts) => {
          const history = historyOf(START);
          history.apply(
            0,
            given.map(({ cell }) => cell),
          );
          const edges = cuts.toSorted((a, b) => b - a).map((ago) => START - ago);
          const tiles = edges.slice(1).map((to, k) => history.sum(0, edges[k]!, to));
          const whole = history.sum(0, edges[0]!, edges.at(-1)!);
          for (const which of ['total', 'bad'] as const) {
            // Every scale divides a day's seconds: in 86,400ths all counts are whole.
            const parts = tiles.map((tile) => (BigInt(tile[which]) * 86_400n) / BigInt(tile.scale));
            expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(
              (BigInt(whole[which]) * 86_400n) / BigInt(whole.scale),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are exactly nothing after an idle window, whatever was before (property 18)', () => {
    const objective = parseObjective('99.9%')!;
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 3 * DAY }), (given, idle) => {
        const history = historyOf(START);
        history.apply(0, [
          ...given.map(({ cell }) => ({ ...cell, total: cell.total * 1e9, bad: cell.bad * 1e9 })),
          { start: START - 5, width: 1, total: 1, bad: 1 },
        ]);
        history.advance(START + 3 * DAY);
        expect(history.sum(0, history.end - idle, history.end)).toEqual({
          total: 0,
          bad: 0,
          scale: 1,
        });
        expect(budgetOf(history.sum(0, history.end - idle, history.end), objective)).toEqual({
          total: 0,
          bad: 0,
        });
      }),
      { numRuns: 40 },
    );
  });

  it('are exact up to 2^53 events, and cut to whole events where parts would leave it', () => {
    const history = historyOf(START);
    const million = 1e6 * 900;
    for (let day = 0; day < 31; day++)
      history.apply(
        0,
        Array.from({ length: 96 }, (_, k) => ({
          start: START - (day + 1) * DAY + k * 900,
          width: 900 as const,
          total: million,
          bad: 7,
        })),
      );
    history.advance(START + 1);
    const month = history.sum(0, START - 30 * DAY + 1, START + 1);
    expect(month).toMatchObject({ scale: 1, bad: 30 * 96 * 7 });
    expect(month.total).toBe(30 * 96 * million - 1e6);
  });
});

describe('a rolling budget', () => {
  it('is spent by exactly the bad events of its window, each of which leaves it P after it came (property 21)', () => {
    const P = 2 * DAY;
    const layout = layoutFor({ fineSeconds: P, totalSeconds: P });
    const objective = parseObjective('99%')!;
    const incidents = fc.uniqueArray(fc.integer({ min: 0, max: P - 1 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(incidents, (starts) => {
        const history = historyOf(START, layout);
        history.apply(
          0,
          starts.map((at) => ({ start: START - P + at, width: 1, total: 100, bad: 5 })),
        );
        for (const at of starts.toSorted((a, b) => a - b)) {
          const leaves = START + at;
          for (const now of [leaves, leaves + 1]) {
            history.advance(now);
            const counts = history.sum(0, now - P, now);
            const inside = starts.filter((each) => START - P + each >= now - P).length;
            expect(counts).toEqual({ total: inside * 100, bad: inside * 5, scale: 1 });
            expect(budgetOf(counts, objective).budgetSpent).toBe(inside === 0 ? undefined : 5);
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});
