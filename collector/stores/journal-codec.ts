// One commit's count differences and coverage as sealed bytes: like cells of many instances share one head.
import { type Cell, CELL_WIDTHS } from '../../slo/counts.ts';
import type { Interval } from '../../slo/interval.ts';
import { readCounts, writeCounts } from './block-codec.ts';
import { createVarintReader, type VarintWriter } from './varint.ts';

/** A cell of the instance that the store knows under this number. */
export interface NumberedCell extends Cell {
  readonly id: number;
}

/** A measured stretch of the SLO that the store knows under this number. */
export interface NumberedCoverage extends Interval {
  readonly id: number;
}

export function encodeCells(
  cells: readonly NumberedCell[],
  place: string,
  out: VarintWriter,
): Buffer {
  writeRuns(
    [...cells].sort((a, b) => a.start - b.start || a.width - b.width || a.id - b.id),
    (a, b) => a.start === b.start && a.width === b.width,
    ({ start, width }) => {
      out.write(start);
      out.write(CELL_WIDTHS.indexOf(width));
    },
    ({ total, bad }, gap) => writeCounts(out, gap, total, bad),
    out,
  );
  return out.seal(place);
}

/** @throws DamagedBytesError */
export function decodeCells(bytes: Uint8Array, place: string): NumberedCell[] {
  const input = createVarintReader(bytes, place);
  const cells: NumberedCell[] = [];
  while (!input.done) {
    const start = input.read();
    const width = CELL_WIDTHS[input.read()] ?? 1;
    let id = 0;
    for (let left = input.read(); left > 0; left--) {
      const { gap, total, bad } = readCounts(input);
      id += gap;
      cells.push({ id, start, width, total, bad });
    }
  }
  return cells;
}

export function encodeCoverage(
  coverage: readonly NumberedCoverage[],
  place: string,
  out: VarintWriter,
): Buffer {
  writeRuns(
    [...coverage].sort((a, b) => a.from - b.from || a.to - b.to || a.id - b.id),
    (a, b) => a.from === b.from && a.to === b.to,
    ({ from, to }) => {
      out.write(from);
      out.write(to - from);
    },
    (_, gap) => out.write(gap),
    out,
  );
  return out.seal(place);
}

/** @throws DamagedBytesError */
export function decodeCoverage(bytes: Uint8Array, place: string): NumberedCoverage[] {
  const input = createVarintReader(bytes, place);
  const coverage: NumberedCoverage[] = [];
  while (!input.done) {
    const from = input.read();
    const to = from + input.read();
    let id = 0;
    for (let left = input.read(); left > 0; left--) {
      id += input.read();
      coverage.push({ id, from, to });
    }
  }
  return coverage;
}

/** A sorted disjoint set of intervals. */
export function encodeIntervals(
  intervals: readonly Interval[],
  place: string,
  out: VarintWriter,
): Buffer {
  let at = 0;
  for (const { from, to } of intervals) {
    out.write(from - at);
    out.write(to - from);
    at = to;
  }
  return out.seal(place);
}

/** @throws DamagedBytesError */
export function decodeIntervals(bytes: Uint8Array, place: string): Interval[] {
  const input = createVarintReader(bytes, place);
  const intervals: Interval[] = [];
  let at = 0;
  while (!input.done) {
    const from = at + input.read();
    at = from + input.read();
    intervals.push({ from, to: at });
  }
  return intervals;
}

/** Writes sorted items as runs of like ones: head and length of each run, then its items with the step in the id. */
function writeRuns<T extends { readonly id: number }>(
  items: readonly T[],
  alike: (a: T, b: T) => boolean,
  head: (first: T) => void,
  item: (item: T, gap: number) => void,
  out: VarintWriter,
): void {
  for (let from = 0; from < items.length;) {
    const first = items[from] as T;
    let to = from + 1;
    while (to < items.length && alike(first, items[to] as T)) to++;
    head(first);
    out.write(to - from);
    let id = 0;
    for (const each of items.slice(from, to)) {
      item(each, each.id - id);
      id = each.id;
    }
    from = to;
  }
}
