// The burn alert of an SLO: its pairs of windows compared in integers, and the evidence that a page needs.
import { type Condition, errorThreshold, type Severity } from '../../slo/burn-policy.ts';
import { type Fraction, toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { FEWEST_FAILURES, PAGE_EVIDENCE, RECENT_EVIDENCE } from '../../slo/evidence.ts';
import { ALERTS, alertLabels, RULE_SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { AlertingRule } from './rule.ts';
import { escapeTemplate } from './template-text.ts';

/** The labels that a rule sets: all but those of the group, which come with its series. */
export function ruleLabels(slo: Slo, severity: Severity): Readonly<Record<string, string>> {
  const { alertname: _, ...labels } = alertLabels(ALERTS.burn, slo, {}, severity);
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, escapeTemplate(value)]),
  );
}

/** The alert of one severity; undefined when the policy has no condition of it. */
export function burnAlert(
  slo: Slo,
  severity: Severity,
  annotations: Readonly<Record<string, string>>,
): AlertingRule | undefined {
  const conditions = slo.burnPolicy.conditions.filter((each) => each.severity === severity);
  if (conditions.length === 0) return undefined;
  return {
    alert: ALERTS.burn,
    expr: conditions.map((condition) => conditionExpression(slo, condition)).join('\nor '),
    keepFiringFor: slo.burnPolicy.keepFiring[severity],
    labels: ruleLabels(slo, severity),
    annotations,
  };
}

/** PromQL that gives the instances for which a condition holds, without the label `window`. */
function conditionExpression(slo: Slo, condition: Condition): string {
  const budget = String(toNumber(slo.objective.budget));
  const threshold = errorThreshold(condition, slo.objective);
  const long = windowCounts(slo, condition.longWindow);
  const short = windowCounts(slo, condition.shortWindow);
  const parts = [
    // The value of the alert, for people; what decides comes after it, in whole numbers.
    `${long.bad} / (${long.total} * ${budget})`,
    `and ${isAbove(long, threshold)}`,
    `and ignoring (window) ${isAbove(short, threshold)}`,
  ];
  if (slo.burnPolicy.evidenceGate && condition.severity === 'page') {
    parts.push(
      `and ${long.bad} >= ${FEWEST_FAILURES}`,
      `and ${evidence(long, budget)} > ${PAGE_EVIDENCE}`,
      `and ignoring (window) ${evidence(short, budget)} > ${RECENT_EVIDENCE}`,
    );
    // At lower burn rates fewer failures than the budget allows would be evidence, too: of the opposite.
    if (condition.burnRate.num < condition.burnRate.den)
      for (const each of [long, short])
        parts.push(`and ignoring (window) ${isAbove(each, slo.objective.budget)}`);
  }
  return `max without (window) (\n  ${parts.join('\n  ')}\n)`;
}

interface WindowSeries {
  readonly total: string;
  readonly bad: string;
}

function windowCounts(slo: Slo, seconds: number): WindowSeries {
  const labels = `{slo="${slo.id}",window="${formatDuration(seconds)}"}`;
  return { total: `${RULE_SERIES.windowTotal}${labels}`, bad: `${RULE_SERIES.windowBad}${labels}` };
}

/** Bad ÷ total above a ratio, strictly, in whole numbers. */
function isAbove({ total, bad }: WindowSeries, { num, den }: Fraction): string {
  return `(${bad} * ${den} > ${num} * ${total})`;
}

/** k ln(k/µ) − k + µ as in slo/evidence.ts; without bad events it is no number, which compares with nothing. */
function evidence({ total, bad }: WindowSeries, budget: string): string {
  return `(${bad} * ln(${bad} / (${total} * ${budget})) - ${bad} + ${total} * ${budget})`;
}
