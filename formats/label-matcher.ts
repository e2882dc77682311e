// Label matchers as PromQL and LogQL have them: how a label's value must compare.

export const MATCH_OPERATORS = ['=', '!=', '=~', '!~'] as const;

export interface LabelMatcher {
  readonly name: string;
  readonly operator: (typeof MATCH_OPERATORS)[number];
  readonly value: string;
}

/** Whether a label's value matches; an absent label has the value ''. @throws SyntaxError when the pattern is none */
export function compileMatcher(matcher: LabelMatcher): (value: string) => boolean {
  const { operator, value: wanted } = matcher;
  if (operator === '=') return (value) => value === wanted;
  if (operator === '!=') return (value) => value !== wanted;
  const pattern = matchPattern(wanted);
  return operator === '=~' ? (value) => pattern.test(value) : (value) => !pattern.test(value);
}

/**
 * The regular expression of a matcher, anchored at both ends. Patterns are RE2: what JavaScript spells in another way
 * (named groups, flags) is translated, and what it lacks is refused.
 * @throws SyntaxError
 */
function matchPattern(pattern: string): RegExp {
  let flags = 's';
  const translated = pattern
    .replace(/^\(\?([imsU]+)\)/, (_, given: string) => {
      if (given.includes('i')) flags += 'i';
      return '';
    })
    .replaceAll('(?P<', '(?<')
    .replaceAll(String.raw`\z`, '$')
    .replaceAll(String.raw`\A`, '^');
  return new RegExp(`^(?:${translated})$`, flags);
}

/** Whether a matcher lets through series without the label. Bad patterns let nothing through. */
export function matchesEmpty(matcher: LabelMatcher): boolean {
  try {
    return compileMatcher(matcher)('');
  } catch {
    return false;
  }
}

/** Why the pattern of a matcher cannot be one; undefined when it can. */
export function patternProblem(matcher: LabelMatcher): string | undefined {
  try {
    compileMatcher(matcher);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
