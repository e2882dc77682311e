// The history of counts: sums over any window of any column, kept right by late, corrected and early cells alike.
import { createCellWalk } from './cell-walk.ts';
import { type Cell, type EpochSeconds, evenShare } from './counts.ts';
import { COMPACT_LAYOUT, type HistoryLayout } from './history-layout.ts';
import { createRowGrid, createSpot, type Spot } from './row-grid.ts';
import { createWaitingCells } from './waiting-cells.ts';
import { type WindowCounts, type WindowSums, difference, differences } from './window-counts.ts';

/** Counts by column (one for each SLO instance) and time. Instants are whole seconds. */
export interface CountHistory {
  /** The newest edge: sums hold everything before it. */
  readonly end: EpochSeconds;
  /** Sums reach back to here; pinned instants may lie before it. */
  readonly oldest: EpochSeconds;
  /** Cells that could not be taken: older than all that is kept, or more than an hour ahead. */
  readonly ignored: { readonly tooOld: number; readonly tooFarAhead: number };
  /** Memory of the rows. */
  readonly bytes: number;
  /** A column without counts; numbers start at 0 and those of removed columns are used again. */
  addColumn(): number;
  removeColumn(column: number): void;
  /** Moves the newest edge forward; an earlier instant changes nothing. */
  advance(to: EpochSeconds): void;
  /** Adds cells of any age in any order; what is not before `end` waits for time to reach it. */
  apply(column: number, cells: readonly Cell[]): void;
  /**
   * Keeps the sums up to these instants exact however old they grow; the set replaces the last one. Pinned before it
   * comes, or while it lies on a grid point, or before its cells are applied, an instant is exact to the event.
   */
  pin(instants: readonly EpochSeconds[]): void;
  /** Sums over `[from, to)`, cut to what is kept: `to` at `end`, `from` at `oldest` unless pinned. */
  sum(column: number, from: EpochSeconds, to: EpochSeconds): WindowCounts;
  /**
   * Sums as floats for many columns at once, window k of column i being `[ends[i] − lengths[k], ends[i])`.
   * Neighbouring columns with the same end are read together: order columns so.
   */
  sums(
    columns: Uint32Array,
    lengths: readonly number[],
    ends: Float64Array,
    into: WindowSums,
  ): void;
}

/** How far ahead of the newest edge a cell may begin, in seconds. */
export const FARTHEST_AHEAD = 3600;

const LARGEST_SLAB = 1024;

/** Some columns' rows, time-major: a column's total and bad count lie side by side. */
interface Slab {
  readonly first: number;
  readonly capacity: number;
  /** Floats from one row to the next. */
  readonly stride: number;
  /** Columns that were ever in use; only these are copied. */
  used: number;
  data: Float64Array;
}

/**
 * A history as prefix rows: a row holds every column's counts before one instant, a window is the difference of two.
 * Why not rings with running sums: docs/decisions/0004-prefix-rows.md.
 */
