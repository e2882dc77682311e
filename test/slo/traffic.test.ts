// The low-traffic advisor against the figures of the engine theory, sections 1.1, 2.2 and 2.3.
import { describe, expect, it } from 'vitest';
import { adviseOnTraffic, criticalFailures } from '../../slo/traffic.ts';
import { sloOf } from './fixtures.ts';

const slo = sloOf('99.9%');

describe('advice on traffic', () => {
  it('knows that ten requests an hour allow seven failures, one being 13.9 % of the budget', () => {
    const advice = adviseOnTraffic(slo, 10);
    expect(advice.allowedFailures).toBeCloseTo(7.2, 9);
    expect(advice.budgetPerFailure).toBeCloseTo(0.139, 3);
    expect(advice.verdict).toBe('needs-evidence');
    expect(adviseOnTraffic(slo, 9).verdict).toBe('tickets-only');
    expect(adviseOnTraffic(slo, 690).verdict).toBe('needs-evidence');
    expect(adviseOnTraffic(slo, 700).verdict).toBe('enough');
    expect(adviseOnTraffic(sloOf('99.99%'), 1000).allowedFailures).toBeCloseTo(72, 9);
  });

  it('tells how long a page takes, near the simulated means', () => {
    const minutes = (perHour: number): readonly (number | undefined)[] =>
      adviseOnTraffic(slo, perHour).detection.map((each) => each.minutes);
    // Simulated: 12, 25, 145, 341 at 10 an hour; 2, 4, 18, 37 at 100; 1, 2, 9, 18 at 1000.
    const [total, half, tenth] = minutes(10);
    expect([total, half, tenth]).toEqual([12, 24, 180]);
    expect(minutes(100)[0]).toBeCloseTo(1.8, 6);
    expect(minutes(1000)[2]).toBeCloseTo(9, 6);
    expect(minutes(1000)[4]).toBeCloseTo(45, 6);
    expect(minutes(1)[4]).toBeUndefined();
  });

  it('has the critical failures of the table, plain and gated', () => {
    const totals = [1, 10, 20, 50, 70, 100, 200, 300, 500, 1000];
    const table = criticalFailures(slo, slo.burnPolicy.conditions[0]!, totals);
    expect(table.map(({ plain }) => plain)).toEqual([1, 1, 1, 1, 2, 2, 3, 5, 8, 15]);
    expect(table.map(({ gated }) => gated)).toEqual([2, 2, 2, 3, 3, 3, 4, 5, 8, 15]);
  });

  it('sees nothing below the burn rates of its pages', () => {
    const [, , , , twoPercent] = adviseOnTraffic(sloOf('99%'), 100_000).detection;
    expect(twoPercent).toEqual({ ratio: 0.02, minutes: undefined });
  });
});
