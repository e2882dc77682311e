// How finely the store keeps counts, and for how long, so that every window can be summed from it.
import { CELL_WIDTHS } from '../../slo/counts.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Retention } from '../stores/store.ts';

/**
 * Ten minutes by the second, six hours by ten, three days by the minute; all windows plus two days in quarters of an hour.
 * An SLO in time slices keeps cells that none of its slices cuts: what is read back after a restart gives the same verdicts.
 * @param longestWindow of all SLOs, in seconds
 */
export function retentionFor(slos: readonly Slo[], longestWindow: number): Retention {
  const sliced = slos.flatMap(({ id, method }) => {
    if (method.kind !== 'time-slices') return [];
    const width = CELL_WIDTHS.findLast((each) => method.sliceSeconds % each === 0) ?? 1;
    return [[id, width] as const];
  });
  return {
    fine: { 1: 600, 10: 21_600, 60: 259_200 },
    total: longestWindow + 2 * 86_400,
    widest: new Map(sliced),
  };
}
