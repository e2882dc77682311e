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

/** What may inhibit by one rule, found by number. */
export interface Inhibitors {
  readonly ruleIndex: number;
  /** The alerts' numbers in the list that was given; never empty. */
  readonly alerts: readonly number[];
}

/** The inhibit rules of a configuration, ready to be asked. */
export interface Inhibition {
  /** Everything that inhibits an alert while these others fire: rule by rule, and alert by alert in the order given. */
  inhibitors(labels: LabelSet, firing: readonly LabelSet[]): InhibitedBy[];
  /** The same for many questions about one list: what inhibits is found through the values of `equal`. */
  among(firing: readonly LabelSet[]): (labels: LabelSet) => Inhibitors[];
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
  const among: Inhibition['among'] = (firing) => {
    const indexed = rules.map((rule) => ({ rule, sources: indexSources(rule, firing) }));
    return (labels) =>
      indexed
        .map(({ rule, sources }, ruleIndex) => ({
          ruleIndex,
          alerts: sourcesOf(rule, sources, labels, firing),
        }))
        .filter(({ alerts }) => alerts.length > 0);
  };
  return {
    among,
    inhibitors: (labels, firing) =>
      among(firing)(labels).flatMap(({ ruleIndex, alerts }) =>
        alerts.map((alert) => {
          const source = tidyLabels(firing[alert] ?? {});
          const rule = inhibitRules[ruleIndex] as InhibitRule;
          return { ruleIndex, rule, labels: source, fingerprint: fingerprint(source) };
        }),
      ),
  };
}

/** The numbers of the alerts that match a rule's source, by the values of its `equal`. */
function indexSources({ rule, source }: CompiledRule, firing: readonly LabelSet[]): SourceIndex {
  const index: SourceIndex = new Map();
  for (const [number, labels] of firing.entries()) {
    if (!matchesAll(source, labels)) continue;
    const key = equalKey(rule, labels);
    const others = index.get(key);
    if (others === undefined) index.set(key, [number]);
    else others.push(number);
  }
  return index;
}

type SourceIndex = Map<string, number[]>;

/** An absent label equals an empty one, and both equal another alert's absent one. */
const equalKey = ({ equal }: InhibitRule, labels: LabelSet): string =>
  JSON.stringify(equal.map((name) => labelValue(labels, name)));

/** The alerts by which a rule inhibits an alert; mostly the index's own list, so that many questions share it. */
function sourcesOf(
  { rule, source, target }: CompiledRule,
  sources: SourceIndex,
  labels: LabelSet,
  firing: readonly LabelSet[],
): readonly number[] {
  if (!matchesAll(target, labels)) return [];
  const equal = sources.get(equalKey(rule, labels)) ?? [];
  // An alert on both sides is only inhibited by alerts that are not: so none inhibits itself, nor do two each other.
  return matchesAll(source, labels)
    ? equal.filter((number) => !matchesAll(target, firing[number] ?? {}))
    : equal;
}
