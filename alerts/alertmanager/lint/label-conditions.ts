// Conditions on one label decided by algebra: whether one follows from others, and whether they can hold together at all.
import type { LabelMatcher } from '../../../formats/label-matcher.ts';
import { anchored, compileAnchored, escapePattern } from '../../../formats/regular-expression.ts';
import { followPattern, textClasses } from '../../../formats/text-classes.ts';
import { patternSamples } from '../pattern-samples.ts';

/** Stands for every value that no matcher mentions; it is never empty. */
const FRESH = Symbol('a value that no matcher mentions');
type Value = string | typeof FRESH;

/** The matchers of each label. */
export function conditionsByLabel(
  matchers: readonly LabelMatcher[],
): ReadonlyMap<string, readonly LabelMatcher[]> {
  return Map.groupBy(matchers, (each) => each.name);
}

/**
 * Questions on the matchers of labels. Exact, except where patterns are too large to follow, or ask for boundaries of words
 * or for other alphabets in either case: there only what is certain is said. Values with line ends are left out.
 */
export interface LabelAlgebra {
  /** Whether every value that fulfils the conditions fulfils the matcher. */
  follows(conditions: readonly LabelMatcher[], wanted: LabelMatcher): boolean;
  /** Whether no value fulfils the conditions. */
  isContradiction(conditions: readonly LabelMatcher[]): boolean;
  /** A value that fulfils the conditions, '' when the label need not be there; undefined when none was found. */
  exampleValue(conditions: readonly LabelMatcher[]): string | undefined;
  /** Whether labels fulfil all matchers. */
  fulfils(labels: ReadonlyMap<string, string>, matchers: readonly LabelMatcher[]): boolean;
  /** Whether every combination of values that fulfils `conditions` fulfils all matchers of at least one of `sets`. */
  areCovered(
    conditions: ReadonlyMap<string, readonly LabelMatcher[]>,
    sets: readonly (readonly LabelMatcher[])[],
  ): boolean;
}

/** Combinations of values × sets of matchers. */
const MOST_COMBINATIONS = 20_000;
/** Of following patterns: about a second altogether, and a tenth of that for one question. */
const EFFORT = { altogether: 3_000_000, atOnce: 300_000 };

