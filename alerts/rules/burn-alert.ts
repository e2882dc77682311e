// The burn alert of an SLO: its pairs of windows compared in integers, and the evidence that a page needs.
import {
  type Condition,
  errorThreshold,
  isReachable,
  type Severity,
} from '../../slo/burn-policy.ts';
import type { Fraction } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { FEWEST_FAILURES, PAGE_EVIDENCE, RECENT_EVIDENCE } from '../../slo/evidence.ts';
import { ALERTS, alertLabels, RULE_SERIES, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { notScraped } from './own-series.ts';
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
    return {
      total: windowTotal + labels,
      bad: windowBad + labels,
      evidence: evidence + labels,
      burnRate: SERIES.burnRate + labels.replace('}', `${notScraped([slo])}}`),
    };
  }) as [WindowSeries, WindowSeries];
  const join = `and on (${['slo', ...(slo.groupBy?.labels ?? [])].join(', ')})`;
  const parts = [
    // The value of the alert, for people; what decides comes after it, in whole numbers.
    long.burnRate,
    `${join} ${isAbove(long, threshold)}`,
    `${join} ${isAbove(short, threshold)}`,
  ];
  if (burnPolicy.evidenceGate && condition.severity === 'page')
    parts.push(
      `${join} ${long.bad} >= ${FEWEST_FAILURES}`,
      `${join} ${long.evidence} > ${PAGE_EVIDENCE}`,
      `${join} ${short.evidence} > ${RECENT_EVIDENCE}`,
    );
  return `max without (window) (\n  ${parts.join('\n  ')}\n)`;
}

interface WindowSeries {
  readonly total: string;
  readonly bad: string;
  readonly evidence: string;
  readonly burnRate: string;
}

/** Bad ÷ total above a ratio, strictly, in whole numbers. */
function isAbove({ total, bad }: WindowSeries, { num, den }: Fraction): string {
  return `(${bad} * ${den} > ${num === 1 ? '' : `${num} * `}${total})`;
}
