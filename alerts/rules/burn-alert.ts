// The burn alert of an SLO: its pairs of windows compared in integers, and the evidence that a page needs.
import {
  type Condition,
  errorThreshold,
  isReachable,
  type Severity,
} from '../../slo/burn-policy.ts';
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

/** The alert of one severity; undefined when the policy has no condition of it that errors can reach. */
export function burnAlert(
  slo: Slo,
  severity: Severity,
  annotations: Readonly<Record<string, string>>,
): AlertingRule | undefined {
  const conditions = slo.burnPolicy.conditions.filter(
    (each) => each.severity === severity && isReachable(each, slo.objective),
  );
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
  const { objective, burnPolicy } = slo;
  const threshold = errorThreshold(condition, objective);
  const [long, short] = [condition.longWindow, condition.shortWindow].map((seconds) => {
    const labels = `{slo="${slo.id}",window="${formatDuration(seconds)}"}`;
    const { windowTotal, windowBad, evidence } = RULE_SERIES;
    return { total: windowTotal + labels, bad: windowBad + labels, evidence: evidence + labels };
  }) as [WindowSeries, WindowSeries];
  const parts = [
    // The value of the alert, for people; what decides comes after it, in whole numbers.
    `${long.bad} / (${long.total} * ${toNumber(objective.budget)})`,
    `and ${isAbove(long, threshold)}`,
    `and ignoring (window) ${isAbove(short, threshold)}`,
  ];
  if (burnPolicy.evidenceGate && condition.severity === 'page')
    parts.push(
      `and ${long.bad} >= ${FEWEST_FAILURES}`,
      `and ${long.evidence} > ${PAGE_EVIDENCE}`,
      `and ignoring (window) ${short.evidence} > ${RECENT_EVIDENCE}`,
    );
  return `max without (window) (\n  ${parts.join('\n  ')}\n)`;
}

interface WindowSeries {
  readonly total: string;
  readonly bad: string;
  readonly evidence: string;
}

/** Bad ÷ total above a ratio, strictly, in whole numbers. */
function isAbove({ total, bad }: WindowSeries, { num, den }: Fraction): string {
  return `(${bad} * ${den} > ${num === 1 ? '' : `${num} * `}${total})`;
}
