// Increases of one SLO instance that are folded but not committed yet, until they are drained as cells.
import type { Cell, CellWidth, EpochSeconds } from '../../../slo/counts.ts';
import type { InstanceId } from '../../../slo/instance.ts';
import type { CountedPart } from '../../../slo/sli.ts';
import type { CellWrite } from '../../stores/store.ts';
import { LARGEST_LUMP_SECONDS, spreadCells, spreadWidth } from './cell-spread.ts';

/** What a series gives to an instance: its total, the counted part of it, or both. */
export const TOTAL = 1;
export const PART = 2;
export type Role = 1 | 2 | 3;

/** Counted events that came before the total they belong to; they wait for it. */
export interface Surplus {
  readonly count: number;
  readonly since: EpochSeconds;
}

/** A surplus that found no total for so long was never part of one: it is dropped and reported. */
const SURPLUS_SECONDS = 600;

/** Longer stretches are told as so long: the key of a stretch holds its length in 20 bits. */
const LONGEST_STRETCH = 2 ** 20 - 1;

interface Increase {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  total: number;
  part: number;
}

export interface PendingCounts {
  readonly instance: InstanceId;
  /** Events in `(fromMs, toMs]` of one series. */
  add(role: Role, events: number, fromMs: number, toMs: number): void;
  /**
   * Hands over everything as cells, oldest first; what ends by `fineFrom`, a multiple of
   * the widest cell, is merged to `coarsest`.
   * @returns counted events given up because no total came for them
   */
  drain(into: CellWrite[], fineFrom: EpochSeconds): number;
  surplus: Surplus | undefined;
  /** For whoever drains: whether it is on the list already. */
  isWaiting: boolean;
}

export function createPendingCounts(
  instance: InstanceId,
  counted: CountedPart,
  coarsest: CellWidth,
): PendingCounts {
  const increases = new Map<number, Increase>();
  // The series of one scrape come one after another and share their second.
  let recent: Increase | undefined;
  let recentKey = -1;
  return {
    instance,
    surplus: undefined,
    isWaiting: false,
    add(role, events, fromMs, toMs) {
      const to = Math.ceil(toMs / 1000);
      let from = to - 1;
      if (toMs - fromMs > LARGEST_LUMP_SECONDS * 1000)
        from = Math.max(Math.min(from, Math.ceil(fromMs / 1000)), to - LONGEST_STRETCH);
      const key = to * 2 ** 20 + (to - from);
      if (key !== recentKey || recent === undefined) {
        recent = increases.get(key);
        if (recent === undefined) {
          recent = { from, to, total: 0, part: 0 };
          increases.set(key, recent);
        }
        recentKey = key;
      }
      if ((role & TOTAL) !== 0) recent.total += events;
      if ((role & PART) !== 0) recent.part += events;
    },
    drain(into, fineFrom) {
      if (increases.size === 0) return 0;
      let dropped = 0;
      let waiting = this.surplus?.count ?? 0;
      let since = this.surplus?.since ?? 0;
      let coarse: Map<EpochSeconds, { total: number; bad: number }> | undefined;
      const sorted = [...increases.values()];
      if (sorted.length > 1) sorted.sort((a, b) => a.to - b.to || a.from - b.from);
      increases.clear();
      recent = undefined;
      for (const { from, to, total, part } of sorted) {
        if (waiting > 0 && to - since > SURPLUS_SECONDS) {
          dropped += waiting;
          waiting = 0;
        }
        const known = part + waiting;
        const counts = Math.min(known, total);
        if (known > total && waiting === 0) since = to;
        waiting = known - counts;
        if (total === 0) continue;
        const bad = counted === 'bad' ? counts : total - counts;
        if (to <= fineFrom) {
          coarse ??= new Map();
          if (from - (from % coarsest) + coarsest >= to)
            addCoarse(coarse, { start: from, total, bad }, coarsest);
          else
            for (const cell of spreadCells(from, to, { total, bad }, coarsest))
              addCoarse(coarse, cell, coarsest);
        } else if (from === to - 1) into.push({ instance, start: from, width: 1, total, bad });
        else {
          const width = Math.min(spreadWidth(to - from), coarsest) as CellWidth;
          for (const cell of spreadCells(from, to, { total, bad }, width))
            into.push({ instance, ...cell });
        }
      }
      this.surplus = waiting > 0 ? { count: waiting, since } : undefined;
      for (const [start, { total, bad }] of coarse ?? [])
        into.push({ instance, start, width: coarsest, total, bad });
      return dropped;
    },
  };
}

function addCoarse(
  cells: Map<EpochSeconds, { total: number; bad: number }>,
  { start, total, bad }: Omit<Cell, 'width'>,
  width: CellWidth,
): void {
  const at = start - (start % width);
  const cell = cells.get(at);
  if (cell === undefined) cells.set(at, { total, bad });
  else {
    cell.total += total;
    cell.bad += bad;
  }
}
