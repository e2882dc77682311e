// Feeds a replay's lines to the engine second by second, as a live source would have.
import { CELL_WIDTHS, type EpochSeconds, evenShare } from '../../slo/counts.ts';
import type { InstanceId } from '../../slo/instance.ts';
import type { CountDelta, CoverageWrite } from '../stores/store.ts';
import type { CountLine } from './count-lines.ts';

export interface ReplayFeed {
  readonly cells: readonly CountDelta[];
  readonly coverage: readonly CoverageWrite[];
}

export interface ReplaySource {
  /** What happened in `[from, to)`, where `from` is the last `to`. Cells older than `fineFrom` may be wide. */
  read(to: EpochSeconds, fineFrom: EpochSeconds): ReplayFeed;
}

/** @param lines in order of start */
export function createReplaySource(lines: readonly CountLine[]): ReplaySource {
  const active = new Set<CountLine>();
  let next = 0;
  let from = -Infinity;
  return {
    read(to, fineFrom) {
      for (let line = lines[next]; line !== undefined && line.start < to; line = lines[next]) {
        active.add(line);
        next += 1;
      }
      const cells: CountDelta[] = [];
      const coverage: CoverageWrite[] = [];
      for (const line of active) {
        const end = line.start + line.seconds;
        const stretch = { from: Math.max(from, line.start), to: Math.min(to, end) };
        coverage.push({ slo: sloOf(line.instance), ...stretch });
        pushCells(line, stretch.from, stretch.to, fineFrom, cells);
        if (end <= to) active.delete(line);
      }
      from = to;
      return { cells, coverage };
    },
  };
}

function sloOf(instance: InstanceId): string {
  const brace = instance.indexOf('{');
  return brace < 0 ? instance : instance.slice(0, brace);
}

/** A line's share of `[from, to)` in cells: the widest that fit before `fineFrom`, single seconds after it. */
function pushCells(
  line: CountLine,
  from: EpochSeconds,
  to: EpochSeconds,
  fineFrom: EpochSeconds,
  cells: CountDelta[],
): void {
  for (let start = from; start < to;) {
    const width =
      CELL_WIDTHS.findLast(
        (each) => start % each === 0 && start + each <= Math.min(to, fineFrom),
      ) ?? 1;
    const share = (count: number): number =>
      evenShare(count, start + width - line.start, line.seconds) -
      evenShare(count, start - line.start, line.seconds);
    const total = share(line.total);
    const bad = share(line.bad);
    if (total > 0 || bad > 0) cells.push({ instance: line.instance, start, width, total, bad });
    start += width;
  }
}
