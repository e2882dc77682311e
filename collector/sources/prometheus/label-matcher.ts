// Label matchers evaluated here, on label sets, exactly as Prometheus evaluates them in a selector.
import type { LabelMatcher } from '../../../formats/label-matcher.ts';
import { translatePattern } from './re2-pattern.ts';

export type LabelSet = Readonly<Record<string, string>>;

/** Answers whether a label set matches; a missing label has the value ''. @throws PatternError */
export function compileMatcher({
  name,
  operator,
  value,
}: LabelMatcher): (labels: LabelSet) => boolean {
  switch (operator) {
    case '=':
      return (labels) => (labels[name] ?? '') === value;
    case '!=':
      return (labels) => (labels[name] ?? '') !== value;
    case '=~': {
      const pattern = translatePattern(value);
      return (labels) => pattern.test(labels[name] ?? '');
    }
    case '!~': {
      const pattern = translatePattern(value);
      return (labels) => !pattern.test(labels[name] ?? '');
    }
  }
}

/** A text as a pattern that matches nothing else. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
