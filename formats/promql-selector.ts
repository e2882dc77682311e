// PromQL vector selectors: which series a counter query means, as data.
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import {
  compileMatcher,
  type LabelMatcher,
  MATCH_OPERATORS,
  matchesEmpty,
} from './label-matcher.ts';
import { childrenOf } from './query-problem.ts';
import { formatStringLiteral, parseStringLiteral } from './string-literal.ts';

/** A vector selector; the metric's name stands apart when it is fixed. */
export interface Selector {
  readonly metric?: string;
  /** All others, in the order written; `__name__` among them when it is matched by pattern. */
  readonly matchers: readonly LabelMatcher[];
}

/** The selector of text that is one and nothing more: no range, offset, function or operator; else undefined. */
export function parseSelector(text: string): Selector | undefined {
  const top = parser.parse(text).topNode;
  const nodes = childrenOf(top).filter((node) => node.name !== 'LineComment');
  const node = nodes[0];
  if (nodes.length !== 1 || node?.name !== 'VectorSelector') return undefined;
  return readSelector(text, node);
}

/** The selector of a VectorSelector node; undefined when it has errors, no closed quotes, or lets every series through. */
export function readSelector(text: string, node: SyntaxNode): Selector | undefined {
  const names: string[] = [];
  const matchers: LabelMatcher[] = [];
  for (const child of childrenOf(node)) {
    if (child.name === 'Identifier') names.push(text.slice(child.from, child.to));
    else if (child.name !== 'LabelMatchers') return undefined;
    else
      for (const part of childrenOf(child)) {
        const read = readMatcher(text, part);
        if (read === undefined) return undefined;
        if (typeof read === 'string') names.push(read);
        else if (read.name === '__name__' && read.operator === '=') names.push(read.value);
        else matchers.push(read);
      }
  }
  const metric = names[0];
  if (names.length > 1 || (metric === undefined && matchers.every(matchesEmpty))) return undefined;
  return { ...(metric === undefined ? {} : { metric }), matchers };
}

/** A matcher, or the metric's name when it stands alone in quotes. */
function readMatcher(text: string, node: SyntaxNode): LabelMatcher | string | undefined {
  const [name, operator, value] = childrenOf(node).map((part) => text.slice(part.from, part.to));
  if (node.name === 'QuotedLabelName') return parseStringLiteral(text.slice(node.from, node.to));
  const label = node.name === 'QuotedLabelMatcher' ? parseStringLiteral(name ?? '') : name;
  const known = MATCH_OPERATORS.find((each) => each === operator);
  const wanted = parseStringLiteral(value ?? '');
  if (label === undefined || known === undefined || wanted === undefined) return undefined;
  return { name: label, operator: known, value: wanted };
}

const PLAIN_METRIC = /^[A-Za-z_:][\w:]*$/;
const PLAIN_LABEL = /^[A-Za-z_]\w*$/;

/** PromQL of a selector, matchers sorted: the same text for selectors that mean the same. */
export function formatSelector(selector: Selector): string {
  const { metric } = selector;
  const plain = metric !== undefined && PLAIN_METRIC.test(metric);
  const matchers = selector.matchers
    .map(({ name, operator, value }) => {
      const label = PLAIN_LABEL.test(name) ? name : formatStringLiteral(name);
      return `${label}${operator}${formatStringLiteral(value)}`;
    })
    .sort();
  if (metric !== undefined && !plain) matchers.unshift(formatStringLiteral(metric));
  const unique = [...new Set(matchers)];
  return `${plain ? metric : ''}${unique.length === 0 ? '' : `{${unique.join(',')}}`}`;
}

/** Whether a series with these labels, `__name__` among them, is selected. @throws SyntaxError when a pattern is none */
export function compileSelector(
  selector: Selector,
): (labels: Readonly<Record<string, string>>) => boolean {
  const tests = selector.matchers.map((matcher) => ({
    name: matcher.name,
    test: compileMatcher(matcher),
  }));
  const { metric } = selector;
  return (labels) =>
    (metric === undefined || labels['__name__'] === metric) &&
    tests.every(({ name, test }) => test(labels[name] ?? ''));
}
