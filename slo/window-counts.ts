// Window counts: the difference of two instants of a history, exact in integers, or as floats for many columns at once.
import { type Counts, evenShare } from './counts.ts';
import type { Spot } from './row-grid.ts';

/**
 * Counts of a window: `total / scale` and `bad / scale` events, all reduced integers. `scale` is 1 when both edges lie on
 * grid points; an edge inside a cell takes its part of the cell, so that steady traffic is exact to the second.
 * Where an edge cuts a cell, bad may exceed total, or either fall below 0, by one event: judges clamp.
 */
export interface WindowCounts extends Counts {
  readonly scale: number;
}

/** Where a bulk read puts its sums: window k of the i-th column at `k * columns.length + i`. */
export interface WindowSums {
  readonly total: Float64Array;
  readonly bad: Float64Array;
}

/** Prefix rows of some columns: row r of the column at `at` lies at `r * stride + at`, total before bad. */
export interface PrefixRows {
  readonly data: Float64Array;
  readonly stride: number;
}

/** One column's counts between two spots, in the smallest scale that makes both whole. */
export function difference(rows: PrefixRows, at: number, from: Spot, to: Spot): WindowCounts {
  const fromScale = from.part === 0 ? 1 : from.width / greatestDivisor(from.part, from.width);
  const toScale = to.part === 0 ? 1 : to.width / greatestDivisor(to.part, to.width);
  const scale = (fromScale * toScale) / greatestDivisor(fromScale, toScale);
  const total = between(rows, at, from, to, scale);
  const bad = between(rows, at + 1, from, to, scale);
  if (Number.isSafeInteger(total) && Number.isSafeInteger(bad))
    return scale === 1 ? { total, bad, scale } : reduced(total, bad, scale);
  // Past 2^53 scaled counts, some 10^12 events, the edges are cut to whole events instead.
  return {
    total: before(rows, at, to) - before(rows, at, from),
    bad: before(rows, at + 1, to) - before(rows, at + 1, from),
    scale: 1,
  };
}

function reduced(total: number, bad: number, scale: number): WindowCounts {
  const by = greatestDivisor(scale, greatestDivisor(Math.abs(total), Math.abs(bad)));
  return { total: total / by, bad: bad / by, scale: scale / by };
}

function between(rows: PrefixRows, at: number, from: Spot, to: Spot, scale: number): number {
  const { data, stride } = rows;
  const toRow = data[to.row * stride + at] ?? 0;
  const fromRow = data[from.row * stride + at] ?? 0;
  let count = (toRow - fromRow) * scale;
  if (to.part !== 0)
    count += ((data[to.next * stride + at] ?? 0) - toRow) * ((to.part * scale) / to.width);
  if (from.part !== 0)
    count -= ((data[from.next * stride + at] ?? 0) - fromRow) * ((from.part * scale) / from.width);
  return count;
}

/** The count before a spot, in whole events. */
function before({ data, stride }: PrefixRows, at: number, spot: Spot): number {
  const row = data[spot.row * stride + at] ?? 0;
  return row + evenShare((data[spot.next * stride + at] ?? 0) - row, spot.part, spot.width);
}

/** Neighbouring columns: the first lies at `at`, its sum goes to index `target`. */
export interface Run {
  readonly at: number;
  readonly length: number;
  readonly target: number;
}

/** The counts of neighbouring columns between two spots, as floats. */
export function differences(
  { data, stride }: PrefixRows,
  run: Run,
  from: Spot,
  to: Spot,
  into: WindowSums,
): void {
  const { total, bad } = into;
  const stop = run.at + run.length * 2;
  const fromRow = from.row * stride;
  const toRow = to.row * stride;
  let target = run.target;
  if (from.part === 0)
    for (let at = run.at; at < stop; at += 2, target++) {
      total[target] = (data[toRow + at] ?? 0) - (data[fromRow + at] ?? 0);
      bad[target] = (data[toRow + at + 1] ?? 0) - (data[fromRow + at + 1] ?? 0);
    }
  else {
    const fromNext = from.next * stride;
    const part = from.part / from.width;
    for (let at = run.at; at < stop; at += 2, target++) {
      const since = data[fromRow + at] ?? 0;
      const badSince = data[fromRow + at + 1] ?? 0;
      // Differences of integers first: the parts are then rounded against the window, not against all time.
      total[target] = (data[toRow + at] ?? 0) - since - ((data[fromNext + at] ?? 0) - since) * part;
      bad[target] =
        (data[toRow + at + 1] ?? 0) - badSince - ((data[fromNext + at + 1] ?? 0) - badSince) * part;
    }
  }
  if (to.part !== 0) addPart({ data, stride }, run, to, into);
}

/** Adds what lies between a spot's row and the spot. */
function addPart(
  { data, stride }: PrefixRows,
  run: Run,
  spot: Spot,
  { total, bad }: WindowSums,
): void {
  const part = spot.part / spot.width;
  const stop = run.at + run.length * 2;
  const row = spot.row * stride;
  const next = spot.next * stride;
  let target = run.target;
  for (let at = run.at; at < stop; at += 2, target++) {
    const whole = (data[next + at] ?? 0) - (data[row + at] ?? 0);
    const failed = (data[next + at + 1] ?? 0) - (data[row + at + 1] ?? 0);
    total[target] = (total[target] ?? 0) + whole * part;
    bad[target] = (bad[target] ?? 0) + failed * part;
  }
}

function greatestDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
