import { expect, it } from 'vitest';
import { createOutlook } from '../../../cli/demo/outlook.ts';
import { budgetView, pageCondition } from './budget-view.ts';

it('tells the time until a page from the pace of the last seconds', () => {
  const outlook = createOutlook();
  // An hour ago does not count; a quarter of a burn rate a second does.
  outlook.observe(0, [budgetView({ conditions: [pageCondition(0)] })]);
  for (let second = 100; second <= 110; second += 1)
    outlook.observe(second, [
      budgetView({ conditions: [pageCondition(4 + (second - 100) * 0.25)] }),
    ]);
  const now = budgetView({ conditions: [pageCondition(6.5)] });
  expect(outlook.prospect(now)).toMatchObject({ windowSeconds: 3600, burnRate: 6.5 });
  expect(outlook.prospect(now)?.seconds).toBeCloseTo((14.4 - 6.5) / 0.25);
});

it('names the window that still has to catch up', () => {
  const outlook = createOutlook();
  const at = (burnRate: number) => ({
    ...pageCondition(burnRate),
    short: { total: 300, bad: 300, burnRate: 900 },
  });
  outlook.observe(0, [budgetView({ conditions: [at(1)] })]);
  outlook.observe(5, [budgetView({ conditions: [at(2)] })]);
  expect(outlook.prospect(budgetView({ conditions: [at(2)] }))?.windowSeconds).toBe(3600);
});

it('promises nothing while the budget burns no faster', () => {
  const outlook = createOutlook();
  for (const second of [0, 5]) outlook.observe(second, [budgetView()]);
  expect(outlook.prospect(budgetView())?.seconds).toBeUndefined();
});

it('has nothing to tell once a page condition holds', () => {
  const outlook = createOutlook();
  const view = budgetView({ conditions: [pageCondition(20, true)] });
  for (const second of [0, 5]) outlook.observe(second, [view]);
  expect(outlook.prospect(view)).toBeUndefined();
});
