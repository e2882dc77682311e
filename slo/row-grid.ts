// The row grid: which row of a history stands for which instant, as time moves on and old rows are used again.
import type { EpochSeconds } from './counts.ts';
import { checkLayout, type HistoryLayout } from './history-layout.ts';

/** Where an instant lies among the rows: `part / width` of the way from `row` to `next`; `part` is 0 on a row. */
export interface Spot {
  row: number;
  next: number;
  part: number;
  width: number;
}

export interface RowGrid {
  readonly end: EpochSeconds;
  /** The oldest instant of the coarsest level. */
  readonly oldest: EpochSeconds;
  /** The older of `oldest` and the oldest pin. */
  readonly reach: EpochSeconds;
  /** Rows in all, those for pins included. */
  readonly rows: number;
  /** The row that stands for `end`. */
  readonly current: number;
  /** Visits every row that stands for an instant after `from` and not after `end`; time runs forward within each level. */
  rowsAfter(from: EpochSeconds, visit: (row: number, at: EpochSeconds) => void): void;
  /** Where an instant lies, on the finest rows that reach it; cut to what is kept. Fills and returns `spot`. */
  locate(at: EpochSeconds, spot: Spot): Spot;
  /** Moves `end` forward and visits each row that now stands for a new instant; all of them equal the row before. */
  advance(to: EpochSeconds, visit: (row: number, before: number) => void): void;
  /** Replaces the set of pinned instants; visits those new ones that are not after `end`, to be filled from `spot`. */
  pin(instants: readonly EpochSeconds[], visit: (row: number, spot: Spot) => void): void;
}

export function createSpot(): Spot {
  return { row: 0, next: 0, part: 0, width: 1 };
}

export function createRowGrid(layout: HistoryLayout, start: EpochSeconds): RowGrid {
  let first = 0;
  const levels = checkLayout(layout).map(({ width, cells }) => {
    const level = { width, cells, first, newest: Math.floor(start / width) };
    first += cells + 1;
    return level;
  });
  type Level = (typeof levels)[number];
  const levelRows = first;
  const finest = levels[0] as Level;
  const coarsest = levels.at(-1) as Level;
  let end = start;
  let pins = new Map<EpochSeconds, number>();
  let pinRows = 0;

  const rowOf = (level: Level, point: number): number =>
    level.first + (((point % (level.cells + 1)) + level.cells + 1) % (level.cells + 1));
  const oldestOf = (level: Level): EpochSeconds => (level.newest - level.cells) * level.width;

  function locateIn(level: Level, at: EpochSeconds, spot: Spot): Spot {
    const point = Math.floor(at / level.width);
    spot.row = rowOf(level, point);
    spot.part = at - point * level.width;
    spot.next = spot.part === 0 ? spot.row : rowOf(level, point + 1);
    spot.width = level.width;
    return spot;
  }

  function locate(at: EpochSeconds, spot: Spot): Spot {
    if (at >= end) return locateIn(finest, end, spot);
    if (at >= oldestOf(finest)) return locateIn(finest, at, spot);
    const pinned = pins.get(at);
    if (pinned !== undefined) {
      spot.row = spot.next = pinned;
      spot.part = 0;
      return spot;
    }
    for (const level of levels) if (at >= oldestOf(level)) return locateIn(level, at, spot);
    return locateIn(coarsest, oldestOf(coarsest), spot);
  }

  function pin(instants: readonly EpochSeconds[], visit: (row: number, spot: Spot) => void): void {
    const wanted = [...new Set(instants)].sort((a, b) => a - b);
    const kept = new Set(wanted.flatMap((at) => pins.get(at) ?? []));
    let free = levelRows;
    const spot = createSpot();
    const next = new Map<EpochSeconds, number>();
    const filled: (() => void)[] = [];
    for (const at of wanted) {
      let row = pins.get(at);
      if (row === undefined) {
        while (kept.has(free)) free++;
        row = free++;
        const target = row;
        if (at <= end) filled.push(() => visit(target, locate(at, spot)));
      }
      next.set(at, row);
    }
    // Rows come in eights, because a history that needs more of them has to move.
    pinRows = Math.max(pinRows, Math.ceil(wanted.length / 8) * 8);
    // Values are read through the old pins, whose rows may be among those to be filled: none is, kept rows are skipped.
    for (const fill of filled) fill();
    pins = next;
  }

  return {
    get end() {
      return end;
    },
    get oldest() {
      return oldestOf(coarsest);
    },
    get reach() {
      const pinned = pins.keys().next().value ?? end;
      return Math.min(oldestOf(coarsest), pinned);
    },
    get rows() {
      return levelRows + pinRows;
    },
    get current() {
      return rowOf(finest, end);
    },
    rowsAfter(from, visit) {
      for (const level of levels) {
        const since = Math.floor(from / level.width) + 1;
        for (
          let point = Math.max(since, level.newest - level.cells);
          point <= level.newest;
          point++
        )
          visit(rowOf(level, point), point * level.width);
      }
      for (const [at, row] of pins) if (at > from && at <= end) visit(row, at);
    },
    locate,
    advance(to, visit) {
      if (!Number.isSafeInteger(to)) throw new RangeError(`not a whole second: ${to}`);
      if (to <= end) return;
      const before = rowOf(finest, end);
      for (const level of levels) {
        const newest = Math.floor(to / level.width);
        const since = Math.max(level.newest + 1, newest - level.cells);
        for (let point = since; point <= newest; point++) visit(rowOf(level, point), before);
        level.newest = newest;
      }
      for (const [at, row] of pins) if (at > end && at <= to) visit(row, before);
      end = to;
    },
    pin,
  };
}
