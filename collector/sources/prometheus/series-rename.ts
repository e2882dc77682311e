// Tells a relabelled series from a new one: taking a million counted requests for new ones would ruin a budget.
import type { ScrapeTarget } from './scrape-target.ts';

interface CandidateSeries {
  readonly target: ScrapeTarget | undefined;
  readonly routes: readonly { readonly counts: object; readonly role: number }[];
  lastMs: number;
  lastValue: number;
}

/** Smaller values cannot do harm, and looking for where they came from would cost more than it saves. */
const HARMLESS_VALUE = 100;

/**
 * The series of the same target, feeding the same counts, that ended at the scrape before and whose value the new one
 * can have grown from: at most doubled. A restarted process begins far below what it ended with.
 */
export function renamedFrom<T extends CandidateSeries>(
  born: T,
  ms: number,
  value: number,
  series: Iterable<T>,
): T | undefined {
  const { target } = born;
  if (target === undefined || target.intervalMs === 0 || value < HARMLESS_VALUE) return undefined;
  let best: T | undefined;
  for (const other of series)
    if (
      other.target === target &&
      other !== born &&
      other.lastMs < ms &&
      other.lastMs >= ms - 1.5 * target.intervalMs &&
      other.lastValue <= value &&
      other.lastValue * 2 >= value &&
      other.lastValue > (best?.lastValue ?? 0) &&
      feedsSame(other, born)
    )
      best = other;
  return best;
}

function feedsSame(a: CandidateSeries, b: CandidateSeries): boolean {
  return (
    a.routes.length === b.routes.length &&
    a.routes.every(({ counts, role }, index) => {
      const other = b.routes[index];
      return other?.counts === counts && other.role === role;
    })
  );
}