export function createCountHistory(options: {
  readonly start: EpochSeconds;
  /** @default COMPACT_LAYOUT */
  readonly layout?: HistoryLayout;
}): CountHistory {
  const grid = createRowGrid(options.layout ?? COMPACT_LAYOUT, options.start);
  const slabs: Slab[] = [];
  const home: Slab[] = [];
  const free = new Set<number>();
  const waiting = createWaitingCells();
  const walk = createCellWalk();
  const ignored = { tooOld: 0, tooFarAhead: 0 };
  const [toSpot, fromSpot] = [createSpot(), createSpot()];

  function slabOf(column: number): Slab {
    const slab = home[column];
    if (slab === undefined) throw new RangeError(`the history has no column ${column}`);
    return slab;
  }

  function addSlab(): Slab {
    const capacity = Math.min(Math.max(home.length, 1), LARGEST_SLAB);
    const data = new Float64Array(grid.rows * capacity * 2);
    const slab = { first: home.length, capacity, stride: capacity * 2, used: 0, data };
    slabs.push(slab);
    return slab;
  }

  function addAt(row: number, column: number, total: number, bad: number): void {
    const { data, stride, first } = slabOf(column);
    const place = row * stride + (column - first) * 2;
    data[place] = (data[place] ?? 0) + total;
    data[place + 1] = (data[place + 1] ?? 0) + bad;
  }

  /** Adds cells that begin before `end` to the rows that exist: one pass, from the oldest cell on. */
  function addBehind(column: number, cells: Cell[]): void {
    cells.sort((a, b) => a.start - b.start);
    walk.over(cells);
    grid.rowsAfter(cells[0]?.start ?? grid.end, (row, at) => {
      walk.to(at);
      addAt(row, column, walk.total, walk.bad);
    });
  }

  function growForPins(): void {
    for (const slab of slabs) {
      const length = grid.rows * slab.stride;
      if (slab.data.length === length) continue;
      const data = new Float64Array(length);
      data.set(slab.data);
      slab.data = data;
    }
  }

  /** Fills a new pin's row with what lies before its instant, in whole events where the instant is inside a cell. */
  function fillPin(row: number, spot: Spot): void {
    growForPins();
    for (const { data, stride, used } of slabs)
      for (let i = 0; i < used * 2; i++) {
        const before = data[spot.row * stride + i] ?? 0;
        const within = (data[spot.next * stride + i] ?? 0) - before;
        data[row * stride + i] = before + evenShare(within, spot.part, spot.width);
      }
  }

  return {
    get end() {
      return grid.end;
    },
    get oldest() {
      return grid.oldest;
    },
    ignored,
    get bytes() {
      return slabs.reduce((sum, slab) => sum + slab.data.byteLength, 0);
    },
    addColumn() {
      const [reused] = free;
      if (reused !== undefined) {
        free.delete(reused);
        return reused;
      }
      const last = slabs.at(-1);
      const slab = last !== undefined && last.used < last.capacity ? last : addSlab();
      slab.used++;
      return home.push(slab) - 1;
    },
    removeColumn(column) {
      const { data, stride, first } = slabOf(column);
      for (let place = (column - first) * 2; place < data.length; place += stride)
        data.fill(0, place, place + 2);
      waiting.drop(column);
      free.add(column);
    },
    advance(to) {
      const since = grid.end;
      grid.advance(to, (row, before) => {
        for (const { data, stride, used } of slabs)
          data.copyWithin(row * stride, before * stride, before * stride + used * 2);
      });
      if (grid.end === since) return;
      waiting.release(grid.end, (cell) =>
        grid.rowsAfter(Math.max(since, cell.start), (row, at) =>
          addAt(
            row,
            cell.column,
            evenShare(cell.total, at - cell.start, cell.width) - cell.givenTotal,
            evenShare(cell.bad, at - cell.start, cell.width) - cell.givenBad,
          ),
        ),
      );
    },
    apply(column, cells) {
      slabOf(column);
      const behind: Cell[] = [];
      for (const cell of cells)
        if (cell.start > grid.end + FARTHEST_AHEAD) ignored.tooFarAhead++;
        else if (cell.start + cell.width <= grid.reach) ignored.tooOld++;
        else {
          if (cell.start < grid.end) behind.push(cell);
          if (cell.start + cell.width > grid.end) waiting.add(column, cell, grid.end);
        }
      if (behind.length > 0) addBehind(column, behind);
    },
    pin(instants) {
      grid.pin(instants, fillPin);
      growForPins();
    },
    sum(column, from, to) {
      const slab = slabOf(column);
      grid.locate(to, toSpot);
      grid.locate(Math.min(from, to), fromSpot);
      return difference(slab, (column - slab.first) * 2, fromSpot, toSpot);
    },
    sums(columns, lengths, ends, into) {
      for (let i = 0; i < columns.length;) {
        const column = columns[i] ?? 0;
        const slab = slabOf(column);
        const end = ends[i] ?? 0;
        const room = Math.min(columns.length - i, slab.first + slab.used - column);
        let run = 1;
        while (run < room && ends[i + run] === end && columns[i + run] === column + run) run++;
        grid.locate(end, toSpot);
        const at = (column - slab.first) * 2;
        for (let k = 0; k < lengths.length; k++) {
          grid.locate(end - (lengths[k] ?? 0), fromSpot);
          const target = k * columns.length + i;
          differences(slab, { at, length: run, target }, fromSpot, toSpot, into);
        }
        i += run;
      }
    },
  };
}
