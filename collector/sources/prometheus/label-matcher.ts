// Label matchers evaluated here, on label sets, exactly as Prometheus evaluates them in a selector.
import {
  compileMatcher as compileValueMatcher,
  type LabelMatcher,
} from '../../../formats/label-matcher.ts';

export type LabelSet = Readonly<Record<string, string>>;

/** Answers whether a label set matches; a missing label has the value ''. @throws SyntaxError when the pattern is none */
export function compileMatcher(matcher: LabelMatcher): (labels: LabelSet) => boolean {
  const { name } = matcher;
  const matches = compileValueMatcher(matcher);
  return (labels) => matches(labels[name] ?? '');
}
