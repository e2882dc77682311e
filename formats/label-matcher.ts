// Label matchers as PromQL and LogQL have them: how a label's value must compare.
import { compileWholeText } from './regular-expression.ts';

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
  const pattern = compileWholeText(wanted);
  return operator === '=~' ? (value) => pattern.matches(value) : (value) => !pattern.matches(value);
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
