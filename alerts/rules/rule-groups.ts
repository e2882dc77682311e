// The rule groups of SLOs whose rules are written together, by how soon what they say is needed.
import { type Condition, SEVERITIES } from '../../slo/burn-policy.ts';
import { RULE_SERIES } from '../../slo/names.ts';
import { type AlertWindow, windowRules, windowsOf } from './alert-windows.ts';
import { burnAlert, burningRule, reachableConditions, recordedBurnAlert } from './burn-alert.ts';
import { isCalendarSlo, periodRules } from './calendar-period.ts';
import {
  burnRateRule,
  COMPLIANCE_SECONDS,
  complianceRules,
  evidenceRule,
  windowStartRules,
} from './compliance.ts';
import { type AlertSubject, alertSubjects } from './alert-subject.ts';
import type { CountedSlos } from './counted-slos.ts';
import { eventCounters } from './event-counters.ts';
import { FIRST_DAY_SECONDS, firstDayRules } from './first-day.ts';
import { missingAlert } from './missing-alert.ts';
import type { RecordingRule, Rule, RuleGroup } from './rule.ts';
import { byLabels, partOf, type SloSet } from './slo-set.ts';
import { TILE_SECONDS } from './tile.ts';

/** Conditions whose short window is as long are decided by a group that is slower, at most a fifteenth of that window. */
const SLOW_SECONDS = 1800;

const SLOW_INTERVAL = 4 * TILE_SECONDS;

/**
 * What a decision rests on and the decision itself stand in one group, one after another. The alert of a page reads what
 * the slow group decided for it; a window of the fast group that a slow condition looks at as well is of the same
 * evaluation as the counters that its other windows are made of.
 */
export function ruleGroups(
  name: (what: string) => string,
  counted: readonly CountedSlos[],
  set: SloSet,
  firstDay: boolean,
): readonly RuleGroup[] {
  const windows = windowsOf(set.slos);
  const isOfFast = new Set(
    set.slos.flatMap(({ burnPolicy }) => burnPolicy.conditions.filter(isFast).flatMap(bothWindows)),
  );
  const fast = windows.filter(({ seconds }) => isOfFast.has(seconds));
  const slow = windows.filter(({ seconds }) => !isOfFast.has(seconds));
  const judged = counted.map((each) => ({ slos: each.slos, subjects: alertSubjects(each) }));
  const seeds = firstDay
    ? counted.flatMap((each) => firstDayRules(each, ofCounted(set, each)))
    : [];
  return [
    {
      name: name('alerts'),
      intervalSeconds: TILE_SECONDS,
      rules: [
        ...counted.flatMap((each) => eventCounters(each, ofCounted(set, each))),
        ...periodRules(set.slos.filter(isCalendarSlo)),
        measuredRule(counted),
        ...windowsAndRates(set, fast, firstDay),
        ...judged.flatMap((each) => fastDecisions(set, each)),
      ],
    },
    {
      name: name('slow-alerts'),
      intervalSeconds: SLOW_INTERVAL,
      rules: [
        ...windowsAndRates(set, slow, firstDay).map(unlikeFast),
        ...judged.flatMap((each) => slowDecisions(set, each)),
        ...judged.flatMap(({ subjects }) => subjects.map(missingAlert)),
      ],
    },
    {
      name: name('budgets'),
      intervalSeconds: COMPLIANCE_SECONDS,
      rules: [
        ...windowStartRules(set),
        ...byLabels(set).flatMap((own) => complianceRules(own, firstDay)),
      ],
    },
    { name: name('first-day'), intervalSeconds: FIRST_DAY_SECONDS, rules: seeds },
  ].filter(({ rules }) => rules.length > 0);
}

function isFast({ severity, shortWindow }: Condition): boolean {
  return severity === 'page' && shortWindow < SLOW_SECONDS;
}

function bothWindows({ longWindow, shortWindow }: Condition): readonly number[] {
  return [longWindow, shortWindow];
}

/** The counters of one SLO, or of a family. */
function ofCounted(set: SloSet, { slos }: CountedSlos): SloSet {
  return partOf(set, slos);
}

function windowsAndRates(
  set: SloSet,
  windows: readonly AlertWindow[],
  firstDay: boolean,
): readonly RecordingRule[] {
  if (windows.length === 0) return [];
  const gated = new Set(
    set.slos
      .filter(({ burnPolicy }) => burnPolicy.evidenceGate)
      .flatMap(({ burnPolicy }) => burnPolicy.conditions)
      .filter(({ severity }) => severity === 'page')
      .flatMap(bothWindows),
  );
  const judged = windows.filter(({ seconds }) => gated.has(seconds));
  return [
    ...windowRules(set, windows, firstDay),
    ...byLabels(set).map((own) => burnRateRule(own, windows)),
    ...(judged.length === 0 ? [] : [evidenceRule(set, judged)]),
  ];
}

/** A label of no text is none; without it promtool would take the rule for that of the fast group, written twice. */
function unlikeFast(rule: RecordingRule): RecordingRule {
  return { ...rule, labels: { ...rule.labels, pace: '' } };
}

/** SLOs counted together, and who of them has alerts together. */
interface JudgedSlos extends Pick<CountedSlos, 'slos'> {
  readonly subjects: readonly AlertSubject[];
}

/** Alone an SLO decides in its alert; in a family one rule decides for all. */
function fastDecisions(set: SloSet, { slos, subjects }: JudgedSlos): readonly Rule[] {
  const [first] = slos;
  if (first === undefined) return [];
  const conditions = reachableConditions(first, 'page');
  const fast = conditions.filter(isFast);
  if (fast.length === 0) return [];
  if (slos.length === 1) return [burnAlert(first, 'page', fast, fast.length < conditions.length)];
  return [
    ...present(burningRule(partOf(set, slos), 'page', fast, 'fast')),
    ...subjects.map((subject) => recordedBurnAlert(subject, 'page')),
  ];
}

function slowDecisions(set: SloSet, { slos, subjects }: JudgedSlos): readonly Rule[] {
  const [first] = slos;
  if (first === undefined) return [];
  return SEVERITIES.flatMap((severity) => {
    const conditions = reachableConditions(first, severity);
    const slow = conditions.filter((each) => !isFast(each));
    if (slow.length === 0) return [];
    const hasFast = slow.length < conditions.length;
    if (slos.length === 1 && !hasFast) return [burnAlert(first, severity, slow, false)];
    return [
      ...present(burningRule(partOf(set, slos), severity, slow, 'slow')),
      ...(hasFast ? [] : subjects.map((subject) => recordedBurnAlert(subject, severity))),
    ];
  });
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function measuredRule(counted: readonly CountedSlos[]): RecordingRule {
  const record = RULE_SERIES.measured;
  const [only] = counted;
  if (counted.length === 1 && only !== undefined && Object.keys(only.labels).length > 0)
    return { record, labels: only.labels, expr: only.tile.measured };
  const each = counted.map((own) => own.named(own.tile.measured));
  return { record, labels: {}, expr: each.join('\nor ') };
}
