// Puts label matchers into every selector of a query: found in its syntax tree, written into its text, all else untouched.
import { parser as logqlParser } from '@grafana/lezer-logql';
import { parser as promqlParser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode, Tree } from '@lezer/common';
import type { LabelMatcher } from './label-matcher.ts';
import { childrenOf } from './query-problem.ts';
import { coverVariables } from './query-variables.ts';
import { formatStringLiteral, parseStringLiteral } from './string-literal.ts';

/**
 * PromQL with the matchers in every vector selector that has none of the same label. Grafana's variables stay.
 * Text that does not parse comes back as it is.
 */
export function injectPromqlMatchers(text: string, matchers: readonly LabelMatcher[]): string {
  const covered = coverVariables(text);
  return inject(text, covered, promqlParser.parse(covered), 'VectorSelector', matchers);
}

/** The same for LogQL's stream selectors. */
export function injectLogqlMatchers(text: string, matchers: readonly LabelMatcher[]): string {
  const covered = coverVariables(text);
  return inject(text, covered, logqlParser.parse(covered), 'Selector', matchers);
}

function inject(
  text: string,
  covered: string,
  tree: Tree,
  selector: string,
  matchers: readonly LabelMatcher[],
): string {
  const edits: { readonly at: number; readonly insert: string }[] = [];
  let broken = false;
  tree.iterate({
    enter(node) {
      broken ||= node.type.isError;
      if (node.name !== selector) return true;
      const edit = editOf(text, covered, node.node, matchers);
      if (edit !== undefined) edits.push(edit);
      return true;
    },
  });
  if (broken) return text;
  let result = text;
  for (const { at, insert } of edits.toReversed())
    result = `${result.slice(0, at)}${insert}${result.slice(at)}`;
  return result;
}

function editOf(
  text: string,
  covered: string,
  node: SyntaxNode,
  matchers: readonly LabelMatcher[],
): { readonly at: number; readonly insert: string } | undefined {
  const present = labelsIn(text, node);
  const missing = matchers.filter(({ name }) => !present.has(name));
  if (missing.length === 0) return undefined;
  const inner = missing
    .map(({ name, operator, value }) => `${name}${operator}${formatStringLiteral(value)}`)
    .join(',');
  const open = covered.slice(node.from, node.to).indexOf('{');
  if (open < 0) return { at: node.to, insert: `{${inner}}` };
  // The last brace of a selector is its own: braces within values come before it.
  const close = node.from + covered.slice(node.from, node.to).lastIndexOf('}');
  const before = covered.slice(node.from + open + 1, close).trim();
  return { at: close, insert: before === '' || before.endsWith(',') ? inner : `,${inner}` };
}

/** Names of the labels that a selector already has matchers of. */
function labelsIn(text: string, selector: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: SyntaxNode): void => {
    if (node.name.endsWith('Matcher')) {
      const [label] = childrenOf(node);
      const written = label === undefined ? '' : text.slice(label.from, label.to);
      names.add(parseStringLiteral(written) ?? written);
    } else for (const child of childrenOf(node)) visit(child);
  };
  for (const child of childrenOf(selector)) visit(child);
  return names;
}
