// Time slices: raw counts folded slice by slice into verdicts, each of them one good or bad event of the budget.
import { type Cell, CELL_WIDTHS, type Counts, type EpochSeconds, evenShare } from './counts.ts';
import { FARTHEST_AHEAD } from './count-history.ts';
import { exceeds } from './decimal.ts';
import type { Method } from './slo.ts';

export type TimeSlices = Extract<Method, { readonly kind: 'time-slices' }>;

/** What a slice counts as in the budget: one event, bad or not, or nothing. */
export function sliceVerdict(method: TimeSlices, raw: Counts): Counts {
  if (raw.total > 0) {
    const bad = exceeds(Math.min(raw.bad, raw.total), raw.total, method.maxBadRatio);
    return bad ? BAD : GOOD;
  }
  return { ignore: NOTHING, good: GOOD, bad: BAD }[method.emptySlice];
}

const NOTHING: Counts = Object.freeze({ total: 0, bad: 0 });
const GOOD: Counts = Object.freeze({ total: 1, bad: 0 });
const BAD: Counts = Object.freeze({ total: 1, bad: 1 });

/** One instance's slices: raw cells in, verdict cells out. */
export interface SliceLedger {
  /** Adds raw counts of any age that is kept; a cell over several slices is shared evenly between them. */
  apply(cells: readonly Cell[]): void;
  /**
   * Judges the slices that ended by `through` and judges again those that changed since. Returns what that changes in
   * the budget, as cells of one second at the end of each slice; late counts may turn a verdict, which takes one back.
   * @param since when measuring began: no slice before it counts as empty. Without it none does
   */
  judge(through: EpochSeconds, since: EpochSeconds | undefined): readonly Cell[];
  /** Cells that could not be taken: older than all that is kept, or more than an hour ahead. */
  readonly ignored: { readonly tooOld: number; readonly tooFarAhead: number };
}

const VERDICTS: readonly Counts[] = [NOTHING, GOOD, BAD];

/** How far a cell may reach beyond the newest edge. */
const AHEAD = FARTHEST_AHEAD + Math.max(...CELL_WIDTHS);

/** 17 bytes for each slice that is kept, once it was reached. */
export function createSliceLedger(options: {
  readonly method: TimeSlices;
  readonly start: EpochSeconds;
  /** How far back slices are kept for late counts: at least the compliance window. */
  readonly keepSeconds: number;
}): SliceLedger {
  const { method } = options;
  const size = method.sliceSeconds;
  const kept = Math.ceil(options.keepSeconds / size) + 1;
  const ahead = Math.ceil(AHEAD / size);
  const slots = kept + ahead + 1;
  const counts = new Float64Array(slots * 2);
  const verdicts = new Uint8Array(slots);
  const changed = new Set<number>();
  const ignored = { tooOld: 0, tooFarAhead: 0 };
  /** The first slice not yet complete; slices from here on wait. */
  let open = Math.floor(options.start / size);
  /** Slices from here to `open` have been judged even if empty. */
  let emptyFrom = Infinity;

  const slot = (slice: number): number => ((slice % slots) + slots) % slots;

  function add(slice: number, total: number, bad: number): void {
    const at = slot(slice) * 2;
    counts[at] = (counts[at] ?? 0) + total;
    counts[at + 1] = (counts[at + 1] ?? 0) + bad;
    changed.add(slice);
  }

  function judgeSlice(slice: number, out: Cell[]): void {
    const at = slot(slice);
    const raw = { total: counts[at * 2] ?? 0, bad: counts[at * 2 + 1] ?? 0 };
    // An empty slice counts only where measuring had begun.
    const verdict = raw.total > 0 || slice >= emptyFrom ? sliceVerdict(method, raw) : NOTHING;
    const before = VERDICTS[verdicts[at] ?? 0] ?? NOTHING;
    verdicts[at] = VERDICTS.indexOf(verdict);
    const [total, bad] = [verdict.total - before.total, verdict.bad - before.bad];
    if (total !== 0 || bad !== 0) out.push({ start: (slice + 1) * size - 1, width: 1, total, bad });
  }

  function settle(until: number, out: Cell[]): void {
    for (const slice of [...changed].filter((slice) => slice < until).sort((a, b) => a - b)) {
      changed.delete(slice);
      judgeSlice(slice, out);
    }
  }

  /** Slices that become the newest take the slots of the oldest. */
  function moveTo(next: number): void {
    const reused = Math.min(next - open, slots);
    const newest = next + ahead;
    for (let slice = newest - reused + 1; slice <= newest; slice++) {
      counts.fill(0, slot(slice) * 2, slot(slice) * 2 + 2);
      verdicts[slot(slice)] = 0;
    }
    open = next;
    for (const slice of changed) if (slice < open - kept) changed.delete(slice);
  }

  return {
    ignored,
    apply(cells) {
      for (const { start, width, total, bad } of cells) {
        const first = Math.floor(start / size);
        const last = Math.floor((start + width - 1) / size);
        if (last < open - kept) ignored.tooOld++;
        else if (start > open * size + FARTHEST_AHEAD) ignored.tooFarAhead++;
        else
          for (let slice = Math.max(first, open - kept); slice <= last; slice++) {
            const [from, to] = [slice * size - start, (slice + 1) * size - start];
            const share = (count: number): number =>
              evenShare(count, to, width) - evenShare(count, from, width);
            add(slice, share(total), share(bad));
          }
      }
    },
    judge(through, since) {
      const out: Cell[] = [];
      const before = open;
      const next = Math.max(open, Math.floor(through / size));
      // What changed is judged before time may carry it out of what is kept.
      settle(before, out);
      moveTo(next);
      if (since !== undefined && method.emptySlice !== 'ignore') {
        const first = Math.max(Math.ceil(since / size), next - kept);
        for (let slice = first; slice < Math.min(emptyFrom, before); slice++) changed.add(slice);
        for (let slice = Math.max(before, first); slice < next; slice++) changed.add(slice);
        emptyFrom = Math.min(emptyFrom, first);
      }
      settle(next, out);
      return out;
    },
  };
}
