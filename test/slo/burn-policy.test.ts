// The default policy for windows of any length, against the closed forms of the engine theory, section 1.2.
import { describe, expect, it } from 'vitest';
import { defaultBurnPolicy } from '../../slo/burn-policy.ts';
import { toNumber } from '../../slo/decimal.ts';
import { calendar, rolling, type Window } from '../../slo/window.ts';

const ratesOf = (window: Window): readonly number[] =>
  defaultBurnPolicy(window).conditions.map(({ burnRate }) => toNumber(burnRate));

describe('the default burn policy', () => {
  it('scales the Workbook pairs to the window: the same share of the budget in the same long window', () => {
    expect(ratesOf(rolling('30d')!)).toEqual([14.4, 6, 3, 1]);
    expect(ratesOf(rolling('28d')!)).toEqual([13.44, 5.6, 2.8, 28 / 30]);
    expect(ratesOf(rolling('90d')!)).toEqual([43.2, 18, 9, 3]);
  });

  it('keeps the rates of 30 days below 28 days, without pairs longer than the window', () => {
    expect(ratesOf(rolling('7d')!)).toEqual([14.4, 6, 3, 1]);
    expect(ratesOf(rolling('3d')!)).toEqual([14.4, 6, 3]);
    expect(ratesOf(rolling('6h')!)).toEqual([14.4]);
  });

  it('does not move with the number of days in a month', () => {
    expect(ratesOf(calendar('month', 'Europe/Berlin'))).toEqual([14.4, 6, 3, 1]);
    expect(ratesOf(calendar('day', 'UTC'))).toEqual([14.4, 6]);
  });

  it('pages on the two fast pairs, tickets on the slow ones, and keeps pages for half an hour', () => {
    const { conditions, evidenceGate, keepFiring } = defaultBurnPolicy(rolling('30d')!);
    expect(
      conditions.map(({ longWindow, shortWindow, severity }) => [
        longWindow,
        shortWindow,
        severity,
      ]),
    ).toEqual([
      [3600, 300, 'page'],
      [21_600, 1800, 'page'],
      [86_400, 7200, 'ticket'],
      [259_200, 21_600, 'ticket'],
    ]);
    expect(evidenceGate).toBe(true);
    expect(keepFiring).toEqual({ page: 1800, ticket: 0 });
  });
});
