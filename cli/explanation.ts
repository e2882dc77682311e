// Why a budget pages or does not: each condition with its counts, its verdict, and what would change it.
import type { AlertChange, Budget, Condition, SloDetail } from '../collector/http/contract.ts';
import { events, rate, span } from './figures.ts';

export interface ExplainedCondition extends Condition {
  /** Why it holds or does not, in a sentence. */
  readonly verdict: string;
  /** What would turn it on or off, in a sentence. */
  readonly change: string;
}

export interface Explanation {
  readonly slo: SloDetail;
  readonly budget: Budget;
  readonly conditions: readonly ExplainedCondition[];
  /** The latest changes of its alerts, newest first. */
  readonly changes: readonly AlertChange[];
}

/** The explanation of one budget. */
export function explanationOf(
  slo: SloDetail,
  budget: Budget,
  changes: readonly AlertChange[],
): Explanation {
  const conditions = budget.conditions.map((condition) => ({
    ...condition,
    verdict: verdictOf(condition),
    change: changeOf(condition, 1 - budget.objective, slo.burnPolicy.keepFiringSeconds),
  }));
  return { slo, budget, conditions, changes };
}

function above({ burnRate }: Condition['long'], threshold: number): boolean {
  return burnRate !== null && burnRate > threshold;
}

function verdictOf(condition: Condition): string {
  const { long, short, burnRateThreshold: threshold, on } = condition;
  if (on === null) return 'cannot be known: the telemetry is missing, so its alert stays as it is';
  if (on) return 'holds: both windows burn faster than the threshold';
  if (long.total === 0) return 'does not hold: there were no events in the long window';
  if (!above(long, threshold)) return 'does not hold: the long window burns slowly enough';
  if (short.total === 0) return 'does not hold: there were no events in the short window';
  if (!above(short, threshold))
    return 'does not hold: it burned, but not in the short window any more';
  return 'does not hold: fast enough, but too few bad events to be more than chance (evidence gate)';
}

function changeOf(
  condition: Condition,
  budget: number,
  keepFiring: Readonly<Record<Condition['severity'], number>>,
): string {
  const { long, short, burnRateThreshold: threshold, on, shortWindowSeconds } = condition;
  const limit = threshold * budget;
  if (on === null) return 'telemetry that arrives again';
  if (on) {
    const good = Math.min(neededGood(long, limit), neededGood(short, limit));
    const keep = keepFiring[condition.severity];
    const rest = keep > 0 ? `, then ${span(keep)} more of keep-firing` : '';
    return `off after ${events(good)} more good events without a bad one, or ${span(shortWindowSeconds)} after the last bad one${rest}`;
  }
  if (above(long, threshold) && above(short, threshold)) return 'on with more bad events';
  const bad = Math.max(neededBad(long, limit), neededBad(short, limit));
  return `on with ${events(bad)} more bad ${bad === 1 ? 'event' : 'events'} at once, if no gate holds it back`;
}

/** The fewest further bad events b with (bad + b) ÷ (total + b) > limit. */
function neededBad({ total, bad }: Condition['long'], limit: number): number {
  return Math.max(0, Math.floor((limit * total - bad) / (1 - limit)) + 1);
}

/** The fewest further good events g with bad ÷ (total + g) ≤ limit. */
function neededGood({ total, bad }: Condition['long'], limit: number): number {
  return Math.max(0, Math.ceil(bad / limit - total));
}

/** The answer in one sentence. */
export function summaryOf({ slo, budget, conditions }: Explanation): string {
  const name = budget.instance;
  const firing = budget.alerts.filter(({ phase }) => phase === 'firing');
  const missing = firing.find(({ name: alert }) => alert === 'SliDataMissing');
  if (missing !== undefined)
    return `${name}: its telemetry is missing, which pages by itself; burn alerts are frozen.`;
  const page = firing.find(({ severity }) => severity === 'page') ?? firing[0];
  if (page !== undefined) {
    const reason = conditions.find(({ severity, on }) => severity === page.severity && on === true);
    const why =
      reason === undefined
        ? 'its condition has cleared, and it keeps firing for a while so that it does not page twice'
        : `the budget burns ${rate(reason.long.burnRate)} times too fast over ${span(reason.longWindowSeconds)} and ${rate(reason.short.burnRate)} times over ${span(reason.shortWindowSeconds)}; more than ${rate(reason.burnRateThreshold)} raises a ${page.severity}`;
    return `${name} fires (${page.severity}): ${why}.`;
  }
  if (budget.measurement === 'waiting') return `${name} does not fire: it has never been measured.`;
  if (budget.measurement === 'silent')
    return `${name} does not fire: it is measured, and there were no events.`;
  return `${name} does not fire: no condition of its burn policy holds (${slo.objective} over its window).`;
}
