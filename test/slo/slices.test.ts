// Time slices: what a slice counts as, and how verdicts follow late and corrected counts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../slo/counts.ts';
import { createCountHistory } from '../../slo/count-history.ts';
import { fraction } from '../../slo/decimal.ts';
import { createSliceLedger, sliceVerdict, type TimeSlices } from '../../slo/slices.ts';

const START = 236_111 * 7200;
const methodOf = (
  emptySlice: TimeSlices['emptySlice'] = 'ignore',
  sliceSeconds = 60,
): TimeSlices => ({
  kind: 'time-slices',
  sliceSeconds,
  maxBadRatio: fraction(5, 100),
  emptySlice,
});
const ledgerOf = (method: TimeSlices, keepSeconds = 86_400) =>
  createSliceLedger({ method, start: START, keepSeconds });
const cell = (at: number, total: number, bad: number, width: Cell['width'] = 1): Cell => ({
  start: START + at,
  width,
  total,
  bad,
});

describe('a slice', () => {
  it('is bad strictly above its ratio', () => {
    const method = methodOf();
    expect(sliceVerdict(method, { total: 100, bad: 5 })).toEqual({ total: 1, bad: 0 });
    expect(sliceVerdict(method, { total: 100, bad: 6 })).toEqual({ total: 1, bad: 1 });
    expect(sliceVerdict(method, { total: 1, bad: 2 })).toEqual({ total: 1, bad: 1 });
  });

  it('counts as the user says when it is empty', () => {
    const empty = { total: 0, bad: 0 };
    expect(sliceVerdict(methodOf('ignore'), empty)).toEqual({ total: 0, bad: 0 });
    expect(sliceVerdict(methodOf('good'), empty)).toEqual({ total: 1, bad: 0 });
    expect(sliceVerdict(methodOf('bad'), empty)).toEqual({ total: 1, bad: 1 });
  });
});

describe('a slice ledger', () => {
  it('judges a slice when it has ended, as one event in its last second', () => {
    const ledger = ledgerOf(methodOf());
    ledger.apply([cell(3, 50, 0), cell(40, 50, 10), cell(61, 10, 0)]);
    expect(ledger.judge(START + 59, START)).toEqual([]);
    expect(ledger.judge(START + 60, START)).toEqual([cell(59, 1, 1)]);
    expect(ledger.judge(START + 119, START)).toEqual([]);
    expect(ledger.judge(START + 120, START)).toEqual([cell(119, 1, 0)]);
    expect(ledger.judge(START + 600, START)).toEqual([]);
  });

  it('turns a verdict when late counts say otherwise, and says nothing when they do not', () => {
    const ledger = ledgerOf(methodOf());
    ledger.apply([cell(10, 100, 6)]);
    expect(ledger.judge(START + 600, START)).toEqual([cell(59, 1, 1)]);
    ledger.apply([cell(12, 10, 0)]);
    expect(ledger.judge(START + 600, START)).toEqual([]);
    ledger.apply([cell(14, 10, 0)]);
    expect(ledger.judge(START + 700, START)).toEqual([cell(59, 0, -1)]);
    ledger.apply([cell(10, -120, -6)]);
    expect(ledger.judge(START + 700, START)).toEqual([cell(59, -1, 0)]);
  });

  it('counts empty slices from the beginning of measurement on, not before', () => {
    const ledger = ledgerOf(methodOf('bad'));
    expect(ledger.judge(START + 300, undefined)).toEqual([]);
    expect(ledger.judge(START + 360, START + 200)).toEqual([cell(299, 1, 1), cell(359, 1, 1)]);
    ledger.apply([cell(310, 5, 0)]);
    expect(ledger.judge(START + 361, START + 200)).toEqual([cell(359, 0, -1)]);
    // A backfill finds that measuring had begun earlier.
    expect(ledger.judge(START + 361, START + 60)).toEqual([
      cell(119, 1, 1),
      cell(179, 1, 1),
      cell(239, 1, 1),
    ]);
  });

  it('shares a wide cell between its slices', () => {
    const ledger = ledgerOf(methodOf('ignore', 300));
    ledger.apply([cell(0, 900, 60, 900)]);
    expect(ledger.judge(START + 900, START)).toEqual([
      cell(299, 1, 1),
      cell(599, 1, 1),
      cell(899, 1, 1),
    ]);
  });

  it('counts what it cannot take', () => {
    const ledger = ledgerOf(methodOf(), 3600);
    ledger.apply([cell(-7200, 1, 1), cell(3601, 1, 1), cell(3600, 1, 1), cell(-3600, 1, 1)]);
    expect(ledger.ignored).toEqual({ tooOld: 1, tooFarAhead: 1 });
    expect(ledger.judge(START + 3660, START)).toEqual([cell(-3541, 1, 1), cell(3659, 1, 1)]);
  });

  it('adds up to the verdicts of all slices, whatever the order, lateness and jumps of time', () => {
    const scripts = fc.array(
      fc.record({
        at: fc.integer({ min: -1700, max: 1700 }),
        width: fc.constantFrom(1 as const, 10 as const, 60 as const),
        total: fc.integer({ min: 0, max: 30 }),
        share: fc.constantFrom(0, 0, 1, 3),
        step: fc.integer({ min: 0, max: 400 }),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(
        scripts,
        fc.constantFrom('ignore' as const, 'good' as const, 'bad' as const),
        (script, empty) => {
          const method = methodOf(empty);
          const ledger = ledgerOf(method, 30_000);
          const history = createCountHistory({ start: START });
          const column = history.addColumn();
          const raw = new Map<number, { total: number; bad: number }>();
          let now = START;
          const since = START - 1000;
          for (const { at, width, total, share, step } of script) {
            const start = Math.floor((now + at) / width) * width;
            const bad = Math.min(total, share);
            ledger.apply([{ start, width, total, bad }]);
            const slice = Math.floor(start / 60);
            const sum = raw.get(slice) ?? { total: 0, bad: 0 };
            raw.set(slice, { total: sum.total + total, bad: sum.bad + bad });
            now += step;
            history.apply(column, ledger.judge(now, since));
            history.advance(now);
          }
          const last = Math.floor(now / 60);
          const expected = { total: 0, bad: 0, scale: 1 };
          for (let slice = Math.floor(START / 60) - 60; slice < last; slice++) {
            const sum = raw.get(slice) ?? { total: 0, bad: 0 };
            const begun = script.length > 0 && slice * 60 >= since;
            const verdict =
              sum.total > 0 || begun ? sliceVerdict(method, sum) : { total: 0, bad: 0 };
            expected.total += verdict.total;
            expected.bad += verdict.bad;
          }
          expect(history.sum(column, START - 3600, now)).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });
});
