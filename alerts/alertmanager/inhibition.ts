// Which firing alerts keep another one from being told, by the inhibit rules of a configuration.
import type { AlertmanagerConfiguration, InhibitRule } from './configuration.ts';
import { fingerprint, labelValue, tidyLabels } from './label-set.ts';
import type { LabelSet } from './label-set.ts';
import { compileMatcher, matchesAll } from './matching.ts';
import type { CompiledMatcher } from './matching.ts';

/** One reason why an alert is not told. */
export interface InhibitedBy {
  /** Of the rule in `inhibit_rules`, from 0. */
  readonly ruleIndex: number;
  readonly rule: InhibitRule;
  /** The firing alert that inhibits. */
  readonly labels: LabelSet;
  readonly fingerprint: string;
}

/** The inhibit rules of a configuration, ready to be asked. */
export interface Inhibition {
  /** Everything that inhibits an alert: rule by rule, and alert by alert in the order given. */
  inhibitors(labels: LabelSet, firing: readonly LabelSet[]): InhibitedBy[];
  /** Whether any of the firing alerts inhibits it. */
  inhibits(labels: LabelSet, firing: readonly LabelSet[]): boolean;
}

interface CompiledRule {
  readonly rule: InhibitRule;
  readonly source: readonly CompiledMatcher[];
  readonly target: readonly CompiledMatcher[];
}

/** @throws SyntaxError when a matcher's regular expression is none */
export function createInhibition({ inhibitRules }: AlertmanagerConfiguration): Inhibition {
  const rules = inhibitRules.map((rule): CompiledRule => ({
    rule,
    source: rule.sourceMatchers.map(compileMatcher),
    target: rule.targetMatchers.map(compileMatcher),
  }));
  return {
    inhibitors: (labels, firing) =>
      rules.flatMap((rule, ruleIndex) =>
        sourcesOf(rule, labels, firing)
          .map((source) => ({
            ruleIndex,
            rule: rule.rule,
            labels: tidyLabels(source),
            fingerprint: fingerprint(source),
          }))
          .toArray(),
      ),
    inhibits: (labels, firing) =>
      rules.some((rule) => !sourcesOf(rule, labels, firing).next().done),
  };
}

/** The firing alerts by which a rule inhibits an alert. */
function* sourcesOf(
  { rule, source, target }: CompiledRule,
  labels: LabelSet,
  firing: readonly LabelSet[],
): Generator<LabelSet, void, undefined> {
  if (!matchesAll(target, labels)) return;
  // An alert on both sides is only inhibited by alerts that are not: so none inhibits itself, nor do two each other.
  const bothSides = matchesAll(source, labels);
  for (const other of firing) {
    if (!matchesAll(source, other)) continue;
    if (rule.equal.some((name) => labelValue(other, name) !== labelValue(labels, name))) continue;
    if (bothSides && matchesAll(target, other)) continue;
    yield other;
  }
}
