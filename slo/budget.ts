// The error budget of a compliance window: what was allowed to fail, how much of it is spent, what remains.
import type { Objective } from './objective.ts';
import type { WindowCounts } from './window-counts.ts';

/** Shares of the budget: 1 is all of it. */
export interface BudgetShares {
  /** Bad events ÷ those allowed; above 1 when more failed. */
  readonly budgetSpent: number;
  /** 1 − spent; negative when overspent. */
  readonly budgetRemaining: number;
}

/** Counts and ratios of a window; without events there are no ratios, which is neither 0 % nor 100 %. */
export interface Budget extends Partial<BudgetShares> {
  readonly total: number;
  readonly bad: number;
  /** Share of good events. */
  readonly sli?: number;
}

/** Shares of the budget that a whole calendar period is expected to have. */
export interface ProjectedBudget extends BudgetShares {
  readonly expectedTotal: number;
}

/** The budget by the events so far. */
export function budgetOf(counts: WindowCounts, objective: Objective): Budget {
  const total = Math.max(counts.total, 0) / counts.scale;
  const bad = Math.min(Math.max(counts.bad, 0) / counts.scale, total);
  if (total === 0) return { total, bad };
  return { total, bad, sli: (total - bad) / total, ...sharesOf(bad, total, objective) };
}

/**
 * The budget of a calendar period that is still open, against all the events that it is expected to have: on its first
 * day the events so far allow next to nothing. Never fewer events are expected than have come.
 * Undefined when nothing has come and nothing is expected.
 */
export function projectedBudget(
  counts: WindowCounts,
  objective: Objective,
  expectedTotal: number,
): ProjectedBudget | undefined {
  const { total, bad } = budgetOf(counts, objective);
  const events = Math.max(total, expectedTotal);
  if (events === 0) return undefined;
  return { expectedTotal: events, ...sharesOf(bad, events, objective) };
}

function sharesOf(bad: number, total: number, { budget }: Objective): BudgetShares {
  // One division of two products, both exact below 2^53: a budget spent to the last event is exactly 1.
  const budgetSpent = (bad * budget.den) / (total * budget.num);
  return { budgetSpent, budgetRemaining: 1 - budgetSpent };
}
