// Stretches in which an SLO was measured, gathered from thousands of sample pairs, handed over as few intervals.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Interval } from '../../../slo/interval.ts';

export interface MeasuredTime {
  /** Measured from one sample to the next, times in milliseconds; events of `(from, to]` lie in whole seconds `[⌈from⌉, ⌈to⌉)`. */
  add(fromMs: number, toMs: number): void;
  /** Everything since the last call, disjoint and sorted. */
  drain(): readonly Interval[];
}

export function createMeasuredTime(): MeasuredTime {
  let from: EpochSeconds = 0;
  let to: EpochSeconds = 0;
  let earlier: Interval[] = [];
  return {
    add(fromMs, toMs) {
      const start = Math.ceil(fromMs / 1000);
      const end = Math.ceil(toMs / 1000);
      if (start >= end) return;
      if (start <= to && end >= from && to > 0) {
        if (start < from) from = start;
        if (end > to) to = end;
        return;
      }
      if (to > 0) earlier.push({ from, to });
      from = start;
      to = end;
    },
    drain() {
      if (to > 0) earlier.push({ from, to });
      const sorted = earlier.sort((a, b) => a.from - b.from);
      earlier = [];
      to = 0;
      const merged: Interval[] = [];
      for (const interval of sorted) {
        const last = merged.at(-1);
        if (last === undefined || last.to < interval.from) merged.push(interval);
        else if (interval.to > last.to)
          merged[merged.length - 1] = { from: last.from, to: interval.to };
      }
      return merged;
    },
  };
}