/** An algebra that remembers patterns, and what it found out about those that stand together. */
export function createLabelAlgebra(): LabelAlgebra {
  const effort = { left: EFFORT.altogether };
  const known = new Map<string, readonly string[] | undefined>();
  const examples = new WeakMap<readonly LabelMatcher[], string | undefined>();
  const literalsOf = remembering(readLiterals);
  const matcherOf = remembering((pattern) => {
    const literals = literalsOf(pattern);
    if (literals !== undefined) return (value: string) => literals.includes(value);
    const compiled = compileAnchored(pattern);
    return (value: string) => compiled.matches(value);
  });
  const followed = remembering((pattern) => followPattern(anchored(pattern)));

  /** The only values that `=` and `=~` take, and that `!=` and `!~` do not; undefined for a pattern that is no list of literals. */
  const namedBy = ({ operator, value }: LabelMatcher): readonly string[] | undefined =>
    operator.endsWith('~') ? literalsOf(value) : [value];

  const holds = ({ operator, value: wanted }: LabelMatcher, value: string): boolean => {
    if (operator === '=') return value === wanted;
    if (operator === '!=') return value !== wanted;
    return matcherOf(wanted)(value) === (operator === '=~');
  };

  /** A value of every kind that the matchers tell apart; undefined where that was too much to find out. */
  const kindsOf = (matchers: readonly LabelMatcher[]): readonly string[] | undefined => {
    const patterns = [...new Set(matchers.map(patternOf))].sort();
    const key = JSON.stringify(patterns);
    if (known.has(key) || effort.left <= 0) return known.get(key);
    const own = { left: Math.min(EFFORT.atOnce, effort.left) };
    effort.left -= own.left;
    const kinds = textClasses(patterns.map(followed), own)?.map(({ text }) => text);
    effort.left += own.left;
    known.set(key, kinds);
    return kinds;
  };

  /** One value for each kind that the matchers tell apart and the conditions allow. */
  const valuesOf = (
    conditions: readonly LabelMatcher[],
    others: readonly LabelMatcher[],
  ): readonly Value[] => {
    const areLists = [...conditions, ...others].every((each) => namedBy(each) !== undefined);
    const kinds = areLists ? undefined : kindsOf([...conditions, ...others]);
    const finite = conditions.find(
      (each) => each.operator.startsWith('=') && namedBy(each) !== undefined,
    );
    const candidates: readonly string[] =
      kinds ??
      (finite === undefined
        ? ['', ...[...conditions, ...others].flatMap((each) => namedBy(each) ?? [])]
        : (namedBy(finite) ?? []));
    const values: Value[] = [...new Set(candidates)].filter((value) =>
      conditions.every((each) => holds(each, value)),
    );
    return kinds === undefined && finite === undefined ? [...values, FRESH] : values;
  };

  const surelyHolds = (
    conditions: readonly LabelMatcher[],
    wanted: LabelMatcher,
    value: Value,
  ): boolean => {
    const stated = conditions.some(
      (each) => each.operator === wanted.operator && each.value === wanted.value,
    );
    if (stated) return true;
    if (value !== FRESH) return holds(wanted, value);
    if (wanted.operator === '=~') return wanted.value === '.*' || wanted.value === '.+';
    return wanted.operator === '!=' || (wanted.operator === '!~' && namedBy(wanted) !== undefined);
  };

  const exampleValue: LabelAlgebra['exampleValue'] = (conditions) => {
    if (examples.has(conditions)) return examples.get(conditions);
    const samples = conditions.flatMap((each) => namedBy(each) ?? patternSamples(each.value));
    const candidates = ['', ...samples, ...samples.map((each) => `${each}-other`), 'other'];
    const fulfilling = (value: string): boolean => conditions.every((each) => holds(each, value));
    const example = candidates.find(fulfilling) ?? kindsOf(conditions)?.find(fulfilling);
    examples.set(conditions, example);
    return example;
  };

  return {
    follows(conditions, wanted) {
      // One value says no much sooner than all of them say yes.
      const example = exampleValue(conditions);
      if (example !== undefined && !holds(wanted, example)) return false;
      return valuesOf(conditions, [wanted]).every((value) =>
        surelyHolds(conditions, wanted, value),
      );
    },
    isContradiction: (conditions) => valuesOf(conditions, []).length === 0,
    exampleValue,
    fulfils: (labels, matchers) =>
      matchers.every((each) => holds(each, labels.get(each.name) ?? '')),
    areCovered(conditions, sets) {
      const wanted = conditionsByLabel(sets.flat());
      const labels = [...wanted].map(([label, matchers]) => {
        const own = conditions.get(label) ?? [];
        return { label, own, values: valuesOf(own, matchers) };
      });
      const combinations = labels.reduce((product, { values }) => product * values.length, 1);
      if (combinations === 0 || combinations * sets.length > MOST_COMBINATIONS) return false;
      for (let number = 0; number < combinations; number += 1) {
        const chosen = new Map<
          string,
          { readonly own: readonly LabelMatcher[]; readonly value: Value }
        >();
        let rest = number;
        for (const { label, own, values } of labels) {
          chosen.set(label, { own, value: values[rest % values.length] ?? FRESH });
          rest = Math.floor(rest / values.length);
        }
        const covered = sets.some((set) =>
          set.every((matcher) => {
            const choice = chosen.get(matcher.name);
            return choice !== undefined && surelyHolds(choice.own, matcher, choice.value);
          }),
        );
        if (!covered) return false;
      }
      return true;
    },
  };
}

/** The pattern of what `=` and `=~` take and `!=` and `!~` do not. */
function patternOf({ operator, value }: LabelMatcher): string {
  return operator.endsWith('~') ? value : escapePattern(value);
}

/** Remembers what a function of a text gave. */
function remembering<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, { readonly value: T }>();
  return (text) => {
    const known = made.get(text) ?? { value: make(text) };
    made.set(text, known);
    return known.value;
  };
}

/** The literals that a pattern is a list of; undefined when it is none. */
function readLiterals(pattern: string): readonly string[] | undefined {
  const body = /^\^?(?:\(\?:([^()]*)\)|\(([^()?][^()]*)\)|([^()]*))\$?$/.exec(pattern);
  const list = body?.[1] ?? body?.[2] ?? body?.[3];
  if (list === undefined) return undefined;
  const literals = list.split('|').map(literalText);
  return literals.includes(undefined) ? undefined : literals.filter((each) => each !== undefined);
}

/** The text of a part of a pattern in which every character stands for itself; undefined when one does not. */
function literalText(part: string): string | undefined {
  const text = part.replaceAll(
    /\\([^\da-zA-Z])|([\\.+*?[\]{}^$])/g,
    (_, escaped?: string) => escaped ?? '\n',
  );
  // A line end cannot be meant: no label value has one.
  return text.includes('\n') ? undefined : text;
}
