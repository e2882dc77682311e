// Matchers of routes and inhibit rules at work: whether labels fit, and how Alertmanager writes them.
import { compileAnchored } from '../../formats/regular-expression.ts';
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import { goQuote } from './go-quote.ts';
import { compareBytes, labelValue } from './label-set.ts';
import type { LabelSet } from './label-set.ts';

/** A matcher that is ready to be asked. */
export interface CompiledMatcher {
  readonly matcher: LabelMatcher;
  /** Whether the label's value fits; '' for an absent label. */
  readonly accepts: (value: string) => boolean;
  /** The values that it names, where it names all that it is about: `=`, `!=`, and patterns that are a mere list. */
  readonly named: ReadonlySet<string> | undefined;
}

/** @throws SyntaxError naming the matcher when its pattern is none */
export function compileMatcher(matcher: LabelMatcher): CompiledMatcher {
  const named = namedValues(matcher);
  const positive = isPositive(matcher);
  if (named !== undefined)
    return { matcher, named, accepts: (value) => named.has(value) === positive };
  try {
    const pattern = compileAnchored(matcher.value);
    return { matcher, named, accepts: (value) => pattern.matches(value) === positive };
  } catch (error) {
    throw new SyntaxError(
      `the matcher ${formatMatcher(matcher)} has no regular expression: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Whether a matcher accepts what it names; otherwise it accepts all but that. */
export const isPositive = ({ operator }: LabelMatcher): boolean => !operator.startsWith('!');

/** What is more than letters and alternatives in a pattern. */
const SPECIAL = /[\\.+*?()[\]{}^$]/;

/** Most patterns are a mere list of alternatives, which a set tells a hundred times faster than RE2. */
function namedValues({ operator, value }: LabelMatcher): ReadonlySet<string> | undefined {
  if (!operator.endsWith('~')) return new Set([value]);
  return SPECIAL.test(value) ? undefined : new Set(value.split('|'));
}

/** Whether all matchers fit; without any, everything does. */
export function matchesAll(matchers: readonly CompiledMatcher[], labels: LabelSet): boolean {
  return matchers.every(({ matcher, accepts }) => accepts(labelValue(labels, matcher.name)));
}

const OPERATOR_ORDER = ['=', '!=', '=~', '!~'] as const;

/** Alertmanager's order, in which a route's matchers stand in the group key: by name, value and operator. */
function compareMatchers(a: LabelMatcher, b: LabelMatcher): number {
  return (
    compareBytes(a.name, b.name) ||
    compareBytes(a.value, b.value) ||
    OPERATOR_ORDER.indexOf(a.operator) - OPERATOR_ORDER.indexOf(b.operator)
  );
}

const RESERVED = /[\s\u0085{}!=~,\\"'`]/u;
const VALUE_ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '\n': String.raw`\n`,
  '"': String.raw`\"`,
};

/** `name="value"`, with the escapes of OpenMetrics; with a name that has to be quoted, all is quoted as Go does. */
export function formatMatcher({ name, operator, value }: LabelMatcher): string {
  if (RESERVED.test(name)) return `${goQuote(name)}${operator}${goQuote(value)}`;
  const escaped = value.replace(/[\\\n"]/g, (character) => VALUE_ESCAPES[character] ?? '');
  return `${name}${operator}"${escaped}"`;
}

/** `{a="1",b=~"2|3"}` in Alertmanager's order, `{}` without any: one link of a group key's chain. */
export function formatMatchers(matchers: readonly LabelMatcher[]): string {
  return `{${matchers.toSorted(compareMatchers).map(formatMatcher).join(',')}}`;
}
