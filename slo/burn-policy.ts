// The burn policy: which pairs of windows at which burn rate page or ticket, and what evidence a page needs.
import { exceeds, type Fraction, fraction, multiply } from './decimal.ts';
import type { Objective } from './objective.ts';
import { frozenCopy } from './plain-data.ts';
import { nominalSeconds, type Window } from './window.ts';

export const SEVERITIES = ['page', 'ticket'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Holds when the burn rate over both windows is above `burnRate`; windows in whole seconds, short < long. */
export interface Condition {
  readonly longWindow: number;
  readonly shortWindow: number;
  readonly burnRate: Fraction;
  readonly severity: Severity;
}

export interface BurnPolicy {
  /** Any condition of a severity raises that severity's one alert. */
  readonly conditions: readonly Condition[];
  /** Whether pages also need statistical evidence (engine: evidence.ts). @default true */
  readonly evidenceGate: boolean;
  /** How long an alert keeps firing after its conditions cleared, in seconds. @default page 1800, ticket 0 */
  readonly keepFiring: Readonly<Record<Severity, number>>;
}

/** The pairs of the SRE Workbook, chapter 5, for 30 days: budget share spent in the long window, windows, burn rate. */
const WORKBOOK = [
  { share: fraction(2, 100), long: 3600, short: 300, rate: fraction(144, 10), severity: 'page' },
  { share: fraction(5, 100), long: 21_600, short: 1800, rate: fraction(6, 1), severity: 'page' },
  { share: fraction(10, 100), long: 86_400, short: 7200, rate: fraction(3, 1), severity: 'ticket' },
  {
    share: fraction(10, 100),
    long: 259_200,
    short: 21_600,
    rate: fraction(1, 1),
    severity: 'ticket',
  },
] as const;

const SHORTEST_SCALED = 28 * 86_400;

/**
 * The Workbook's four pairs for a window of any length P: burn rate = share · P / long window.
 * Below 28 days that formula falls under 1 and pages on budgets that are kept, so the 30-day rates stay as they are,
 * and pairs whose long window is not shorter than P are left out.
 */
export function defaultBurnPolicy(window: Window): BurnPolicy {
  const period = nominalSeconds(window);
  const known = DEFAULTS.get(period);
  if (known !== undefined) return known;
  const made = frozenCopy(workbookPolicy(period));
  if (DEFAULTS.size < MOST_DEFAULTS) DEFAULTS.set(period, made);
  return made;
}

/** By the length of the window: thousands of SLOs have the same one, and hold it once. */
const DEFAULTS = new Map<number, BurnPolicy>();

const MOST_DEFAULTS = 100;

function workbookPolicy(period: number): BurnPolicy {
  const scaled = period >= SHORTEST_SCALED;
  return {
    conditions: WORKBOOK.filter((pair) => pair.long < period).map((pair) => ({
      longWindow: pair.long,
      shortWindow: pair.short,
      burnRate: scaled ? multiply(pair.share, fraction(period, pair.long)) : pair.rate,
      severity: pair.severity,
    })),
    evidenceGate: true,
    keepFiring: { page: 1800, ticket: 0 },
  };
}

/** The error ratio above which a condition holds: burn rate · budget. */
export function errorThreshold(condition: Condition, objective: Objective): Fraction {
  return multiply(condition.burnRate, objective.budget);
}

/** Whether errors can ever reach the condition: burn rate · budget < 1, since a ratio above 1 does not exist. */
export function isReachable(condition: Condition, objective: Objective): boolean {
  return exceeds(condition.burnRate.den, condition.burnRate.num, objective.budget);
}
