// The evidence gate: how sure a page must be that failures are more than the objective allows, before it wakes someone.
import { exceeds, type Fraction, toNumber } from './decimal.ts';

/** Evidence that the long window needs: −ln α for α = 0.001, as the generated rules spell it. */
export const PAGE_EVIDENCE = 6.91;

/** Evidence that the short window needs: −ln α for α = 0.05. */
export const RECENT_EVIDENCE = 3;

/** One failure never pages: at very small traffic a single one is already beyond chance. */
export const FEWEST_FAILURES = 2;

/**
 * How strongly `bad` of `total` events speak against a failure rate within the budget: k ln(k/µ) − k + µ with
 * µ = total · budget, and 0 when no more failed than the budget allows.
 * By Chernoff, e^−evidence is at least the chance to see so many failures at exactly the budget's rate.
 */
export function evidence(bad: number, total: number, budget: number): number {
  const allowed = total * budget;
  if (!(bad > allowed)) return 0;
  return allowed === 0 ? Infinity : bad * Math.log(bad / allowed) - bad + allowed;
}

/**
 * The fewest bad events among `total` that page: above the threshold and with evidence.
 * Undefined when not even `total` bad ones do. `total` is a whole number above 0.
 */
export function criticalBad(
  total: number,
  threshold: Fraction,
  budget: Fraction,
): number | undefined {
  const ratio = toNumber(budget);
  const pages = (bad: number): boolean =>
    exceeds(bad, total, threshold) && evidence(bad, total, ratio) > PAGE_EVIDENCE;
  // Both parts can only become true as bad grows, so the first is found by halving. Two failures may exceed the total.
  let [low, high] = [FEWEST_FAILURES, Math.max(total, FEWEST_FAILURES)];
  if (!pages(high)) return undefined;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (pages(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
