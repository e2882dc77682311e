// Exhaustion forecasts: the known roll-off, ranges instead of dates, and "never" as an answer.
import { describe, expect, it } from 'vitest';
import { createCountHistory } from '../../slo/count-history.ts';
import { type ForecastInput, forecastExhaustion, spentAfter } from '../../slo/forecast.ts';
import { parseObjective } from '../../slo/objective.ts';

const DAY = 86_400;
const START = 19_700 * DAY;
const objective = parseObjective('99.9%')!;

/** Steady traffic of a request a second; `failing` gives the failures of each minute. */
function rolling(failing: (minutesAgo: number) => number): ForecastInput {
  const history = createCountHistory({ start: START });
  const column = history.addColumn();
  history.apply(
    column,
    Array.from({ length: 30 * 1440 }, (_, k) => ({
      start: START - (k + 1) * 60,
      width: 60 as const,
      total: 60,
      bad: failing(k + 1),
    })),
  );
  return {
    objective,
    read: (from, to) => history.sum(column, from, to),
    window: { from: START - 30 * DAY, to: START },
  };
}

describe('a rolling forecast', () => {
  it('knows what rolls off: an outage 29 days ago gives its share back within a day', () => {
    const outage = rolling((minutes) =>
      minutes > 29 * 1440 && minutes <= 29 * 1440 + 20 ? 60 : 0,
    );
    const traffic = { total: 1, bad: 0 };
    expect(spentAfter(outage, traffic, 0)).toBeCloseTo(0.463, 3);
    expect(spentAfter(outage, traffic, DAY - 7200)).toBeCloseTo(0.463, 3);
    expect(spentAfter(outage, traffic, DAY + 7200)).toBe(0);
    expect(forecastExhaustion(outage)).toMatchObject({ expected: undefined, latest: undefined });
  });

  it('at a steady burn is the remaining budget over the burn', () => {
    // Nothing failed before the last hour; there, 36 of 3600: ten times the budget.
    const burning = rolling((minutes) => (minutes <= 60 && minutes % 5 < 3 ? 1 : 0));
    const { expected, earliest, latest } = forecastExhaustion(burning)!;
    expect(expected! / DAY).toBeCloseTo((2592 - 36) / (36 * 24), 2);
    expect(earliest!).toBeLessThan(expected!);
    expect(latest!).toBeGreaterThan(expected!);
    expect(latest! / earliest!).toBeLessThan(2.2);
  });

  it('shows a range, never one date: three failures leave a factor of nine', () => {
    const sparse = rolling((minutes) => ([10, 20, 30].includes(minutes) ? 1 : 0));
    const { expected, earliest, latest } = forecastExhaustion(sparse)!;
    // Three in 3600 are within the budget, 7.75 are not, 0.82 are.
    expect(expected).toBeUndefined();
    expect(latest).toBeUndefined();
    expect(earliest! / DAY).toBeCloseTo((2592 - 3) / (7.7537 * 24), 0);
  });

  it('is never at exactly the budget, whose rate never gathers', () => {
    const even = rolling((minutes) => (minutes % 20 === 0 ? 1 : 0));
    expect(forecastExhaustion({ ...even, recentSeconds: 6 * 3600 })!.expected).toBeUndefined();
  });

  it('is now when the budget is spent', () => {
    const spent = rolling((minutes) => (minutes <= 44 ? 60 : 0));
    expect(forecastExhaustion(spent)).toEqual({ expected: 0, earliest: 0, latest: 0 });
  });

  it('counts measured time only, and says nothing without any', () => {
    const burning = rolling((minutes) => (minutes <= 60 && minutes % 5 < 3 ? 1 : 0));
    const half = forecastExhaustion({ ...burning, measuredSeconds: 1800 })!;
    expect(half.expected! / forecastExhaustion(burning)!.expected!).toBeCloseTo(0.5, 1);
    expect(forecastExhaustion({ ...burning, measuredSeconds: 0 })).toBeUndefined();
  });
});

describe('a calendar forecast', () => {
  const month = (daysPassed: number, bad: number, recentBad: number): ForecastInput => ({
    objective,
    read: (from, to) => ({
      total: to - from,
      bad: to - from === 3600 ? recentBad : bad,
      scale: 1,
    }),
    window: {
      from: START,
      to: START + daysPassed * DAY,
      period: { from: START, to: START + 30 * DAY },
    },
  });

  it('is a line to the end of the period, and never beyond', () => {
    const { expected } = forecastExhaustion(month(10, 1000, 36))!;
    expect(expected).toBe(Math.ceil((2592 - 1000) / 0.01));
    expect(forecastExhaustion(month(29, 1000, 36))!.expected).toBeUndefined();
    expect(forecastExhaustion(month(10, 1000, 0))!.expected).toBeUndefined();
  });

  it('uses the events that the period is expected to have', () => {
    const quiet = { ...month(10, 1000, 36), expectedTotal: 1_000_000 };
    expect(forecastExhaustion(quiet)).toEqual({ expected: 0, earliest: 0, latest: 0 });
    const busy = { ...month(10, 1000, 36), expectedTotal: 5_000_000 };
    expect(forecastExhaustion(busy)!.expected).toBe(Math.ceil(4000 / 0.01));
  });

  it('of an empty period without traffic is never', () => {
    const empty = { ...month(10, 0, 0), read: () => ({ total: 0, bad: 0, scale: 1 }) };
    expect(forecastExhaustion(empty)!.expected).toBeUndefined();
  });
});
