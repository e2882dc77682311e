// The burn alert of an SLO: its pairs of windows compared in integers, and the evidence that a page needs.
import {
  type Condition,
  errorThreshold,
  isReachable,
  type Severity,
} from '../../slo/burn-policy.ts';
import { formatDuration } from '../../slo/duration.ts';
import { toNumber } from '../../slo/decimal.ts';
import { FEWEST_FAILURES, PAGE_EVIDENCE, RECENT_EVIDENCE } from '../../slo/evidence.ts';
import { ALERTS, alertLabels, RECORDED, RULE_SERIES, SERIES } from '../../slo/names.ts';
import type { Objective } from '../../slo/objective.ts';
import type { Slo } from '../../slo/slo.ts';
import { type AlertSubject, subjectOf } from './alert-subject.ts';
import { burnAnnotations } from './annotation-template.ts';
import type { AlertingRule, RecordingRule } from './rule.ts';
import { matchersOf, type SloSet } from './slo-set.ts';
import { escapeTemplate } from './template-text.ts';

/** The labels that a rule sets: all but those of the group, and of SLOs that share it their names, which come with its series. */
export function ruleLabels(
  { slo, isShared }: AlertSubject,
  severity: Severity,
): Readonly<Record<string, string>> {
  const { alertname: _, slo: id, service, ...labels } = alertLabels(ALERTS.burn, slo, {}, severity);
  return Object.fromEntries(
    Object.entries(isShared ? labels : { slo: id, service, ...labels }).map(([name, value]) => [
      name,
      escapeTemplate(value ?? ''),
    ]),
  );
}

/** Conditions of a severity that errors can reach. */
export function reachableConditions(slo: Slo, severity: Severity): readonly Condition[] {
  return slo.burnPolicy.conditions.filter(
    (each) => each.severity === severity && isReachable(each, slo.objective),
  );
}

/**
 * The alert of one severity of an SLO that decides in it.
 * @param elsewhere whether other conditions of it are decided by a `burningRule` of a slower group
 */
export function burnAlert(
  slo: Slo,
  severity: Severity,
  conditions: readonly Condition[],
  elsewhere: boolean,
): AlertingRule {
  const own = burning(matchersOf([slo]), slo, conditions);
  const other = `or ignoring (severity) ${decided(matchersOf([slo]), severity)}`;
  return alertOf(subjectOf(slo), severity, elsewhere ? `${own}\n${other}` : own);
}

/** Records what burns among SLOs of one policy and objective, by some conditions. */
export function burningRule(
  set: SloSet,
  severity: Severity,
  conditions: readonly Condition[],
  pace: 'fast' | 'slow',
): RecordingRule | undefined {
  const [slo] = set.slos;
  if (slo === undefined || conditions.length === 0) return undefined;
  // Told apart from the rules of other SLOs beside them, which promtool would take for the same one.
  const own = set.slos.length === 1 ? { slo: slo.id, service: slo.service.name } : {};
  const expr = burning(set.matchers, slo, conditions);
  return { record: RULE_SERIES.burning, labels: { ...own, severity, pace }, expr };
}

/** The alert of one severity of SLOs whose decisions are recorded. */
export function recordedBurnAlert(subject: AlertSubject, severity: Severity): AlertingRule {
  return alertOf(subject, severity, decided(subject.matchers, severity));
}

function decided(matchers: string, severity: Severity): string {
  return `max without (pace) (${RULE_SERIES.burning}{${matchers},severity="${severity}"})`;
}

function alertOf(subject: AlertSubject, severity: Severity, expr: string): AlertingRule {
  return {
    alert: ALERTS.burn,
    expr,
    keepFiringFor: subject.slo.burnPolicy.keepFiring[severity],
    labels: ruleLabels(subject, severity),
    annotations: burnAnnotations(subject, severity),
  };
}

/** PromQL that gives the burning instances with the burn rate of the pair that leads, without the labels that tell a window's series. */
function burning(matchers: string, slo: Slo, conditions: readonly Condition[]): string {
  return conditions.map((condition) => conditionExpression(matchers, slo, condition)).join('\nor ');
}

function conditionExpression(
  matchers: string,
  { objective, burnPolicy, groupBy }: Slo,
  condition: Condition,
): string {
  const { windowTotal, windowBad, evidence } = RULE_SERIES;
  const [long, short] = [condition.longWindow, condition.shortWindow].map(formatDuration);
  const rate = (window = ''): string =>
    `${SERIES.burnRate}{${matchers},window="${window}",${RECORDED.name}="${RECORDED.value}"}`;
  const ofLong = `{${matchers},window="${long}"}`;
  const join = `and on (${['slo', ...(groupBy?.labels ?? [])].join(', ')})`;
  const parts: string[] = [];
  if (isExactAsRate(condition, objective)) {
    const above = `> ${toNumber(condition.burnRate)}`;
    parts.push(`${rate(long)} ${above}`, `${join} ${rate(short)} ${above}`);
  } else {
    const { num, den } = errorThreshold(condition, objective);
    const both = `{${matchers},window=~"${long}|${short}"}`;
    // The value of the alert, for people; what decides comes after it: bad ÷ total above a ratio, strictly, in whole numbers.
    parts.push(
      rate(long),
      `${join} count without (window) (${windowBad}${both} * ${den} > ${num === 1 ? '' : `${num} * `}${windowTotal}${both}) == 2`,
    );
  }
  if (burnPolicy.evidenceGate && condition.severity === 'page')
    parts.push(
      `${join} ${windowBad}${ofLong} >= ${FEWEST_FAILURES}`,
      `${join} ${evidence}${ofLong} > ${PAGE_EVIDENCE}`,
      `${join} ${evidence}{${matchers},window="${short}"} > ${RECENT_EVIDENCE}`,
    );
  return `max without (window, ${RECORDED.name}) (\n  ${parts.join('\n  ')}\n)`;
}

/**
 * Whether comparing the recorded burn rate, a float, says the same as comparing whole numbers. The rate is the correctly
 * rounded quotient of two of them, a ÷ b with b = num · total, and its limit that of p ÷ q: unequal quotients differ by at
 * least 1/(b·p) of themselves, and floats by 2^-52, so that they compare alike while b·p stays below 2^52.
 */
export function isExactAsRate({ burnRate }: Condition, { budget }: Objective): boolean {
  return budget.num * burnRate.num <= 2 ** 52 / MOST_EVENTS && budget.den <= 2 ** 53 / MOST_EVENTS;
}

/** Events that a window may hold for that: a quarter of a million a second for three days. */
export const MOST_EVENTS = 2 ** 36;
