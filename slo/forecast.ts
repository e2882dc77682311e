// The forecast: when the error budget runs out if things go on as lately, and between when and when that may be.
import { toNumber } from './decimal.ts';
import type { ReadCounts } from './burn-rate.ts';
import type { ComplianceWindow } from './compliance-window.ts';
import type { Objective } from './objective.ts';
import { poissonRange } from './poisson-range.ts';
import { budgetOf } from './budget.ts';

/** Seconds after the end of the window until the budget is spent; undefined is never. All 0 when it is spent already. */
export interface Exhaustion {
  /** At the failure rate lately seen. */
  readonly expected: number | undefined;
  /** At the highest and the lowest rate that what was seen leaves plausible, 90 % sure. */
  readonly earliest: number | undefined;
  readonly latest: number | undefined;
}

export interface ForecastInput {
  readonly objective: Objective;
  readonly read: ReadCounts;
  /** Where the compliance window stands; with a period it ends there, without one it rolls on. */
  readonly window: ComplianceWindow;
  /** How long before the window's end "lately" reaches back, in seconds. @default 3600 */
  readonly recentSeconds?: number;
  /** How much of that was measured, in seconds. @default all */
  readonly measuredSeconds?: number;
  /** Calendar windows: the events expected in the whole period. @default present traffic, drawn out */
  readonly expectedTotal?: number | undefined;
}

/** Events a second. */
interface Rates {
  readonly total: number;
  readonly bad: number;
}

/** When the budget runs out, with its range. Nothing measured lately means that nothing can be said: undefined. */
export function forecastExhaustion(input: ForecastInput): Exhaustion | undefined {
  const { read, window, recentSeconds = 3600 } = input;
  const measured = input.measuredSeconds ?? recentSeconds;
  if (measured <= 0) return undefined;
  const recent = budgetOf(read(window.to - recentSeconds, window.to), input.objective);
  const { low, high } = poissonRange(recent.bad);
  const at = (bad: number): number | undefined =>
    exhaustedAfter(input, { total: Math.max(recent.total, bad) / measured, bad: bad / measured });
  return { expected: at(recent.bad), earliest: at(high), latest: at(low) };
}

/** Seconds until the budget is spent at these rates; undefined is never. */
function exhaustedAfter(input: ForecastInput, rates: Rates): number | undefined {
  return input.window.period === undefined
    ? rollingExhaustion(input, rates)
    : calendarExhaustion(input, rates, input.window.period.to);
}

/**
 * The share of a rolling budget that is spent `seconds` from now: what has rolled off by then is known exactly, what
 * comes is at these rates. Undefined without events.
 */
export function spentAfter(
  { objective, read, window }: ForecastInput,
  rates: Rates,
  seconds: number,
): number | undefined {
  const length = window.to - window.from;
  const kept = budgetOf(read(window.from + Math.min(seconds, length), window.to), objective);
  const added = Math.min(seconds, length);
  const total = kept.total + rates.total * added;
  return total > 0
    ? (kept.bad + rates.bad * added) / (total * toNumber(objective.budget))
    : undefined;
}

/** Into how many steps a rolling window's future is cut; a crossing is then narrowed down to the second. */
const STEPS = 360;

function rollingExhaustion(input: ForecastInput, rates: Rates): number | undefined {
  const length = input.window.to - input.window.from;
  const spent = (seconds: number): boolean => (spentAfter(input, rates, seconds) ?? 0) >= 1;
  if (spent(0)) return 0;
  // After one whole window nothing of today is left and nothing changes any more.
  for (let step = 1; step <= STEPS; step++) {
    let high = Math.ceil((step * length) / STEPS);
    if (!spent(high)) continue;
    let low = Math.floor(((step - 1) * length) / STEPS);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (spent(middle)) high = middle;
      else low = middle;
    }
    return high;
  }
  return undefined;
}

function calendarExhaustion(
  { objective, read, window, expectedTotal }: ForecastInput,
  rates: Rates,
  end: number,
): number | undefined {
  const left = end - window.to;
  const { total, bad } = budgetOf(read(window.from, window.to), objective);
  const events = Math.max(
    expectedTotal ?? 0,
    total + (expectedTotal === undefined ? rates.total * left : 0),
  );
  const remaining = events * toNumber(objective.budget) - bad;
  if (remaining <= 0) return bad > 0 ? 0 : undefined;
  const seconds = Math.ceil(remaining / rates.bad);
  return seconds <= left ? seconds : undefined;
}
