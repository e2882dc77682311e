// Cells that lie wholly or partly after the newest edge of a history, until time reaches them.
import { type Cell, type CellWidth, type EpochSeconds, evenShare } from './counts.ts';

/** One column's cell, with how much of it is already in the rows. */
export interface WaitingCell {
  readonly column: number;
  readonly start: EpochSeconds;
  readonly width: CellWidth;
  total: number;
  bad: number;
  givenTotal: number;
  givenBad: number;
}

export interface WaitingCells {
  /** Keeps a cell that ends after `edge`; the share before `edge` counts as given. Equal cells of a column are added up. */
  add(column: number, cell: Cell, edge: EpochSeconds): void;
  /** Visits every waiting cell that begins before `to`, then notes what is given up to there and lets go of those that ended. */
  release(to: EpochSeconds, visit: (cell: WaitingCell) => void): void;
  /** Forgets a column. */
  drop(column: number): void;
}

const WIDTH_CODE: Readonly<Record<CellWidth, number>> = { 1: 0, 10: 1, 60: 2, 900: 3 };

export function createWaitingCells(): WaitingCells {
  const byStart = new Map<EpochSeconds, Map<number, WaitingCell>>();
  return {
    add(column, cell, edge) {
      let bucket = byStart.get(cell.start);
      if (bucket === undefined) byStart.set(cell.start, (bucket = new Map()));
      const key = column * 4 + WIDTH_CODE[cell.width];
      let waiting = bucket.get(key);
      if (waiting === undefined) {
        const { start, width } = cell;
        waiting = { column, start, width, total: 0, bad: 0, givenTotal: 0, givenBad: 0 };
        bucket.set(key, waiting);
      }
      waiting.total += cell.total;
      waiting.bad += cell.bad;
      waiting.givenTotal += evenShare(cell.total, edge - cell.start, cell.width);
      waiting.givenBad += evenShare(cell.bad, edge - cell.start, cell.width);
    },
    release(to, visit) {
      for (const [start, bucket] of byStart) {
        if (start >= to) continue;
        for (const [key, cell] of bucket) {
          visit(cell);
          cell.givenTotal = evenShare(cell.total, to - start, cell.width);
          cell.givenBad = evenShare(cell.bad, to - start, cell.width);
          if (start + cell.width <= to) bucket.delete(key);
        }
        if (bucket.size === 0) byStart.delete(start);
      }
    },
    drop(column) {
      for (const bucket of byStart.values())
        for (const key of bucket.keys()) if (Math.floor(key / 4) === column) bucket.delete(key);
    },
  };
}
