// Inhibit rules that mute more than their author thought of, or nothing at all.
import type { InhibitRule } from '../configuration.ts';
import { conditionsByLabel, type LabelAlgebra } from './label-conditions.ts';
import type { LintSubject } from './lint-subject.ts';

export function findOddInhibition(subject: LintSubject): void {
  const { configuration, findings } = subject;
  for (const rule of configuration.inhibitRules) {
    const name = rule.name === undefined ? 'the inhibit rule' : `the inhibit rule "${rule.name}"`;
    for (const [side, matchers] of [
      ['source', rule.sourceMatchers],
      ['target', rule.targetMatchers],
    ] as const) {
      if (matchers.length > 0) continue;
      findings.warning(
        'inhibition-without-matchers',
        rule.position,
        `${name} has no ${side} matchers, so every alert is its ${side}`,
        `Add ${side}_matchers.`,
      );
    }
    if (rule.equal.length === 0) {
      findings.warning(
        'inhibition-without-equal',
        rule.position,
        `${name} names no label in equal, so one source alert mutes every target alert there is`,
        'Name in equal what source and target must share, such as [cluster, service].',
      );
    }
    checkSelf(rule, name, subject);
  }
}

function checkSelf(rule: InhibitRule, name: string, { findings, algebra }: LintSubject): void {
  if (rule.sourceMatchers.length === 0 || rule.targetMatchers.length === 0) return;
  const sourceInTarget = contains(rule.targetMatchers, rule.sourceMatchers, algebra);
  const targetInSource = contains(rule.sourceMatchers, rule.targetMatchers, algebra);
  if (!sourceInTarget && !targetInSource) return;
  const what = targetInSource
    ? 'every target alert is a source alert too, and Alertmanager lets no alert that is both be muted by another that is both: the rule mutes nothing'
    : 'every source alert is a target alert too, so that the source can be muted by what it should mute';
  findings.warning(
    'self-inhibition',
    rule.position,
    `${name}: ${what}`,
    'Exclude the source from the targets, such as by severity!="critical".',
  );
}

/** Whether everything that matches `inner` certainly matches `outer`. */
function contains(
  outer: InhibitRule['sourceMatchers'],
  inner: InhibitRule['sourceMatchers'],
  algebra: LabelAlgebra,
): boolean {
  const conditions = conditionsByLabel(inner);
  if ([...conditions.values()].some((each) => algebra.isContradiction(each))) return false;
  return outer.every((matcher) => algebra.follows(conditions.get(matcher.name) ?? [], matcher));
}
