// Cells as a cumulative function of time: how many of their counts lie before an instant.
import { type Cell, type EpochSeconds, evenShare } from './counts.ts';

/** Walks forward in time over cells sorted by start; `total` and `bad` hold what lies before the last instant asked. */
export interface CellWalk {
  total: number;
  bad: number;
  /** Begins over these cells. */
  over(cells: readonly Cell[]): void;
  /** Moves to an instant; one before the last begins anew. Inside a cell, counts are spread by `evenShare`. */
  to(at: EpochSeconds): void;
}

export function createCellWalk(): CellWalk {
  let cells: readonly Cell[] = [];
  let next = 0;
  let doneTotal = 0;
  let doneBad = 0;
  /** Cells that have begun and not ended, in no order. */
  const open: Cell[] = [];
  let last = -Infinity;
  function restart(): void {
    next = 0;
    doneTotal = 0;
    doneBad = 0;
    open.length = 0;
  }
  return {
    total: 0,
    bad: 0,
    over(given) {
      cells = given;
      restart();
    },
    to(at) {
      if (at < last) restart();
      last = at;
      for (let cell = cells[next]; cell !== undefined && cell.start < at; cell = cells[++next])
        open.push(cell);
      let kept = 0;
      let total = 0;
      let bad = 0;
      for (const cell of open)
        if (cell.start + cell.width <= at) {
          doneTotal += cell.total;
          doneBad += cell.bad;
        } else {
          total += evenShare(cell.total, at - cell.start, cell.width);
          bad += evenShare(cell.bad, at - cell.start, cell.width);
          open[kept++] = cell;
        }
      open.length = kept;
      this.total = doneTotal + total;
      this.bad = doneBad + bad;
    },
  };
}
