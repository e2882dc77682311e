// The bulk screen gives the very answers of judging one by one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeConditions } from '../../slo/burn-rate.ts';
import { createBurnScreen } from '../../slo/burn-screen.ts';
import { createCountHistory } from '../../slo/count-history.ts';
import { sloOf } from './fixtures.ts';

const START = 1_888_889 * 900;

describe('the burn screen', () => {
  it('agrees with the judge on every condition of every instance, also at exactly the threshold', () => {
    const burst = fc.record({
      column: fc.nat(19),
      ago: fc.integer({ min: 0, max: 90_000 }),
      total: fc.integer({ min: 0, max: 3000 }),
      // Often exactly 14.4 per mille, 6, 3 or 1 of a thousand.
      share: fc.constantFrom(0, 0.0144, 0.006, 0.003, 0.001, 0.0145, 0.02, 0.5, 1),
    });
    let pages = 0;
    fc.assert(
      fc.property(
        fc.array(burst, { minLength: 5, maxLength: 60 }),
        fc.boolean(),
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 20, maxLength: 20 }),
        (bursts, evidenceGate, lags) => {
          const slo = sloOf('99.9%', { evidenceGate });
          const history = createCountHistory({ start: START });
          const columns = Uint32Array.from({ length: 20 }, () => history.addColumn());
          for (const { column, ago, total, share } of bursts)
            history.apply(column, [
              {
                start: START - Math.ceil((ago + 60) / 60) * 60,
                width: 60,
                total,
                bad: Math.floor(total * share),
              },
            ]);
          const ends = Float64Array.from(lags, (lag, i) => (i < 10 ? START : START - lag));
          const masks = createBurnScreen(slo).judge(history, columns, ends);
          for (const [i, column] of columns.entries()) {
            const verdicts = judgeConditions(
              slo,
              (from, to) => history.sum(column, from, to),
              ends[i]!,
            );
            const mask = verdicts.reduce((bits, { on }, k) => bits + (on ? 2 ** k : 0), 0);
            expect(masks[i]).toBe(mask);
            pages += mask & 1;
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(pages).toBeGreaterThan(0);
  });

  it('decides equality by integers: exactly the burn rate is not above it', () => {
    const slo = sloOf('99.9%', { evidenceGate: false });
    const history = createCountHistory({ start: START });
    const columns = Uint32Array.from({ length: 500 }, () => history.addColumn());
    for (const column of columns)
      history.apply(column, [
        { start: START - 1, width: 1, total: 625 * (column + 1), bad: 9 * (column + 1) },
      ]);
    const ends = new Float64Array(500).fill(START);
    const screen = createBurnScreen(slo);
    expect([...screen.judge(history, columns, ends)].filter((mask) => (mask & 1) !== 0)).toEqual(
      [],
    );
    for (const column of columns)
      history.apply(column, [{ start: START - 1, width: 1, total: 0, bad: 1 }]);
    expect([...screen.judge(history, columns, ends)].filter((mask) => mask === 15)).toHaveLength(
      500,
    );
  });
});
