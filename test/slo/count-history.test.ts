// The history's sums against a plain array of seconds, and its rules about time and memory.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, CELL_WIDTHS, evenShare } from '../../slo/counts.ts';
import { createCountHistory } from '../../slo/count-history.ts';
import {
  COMPACT_LAYOUT,
  compactLayout,
  type HistoryLayout,
  layoutFor,
} from '../../slo/history-layout.ts';

const SMALL: HistoryLayout = [
  { width: 1, cells: 12 },
  { width: 6, cells: 10 },
  { width: 30, cells: 80 },
];
/** A multiple of every width in use. */
const START = 236_111 * 7200;

/** Counts second by second: what a history claims to sum. */
class Seconds {
  static readonly first = START - 4000;
  readonly total = new Float64Array(30_000);
  readonly bad = new Float64Array(30_000);
  add(cell: Cell): void {
    for (let k = 0; k < cell.width; k++)
      for (const which of ['total', 'bad'] as const)
        this[which][cell.start + k - Seconds.first]! +=
          evenShare(cell[which], k + 1, cell.width) - evenShare(cell[which], k, cell.width);
  }
  /** What a layout can know of `[from, to)`, times 30, the common multiple of its widths. */
  scaled(
    which: 'total' | 'bad',
    known: { readonly end: number; readonly pins: ReadonlySet<number> },
    from: number,
    to: number,
  ): number {
    const between = (since: number, until: number): number =>
      this[which]
        .subarray(since - Seconds.first, until - Seconds.first)
        .reduce((sum, count) => sum + count, 0);
    const edge = (given: number): number => {
      const at = Math.min(given, known.end);
      if (known.pins.has(at)) return between(Seconds.first, at) * 30;
      const level = SMALL.find(
        ({ width, cells }) => at >= (Math.floor(known.end / width) - cells) * width,
      );
      if (level === undefined) throw new RangeError('the test asks for more than is kept');
      const row = Math.floor(at / level.width) * level.width;
      const inside = between(row, row + level.width);
      return between(Seconds.first, row) * 30 + (inside * (at - row) * 30) / level.width;
    };
    return edge(to) - edge(from);
  }
}

/** A cell whose counts divide evenly, so that shares of sums are sums of shares. */
const evenCell = (earliest: number, latest: number): fc.Arbitrary<Cell> =>
  fc
    .record({
      width: fc.constantFrom(...CELL_WIDTHS),
      at: fc.integer({ min: earliest, max: latest }),
      total: fc.integer({ min: -3, max: 9 }),
      bad: fc.integer({ min: -2, max: 5 }),
    })
    .map(({ width, at, total, bad }) => ({
      width,
      start: Math.floor((START + at) / width) * width,
      total: total * width,
      bad: bad * width,
    }));

type Step =
  | { readonly do: 'apply'; readonly column: 0 | 1; readonly cells: readonly Cell[] }
  | { readonly do: 'advance'; readonly by: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.integer({ min: 1, max: 5 }).map((by): Step => ({ do: 'advance', by })),
    },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: 900 }).map((by): Step => ({ do: 'advance', by })),
    },
    {
      weight: 4,
      arbitrary: fc
        .record({
          column: fc.constantFrom(0 as const, 1 as const),
          cells: fc.array(evenCell(-1500, 1500), { minLength: 1, maxLength: 5 }),
        })
        .map((write): Step => ({ do: 'apply', ...write })),
    },
  ),
  { minLength: 1, maxLength: 20 },
);

