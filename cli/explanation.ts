// Why a budget pages or does not: each condition with its counts, its verdict, and what would change it.
import type { AlertChange, Budget, Condition, SloDetail } from '../collector/http/contract.ts';
import { evidence, FEWEST_FAILURES, PAGE_EVIDENCE, RECENT_EVIDENCE } from '../slo/evidence.ts';
import { events, rate, span } from './figures.ts';

export interface ExplainedCondition extends Condition {
  /** How sure it is that failures are more than the budget allows, and how sure it must be; null without the gate. */
  readonly evidence: {
    readonly long: number;
    readonly longNeeded: number;
    readonly short: number;
    readonly shortNeeded: number;
  } | null;
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
  const { evidenceGate, keepFiringSeconds } = slo.burnPolicy;
  const conditions = budget.conditions.map((condition) => {
    const judged = {
      condition,
      budget: 1 - budget.objective,
      gated: evidenceGate && condition.severity === 'page',
    };
    return {
      ...condition,
      evidence: evidenceOf(judged),
      verdict: verdictOf(judged),
      change: changeOf(judged, keepFiringSeconds),
    };
  });
  return { slo, budget, conditions, changes };
}

/** A condition with what is needed to judge it again. */
interface Judged {
  readonly condition: Condition;
  /** The error budget as a ratio. */
  readonly budget: number;
  /** Whether it also needs evidence. */
  readonly gated: boolean;
}

function evidenceOf({ condition, budget, gated }: Judged): ExplainedCondition['evidence'] {
  if (!gated) return null;
  return {
    long: evidence(condition.long.bad, condition.long.total, budget),
    longNeeded: PAGE_EVIDENCE,
    short: evidence(condition.short.bad, condition.short.total, budget),
    shortNeeded: RECENT_EVIDENCE,
  };
}

function above({ burnRate }: Condition['long'], threshold: number): boolean {
  return burnRate !== null && burnRate > threshold;
}

function verdictOf(judged: Judged): string {
  const { long, short, burnRateThreshold: threshold, on } = judged.condition;
  if (on === null) return 'cannot be known: the telemetry is missing, so its alert stays as it is';
  if (on) return 'holds: both windows burn faster than the threshold';
  if (long.total === 0) return 'does not hold: there were no events in the long window';
  if (!above(long, threshold)) return 'does not hold: the long window burns slowly enough';
  if (short.total === 0) return 'does not hold: there were no events in the short window';
  if (!above(short, threshold))
    return 'does not hold: it burned, but not in the short window any more';
  const sure = evidenceOf(judged);
  const figures =
    sure === null
      ? ''
      : `: evidence ${rate(sure.long)} of ${sure.longNeeded} on the long window, ${rate(sure.short)} of ${sure.shortNeeded} on the short one`;
  return `does not hold: it burns fast enough, but on too few bad events to be more than chance (evidence gate${figures})`;
}

function changeOf(
  judged: Judged,
  keepFiring: Readonly<Record<Condition['severity'], number>>,
): string {
  const { condition, budget } = judged;
  const { long, short, burnRateThreshold: threshold, on, shortWindowSeconds } = condition;
  const limit = threshold * budget;
  if (on === null) return 'telemetry that arrives again';
  if (on) {
    const good = Math.min(neededGood(long, limit), neededGood(short, limit));
    const keep = keepFiring[condition.severity];
    const rest = keep > 0 ? `, then ${span(keep)} more of keep-firing` : '';
    return `off after ${events(good)} more good events without a bad one, or ${span(shortWindowSeconds)} after the last bad one${rest}`;
  }
  const bad = neededBad(judged);
  return `on with ${events(bad)} more bad ${bad === 1 ? 'event' : 'events'} at once`;
}

/** The fewest further bad events, all at once, with which the condition holds. */
function neededBad(judged: Judged): number {
  let high = 1;
  while (!holdsWith(judged, high) && high < 2 ** 40) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holdsWith(judged, middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether the condition would hold after this many more bad events; as `conditionHolds` in slo/burn-rate.ts says. */
function holdsWith({ condition, budget, gated }: Judged, more: number): boolean {
  const limit = condition.burnRateThreshold * budget;
  const isOver = ({ total, bad }: Condition['long']): boolean =>
    bad + more > limit * (total + more);
  const sure = ({ total, bad }: Condition['long']): number =>
    evidence(bad + more, total + more, budget);
  const { long, short } = condition;
  if (!isOver(long) || !isOver(short)) return false;
  if (!gated) return true;
  return (
    long.bad + more >= FEWEST_FAILURES &&
    sure(long) > PAGE_EVIDENCE &&
    sure(short) > RECENT_EVIDENCE
  );
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
