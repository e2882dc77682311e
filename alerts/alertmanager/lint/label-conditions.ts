// Conditions on one label decided by algebra: whether one follows from others, and whether they can hold together at all.
import type { LabelMatcher } from '../../../formats/label-matcher.ts';
import { compileAnchored } from '../../../formats/regular-expression.ts';
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
 * Whether every value that fulfils the conditions fulfils the matcher. Exact where patterns are lists of literals; where
 * they are not, true only when it is certain. Values with line ends are left out.
 */
export function follows(conditions: readonly LabelMatcher[], wanted: LabelMatcher): boolean {
  return valuesOf(conditions, [wanted]).every((value) => surelyHolds(conditions, wanted, value));
}

/** Whether certainly no value fulfils the conditions. */
export function isContradiction(conditions: readonly LabelMatcher[]): boolean {
  return valuesOf(conditions, []).length === 0;
}

/** A value that fulfils the conditions, '' when the label need not be there; undefined when none was found. */
export function exampleValue(conditions: readonly LabelMatcher[]): string | undefined {
  const samples = conditions.flatMap((each) => literalsOf(each) ?? patternSamples(each.value));
  const candidates = ['', ...samples, ...samples.map((each) => `${each}-other`), 'other'];
  return candidates.find((value) => conditions.every((each) => holds(each, value)));
}

/** Whether labels fulfil all matchers. */
export function fulfils(
  labels: ReadonlyMap<string, string>,
  matchers: readonly LabelMatcher[],
): boolean {
  return matchers.every((each) => holds(each, labels.get(each.name) ?? ''));
}

/**
 * Whether every combination of values that fulfils `conditions` fulfils all matchers of at least one of `sets`; false
 * where that would take too long to say.
 */
export function areCovered(
  conditions: ReadonlyMap<string, readonly LabelMatcher[]>,
  sets: readonly (readonly LabelMatcher[])[],
): boolean {
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
}

const MOST_COMBINATIONS = 20_000;

/** One value for each kind that the matchers tell apart and the conditions allow, as far as they are lists of literals. */
function valuesOf(
  conditions: readonly LabelMatcher[],
  others: readonly LabelMatcher[],
): readonly Value[] {
  const finite = conditions.find(
    (each) => each.operator.startsWith('=') && literalsOf(each) !== undefined,
  );
  const candidates: readonly string[] =
    finite === undefined
      ? ['', ...[...conditions, ...others].flatMap((each) => literalsOf(each) ?? [])]
      : (literalsOf(finite) ?? []);
  const values: Value[] = [...new Set(candidates)].filter((value) =>
    conditions.every((each) => holds(each, value)),
  );
  return finite === undefined ? [...values, FRESH] : values;
}

function surelyHolds(
  conditions: readonly LabelMatcher[],
  wanted: LabelMatcher,
  value: Value,
): boolean {
  const stated = conditions.some(
    (each) => each.operator === wanted.operator && each.value === wanted.value,
  );
  if (stated) return true;
  if (value !== FRESH) return holds(wanted, value);
  if (wanted.operator === '=~') return wanted.value === '.*' || wanted.value === '.+';
  return wanted.operator === '!=' || (wanted.operator === '!~' && literalsOf(wanted) !== undefined);
}

/** The only values that `=` and `=~` take, and that `!=` and `!~` do not; undefined for a pattern that is no list of literals. */
function literalsOf({ operator, value }: LabelMatcher): readonly string[] | undefined {
  if (operator === '=' || operator === '!=') return [value];
  const body = /^\^?(?:\(\?:([^()]*)\)|\(([^()?][^()]*)\)|([^()]*))\$?$/.exec(value);
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

function holds({ operator, value: wanted }: LabelMatcher, value: string): boolean {
  if (operator === '=') return value === wanted;
  if (operator === '!=') return value !== wanted;
  return compiled(wanted).matches(value) === (operator === '=~');
}

function compiled(pattern: string): ReturnType<typeof compileAnchored> {
  const literals = literalsOf({ name: '', operator: '=~', value: pattern });
  if (literals !== undefined) return { matches: (text) => literals.includes(text) };
  return compileAnchored(pattern);
}