describe('sums of a count history', () => {
  it('equal a recount of every second, whatever comes late, early, negative or after a jump', () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2300 }), fc.integer({ min: 0, max: 2300 })), {
          minLength: 6,
          maxLength: 6,
        }),
        fc.array(fc.integer({ min: -1500, max: 3000 }), { maxLength: 3 }),
        (script, windows, pinned) => {
          const history = createCountHistory({ start: START, layout: SMALL });
          const pins = new Set(pinned.map((at) => START + at));
          history.pin([...pins]);
          const columns = [history.addColumn(), history.addColumn()];
          const truth = [new Seconds(), new Seconds()];
          for (const step of script)
            if (step.do === 'advance') history.advance(history.end + step.by);
            else {
              history.apply(columns[step.column]!, step.cells);
              for (const cell of step.cells) truth[step.column]!.add(cell);
            }
          for (const [back, length] of windows) {
            const to = history.end - Math.min(back, 2390);
            const from = Math.max(history.end - 2390, to - length);
            for (const column of [0, 1] as const) {
              const { scale, ...sum } = history.sum(columns[column]!, from, to);
              for (const which of ['total', 'bad'] as const)
                expect((sum[which] * 30) / scale).toBe(
                  truth[column]!.scaled(which, { end: history.end, pins }, from, to),
                );
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('read in bulk are the same sums', () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 5 }),
        (script, lengths, lags) => {
          const history = createCountHistory({ start: START, layout: SMALL });
          const columns = lags.map(() => history.addColumn());
          for (const step of script)
            if (step.do === 'advance') history.advance(history.end + step.by);
            else
              for (const column of columns)
                if (column !== step.column) history.apply(column, step.cells);
          const ends = Float64Array.from(lags, (lag) => history.end - lag);
          const into = {
            total: new Float64Array(lengths.length * 5),
            bad: new Float64Array(lengths.length * 5),
          };
          history.sums(Uint32Array.from(columns), lengths, ends, into);
          lengths.forEach((length, k) => {
            for (const column of columns) {
              const one = history.sum(column, ends[column]! - length, ends[column]!);
              expect(into.total[k * 5 + column]).toBeCloseTo(one.total / one.scale, 9);
              expect(into.bad[k * 5 + column]).toBeCloseTo(one.bad / one.scale, 9);
            }
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keep steady traffic exact to the second at every age of the default layout', () => {
    const history = createCountHistory({ start: START });
    const column = history.addColumn();
    const first = Math.floor(START / 900) * 900 - 31 * 86_400;
    const cells: Cell[] = [];
    for (let start = first; start < START + 900; start += 900)
      cells.push({ start, width: 900, total: 90_000, bad: 900 });
    history.apply(column, cells);
    for (const length of [1, 299, 300, 1800, 3601, 21_600, 86_399, 259_200, 2_592_000]) {
      for (const lag of [0, 1, 130, 3599, 40_000]) {
        const { total, bad, scale } = history.sum(column, START - lag - length, START - lag);
        expect([total / scale, bad / scale]).toEqual([length * 100, length]);
      }
    }
  });

  it('hold whole events, exactly, when a cell is not divisible', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            total: fc.integer({ min: 0, max: 1000 }),
            width: fc.constantFrom(10 as const, 60 as const, 900 as const),
            early: fc.integer({ min: 0, max: 2000 }),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 }),
        (cells, jumps) => {
          const history = createCountHistory({ start: START });
          const column = history.addColumn();
          let sent = 0;
          for (const [index, jump] of [...jumps, 4000].entries()) {
            const cell = cells[index];
            if (cell !== undefined) {
              const start = Math.floor((history.end + cell.early - 1000) / cell.width) * cell.width;
              history.apply(column, [{ start, width: cell.width, total: cell.total, bad: 0 }]);
              sent += cell.total;
            }
            history.advance(history.end + jump);
          }
          expect(history.sum(column, START - 36_000, history.end)).toEqual({
            total: sent,
            bad: 0,
            scale: 1,
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('time of a count history', () => {
  it('never goes back', () => {
    const history = createCountHistory({ start: START });
    history.advance(START - 5);
    expect(history.end).toBe(START);
    expect(() => history.advance(START + 0.5)).toThrow(/whole second/);
  });

  it('lets an hour of the future wait, and refuses and counts what is beyond', () => {
    const history = createCountHistory({ start: START });
    const column = history.addColumn();
    const event = (start: number): Cell => ({ start, width: 1, total: 1, bad: 1 });
    history.apply(column, [event(START + 3600), event(START + 3601), event(START + 86_400)]);
    expect(history.ignored).toEqual({ tooOld: 0, tooFarAhead: 2 });
    expect(history.end).toBe(START);
    history.advance(START + 3600);
    expect(history.sum(column, START, START + 4000).total).toBe(0);
    history.advance(START + 3601);
    expect(history.sum(column, START, START + 4000)).toEqual({ total: 1, bad: 1, scale: 1 });
  });

  it('counts cells older than all that is kept, and keeps them where a pin reaches further', () => {
    const history = createCountHistory({ start: START });
    const column = history.addColumn();
    const old: Cell = { start: START - 40 * 86_400, width: 1, total: 5, bad: 1 };
    history.apply(column, [old]);
    expect(history.ignored.tooOld).toBe(1);
    history.pin([START - 90 * 86_400]);
    history.apply(column, [old]);
    expect(history.ignored.tooOld).toBe(1);
    expect(history.sum(column, START - 90 * 86_400, START)).toEqual({ total: 5, bad: 1, scale: 1 });
    expect(history.sum(column, START - 30 * 86_400, START).total).toBe(0);
  });

  it('keeps a pinned instant exact to the event for ever, also through late counts', () => {
    const history = createCountHistory({ start: START });
    const column = history.addColumn();
    const boundary = START + 2345;
    history.pin([boundary]);
    for (const at of [boundary - 1, boundary])
      history.apply(column, [{ start: at, width: 1, total: 3, bad: 1 }]);
    history.advance(START + 3600);
    expect(history.sum(column, boundary, history.end).total).toBe(3);
    history.advance(START + 100 * 86_400);
    history.apply(column, [
      { start: boundary - 1, width: 1, total: 10, bad: 0 },
      { start: boundary + 7, width: 1, total: 4, bad: 4 },
      { start: START + 99 * 86_400, width: 10, total: 20, bad: 0 },
    ]);
    expect(history.sum(column, boundary, history.end)).toEqual({ total: 27, bad: 5, scale: 1 });
    history.pin([]);
    expect(history.sum(column, boundary, history.end).total).toBe(20);
  });

  it('pins the past as well as it is known, whatever was pinned before', () => {
    const history = createCountHistory({ start: START });
    const column = history.addColumn();
    history.pin([START - 500, START + 10, START - 700_001]);
    history.apply(column, [{ start: START - 100, width: 1, total: 8, bad: 0 }]);
    history.pin([START - 99, START - 100, START, START - 700_001]);
    history.advance(START + 30 * 86_400);
    expect(history.sum(column, START - 100, START).total).toBe(8);
    expect(history.sum(column, START - 99, START).total).toBe(0);
    expect(history.sum(column, START - 700_001, START - 100).total).toBe(0);
  });
});

describe('columns of a count history', () => {
  it('are apart from one another across slabs, and empty when used again', () => {
    const history = createCountHistory({ start: START, layout: SMALL });
    const columns = Array.from({ length: 2100 }, () => history.addColumn());
    for (const column of columns)
      history.apply(column, [{ start: START - 3, width: 1, total: column, bad: 0 }]);
    history.advance(START + 5);
    for (const column of columns) expect(history.sum(column, START - 12, START).total).toBe(column);
    history.apply(7, [{ start: START + 8, width: 1, total: 1, bad: 0 }]);
    history.removeColumn(7);
    history.removeColumn(7);
    expect([history.addColumn(), history.addColumn()]).toEqual([7, 2100]);
    history.advance(START + 20);
    expect(history.sum(7, START - 90, START + 20).total).toBe(0);
    expect(history.sum(8, START - 90, START + 20).total).toBe(8);
    expect(() => history.sum(2101, START, START)).toThrow(/no column 2101/);
  });

  it('take about 24 kB each in the default layout', () => {
    const history = createCountHistory({ start: START });
    for (let i = 0; i < 1024; i++) history.addColumn();
    expect(history.bytes / 1024).toBeLessThan(24_000);
  });
});

describe('layouts', () => {
  it('reach as far as they are asked to, with time to spare', () => {
    for (const days of [1, 28, 30, 31, 90, 92, 93, 366]) {
      for (const layout of [
        compactLayout(days * 86_400),
        layoutFor({ fineSeconds: 259_200, totalSeconds: days * 86_400 }),
      ]) {
        const history = createCountHistory({ start: START, layout });
        expect(history.oldest).toBeLessThanOrEqual(START - Math.max(days, 1) * 86_400);
      }
    }
    expect(compactLayout(28 * 86_400)).toBe(COMPACT_LAYOUT);
  });

  it('are refused when a level does not follow from the one before', () => {
    for (const layout of [
      [],
      [{ width: 10, cells: 10 }],
      [
        { width: 1, cells: 10 },
        { width: 60, cells: 100 },
      ],
      [
        { width: 1, cells: 100 },
        { width: 10, cells: 5 },
      ],
      [
        { width: 1, cells: 100 },
        { width: 10, cells: 50 },
        { width: 15, cells: 500 },
      ],
      [{ width: 1, cells: 0 }],
    ])
      expect(() => createCountHistory({ start: START, layout })).toThrow(/history layout/);
  });
});
