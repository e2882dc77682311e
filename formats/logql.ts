// Checks LogQL log queries: a stream selector and a pipeline, as the collector wraps them in count_over_time itself.
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@grafana/lezer-logql';
import {
  type LabelMatcher,
  MATCH_OPERATORS,
  matchesEmpty,
  patternProblem,
} from './label-matcher.ts';
import { childrenOf, type QueryProblem, syntaxProblem } from './query-problem.ts';
import { parseStringLiteral } from './string-literal.ts';

/** What is wrong with a log query; none when Loki will take it. `type` problems are queries that are no log queries. */
export function checkLogQuery(text: string): readonly QueryProblem[] {
  const tree = parser.parse(text);
  const [expression] = childrenOf(tree.topNode).filter((node) => node.name === 'Expr');
  const body = expression?.firstChild ?? null;
  if (body?.name === 'MetricExpr' || /\[\s*\$?\w+\s*\]/.test(withoutStrings(text)))
    return [
      {
        kind: 'type',
        message: 'The query has a range or an aggregation.',
        remedy: `Write the log query alone, {app="web"} | json | status >= 500: lines are counted by Ninefold.`,
        from: 0,
        to: text.length,
      },
    ];
  const syntax = syntaxProblem(
    text,
    tree,
    'Write LogQL as Loki takes it: {app="web"} | json | status >= 500.',
  );
  if (syntax !== undefined) return [syntax];
  const selector = body?.getChild('Selector') ?? body;
  return selector === null ? [] : checkStreams(text, selector);
}

function withoutStrings(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
}

/** Loki refuses selectors of which every matcher matches the empty text. */
function checkStreams(text: string, selector: SyntaxNode): readonly QueryProblem[] {
  const matchers: LabelMatcher[] = [];
  const cursor = selector.cursor();
  do {
    if (cursor.name !== 'Matcher') continue;
    const [name, operator, literal] = childrenOf(cursor.node).map((part) =>
      text.slice(part.from, part.to),
    );
    const known = MATCH_OPERATORS.find((each) => each === operator);
    const value = parseStringLiteral(literal ?? '');
    if (name !== undefined && known !== undefined && value !== undefined)
      matchers.push({ name, operator: known, value });
  } while (cursor.next() && cursor.from < selector.to);
  const at = { kind: 'type' as const, from: selector.from, to: selector.to };
  const patterns = matchers.flatMap((matcher) => {
    const problem = patternProblem(matcher);
    const message = `The pattern of the label ${matcher.name} is none: ${problem}.`;
    return problem === undefined
      ? []
      : [{ ...at, kind: 'syntax' as const, message, remedy: 'Correct the regular expression.' }];
  });
  if (patterns.length > 0 || !matchers.every(matchesEmpty)) return patterns;
  return [
    {
      ...at,
      kind: 'syntax',
      message: 'The stream selector matches every stream, which Loki refuses.',
      remedy: `Give a matcher that does not match the empty text: {app="web"}.`,
    },
  ];
}
