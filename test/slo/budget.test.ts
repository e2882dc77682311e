// Error budgets: exact shares, negative ones, none without events, and the projected form of calendar windows.
import { describe, expect, it } from 'vitest';
import { budgetOf, projectedBudget } from '../../slo/budget.ts';
import { parseObjective } from '../../slo/objective.ts';

const objective = parseObjective('99.9%')!;

describe('an error budget', () => {
  it('is spent by bad events, and may be overspent', () => {
    expect(budgetOf({ total: 1_000_000, bad: 250, scale: 1 }, objective)).toEqual({
      total: 1_000_000,
      bad: 250,
      sli: 0.99975,
      budgetSpent: 0.25,
      budgetRemaining: 0.75,
    });
    expect(budgetOf({ total: 7_000_000, bad: 7000, scale: 1 }, objective).budgetRemaining).toBe(0);
    expect(budgetOf({ total: 1000, bad: 3, scale: 1 }, objective).budgetRemaining).toBe(-2);
  });

  it('has no ratios without events: neither 0 % nor 100 % (property 18)', () => {
    expect(budgetOf({ total: 0, bad: 0, scale: 7200 }, objective)).toEqual({ total: 0, bad: 0 });
    expect(projectedBudget({ total: 0, bad: 0, scale: 1 }, objective, 0)).toBeUndefined();
  });

  it('counts parts of events, and never more bad than total', () => {
    expect(budgetOf({ total: 3, bad: 1, scale: 2 }, objective)).toMatchObject({
      total: 1.5,
      bad: 0.5,
    });
    expect(budgetOf({ total: 1, bad: 2, scale: 1 }, objective)).toMatchObject({ bad: 1, sli: 0 });
    expect(budgetOf({ total: -1, bad: 1, scale: 1 }, objective)).toEqual({ total: 0, bad: 0 });
  });

  it('is not gone after the first failure of a month, against the events that the month will have', () => {
    const firstHour = { total: 10, bad: 1, scale: 1 };
    expect(budgetOf(firstHour, objective).budgetSpent).toBe(100);
    expect(projectedBudget(firstHour, objective, 100_000)).toEqual({
      expectedTotal: 100_000,
      budgetSpent: 0.01,
      budgetRemaining: 0.99,
    });
    expect(projectedBudget(firstHour, objective, 5)!.budgetSpent).toBe(100);
  });
});
