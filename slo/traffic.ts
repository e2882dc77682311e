// The low-traffic advisor: what a service's traffic allows its alerts to see, told before anyone relies on them.
import { type Condition, errorThreshold } from './burn-policy.ts';
import type { BurnRule } from './burn-rate.ts';
import { type Fraction, toNumber } from './decimal.ts';
import { criticalBad } from './evidence.ts';
import { nominalSeconds, type Window } from './window.ts';

/** Below so many allowed failures per window, alerts on plain ratios page on chance; evidence keeps them honest. */
const FEW_FAILURES = 500;

/** Below so many, three failures are nearly half the budget: no ratio can be alerted on. */
const TOO_FEW_FAILURES = 7;

/** What the expected traffic means for the alerts of an SLO. */
export interface TrafficAdvice {
  /** Failures that the budget allows in one window. */
  readonly allowedFailures: number;
  /** The share of the budget that one failure spends. */
  readonly budgetPerFailure: number;
  /**
   * `enough`: nothing to do. `needs-evidence`: the evidence gate must be on, and probes at a steady rate would help.
   * `tickets-only`: a lower objective, a longer window, grouping with others, or tickets instead of pages.
   */
  readonly verdict: 'enough' | 'needs-evidence' | 'tickets-only';
  /** How long a page takes at several failure rates, steady traffic assumed. */
  readonly detection: readonly Detection[];
}

/** How soon a page comes when `ratio` of the requests fail; undefined when none comes. */
export interface Detection {
  readonly ratio: number;
  readonly minutes: number | undefined;
}

const RATIOS = [1, 0.5, 0.1, 0.05, 0.02] as const;

/** Advice on an SLO that expects so many events an hour. */
export function adviseOnTraffic(
  slo: BurnRule & { readonly window: Window },
  eventsPerHour: number,
): TrafficAdvice {
  const hours = nominalSeconds(slo.window) / 3600;
  const allowedFailures = eventsPerHour * hours * toNumber(slo.objective.budget);
  return {
    allowedFailures,
    budgetPerFailure: 1 / allowedFailures,
    verdict: verdictOf(allowedFailures),
    detection: RATIOS.map((ratio) => ({
      ratio,
      minutes: minutesToPage(slo, eventsPerHour, ratio),
    })),
  };
}

/** Failures that a page needs in its long window, for windows of so many events: without and with the evidence gate. */
export function criticalFailures(
  { objective }: BurnRule,
  condition: Condition,
  totals: readonly number[],
): readonly {
  readonly total: number;
  readonly plain: number;
  readonly gated: number | undefined;
}[] {
  const threshold = errorThreshold(condition, objective);
  return totals.map((total) => ({
    total,
    plain: firstAbove(total, threshold),
    gated: criticalBad(total, threshold, objective.budget),
  }));
}

function verdictOf(allowedFailures: number): TrafficAdvice['verdict'] {
  if (allowedFailures < TOO_FEW_FAILURES) return 'tickets-only';
  return allowedFailures < FEW_FAILURES ? 'needs-evidence' : 'enough';
}

/** The soonest of all page conditions: until as many requests failed as the fullest long window asks for. */
function minutesToPage(slo: BurnRule, eventsPerHour: number, ratio: number): number | undefined {
  const failuresPerHour = eventsPerHour * ratio;
  const minutes = slo.burnPolicy.conditions.flatMap((condition) => {
    const hours = condition.longWindow / 3600;
    const total = Math.max(1, Math.round(eventsPerHour * hours));
    const threshold = errorThreshold(condition, slo.objective);
    const needed = slo.burnPolicy.evidenceGate
      ? criticalBad(total, threshold, slo.objective.budget)
      : firstAbove(total, threshold);
    const isSeen =
      condition.severity === 'page' &&
      needed !== undefined &&
      ratio > toNumber(threshold) &&
      needed <= failuresPerHour * hours;
    return isSeen ? [(needed / failuresPerHour) * 60] : [];
  });
  return minutes.length > 0 ? Math.min(...minutes) : undefined;
}

/** The fewest of `total` strictly above the threshold. */
function firstAbove(total: number, { num, den }: Fraction): number {
  return Math.floor((num * total) / den) + 1;
}
