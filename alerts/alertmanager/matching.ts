// Matchers of routes and inhibit rules at work: whether labels fit, and how Alertmanager writes them.
import { compileWholeText } from '../../formats/regular-expression.ts';
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import { goQuote } from './go-quote.ts';
import { compareBytes, labelValue } from './label-set.ts';
import type { LabelSet } from './label-set.ts';

/** A matcher that is ready to be asked. */
export interface CompiledMatcher {
  readonly matcher: LabelMatcher;
  /** Whether the label's value fits; '' for an absent label. */
  readonly accepts: (value: string) => boolean;
}

/** @throws SyntaxError naming the matcher when its pattern is none */
export function compileMatcher(matcher: LabelMatcher): CompiledMatcher {
  return { matcher, accepts: acceptance(matcher) };
}

/** What is more than letters and alternatives in a pattern. */
const SPECIAL = /[\\.+*?()[\]{}^$]/;

function acceptance({ name, operator, value: wanted }: LabelMatcher): (value: string) => boolean {
  switch (operator) {
    case '=':
      return (value) => value === wanted;
    case '!=':
      return (value) => value !== wanted;
    case '=~':
    case '!~': {
      const positive = operator === '=~';
      // Mere alternatives are most patterns, and a set tells them a hundred times faster.
      if (!SPECIAL.test(wanted)) {
        const alternatives = new Set(wanted.split('|'));
        return (value) => alternatives.has(value) === positive;
      }
      try {
        // Unlike Prometheus, Alertmanager does not let the dot take line ends.
        const pattern = compileWholeText(`(?-s)(?:${wanted})`);
        return (value) => pattern.matches(value) === positive;
      } catch (error) {
        throw new SyntaxError(
          `the matcher ${formatMatcher({ name, operator, value: wanted })} has no regular expression: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
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
