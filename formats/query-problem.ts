// What is wrong with a query, whichever language it is in.
import type { SyntaxNode, Tree } from '@lezer/common';

/** One problem of a query; `from` and `to` are offsets in its text. */
export interface QueryProblem {
  /** The text does not parse · it parses but a part is of the wrong kind. */
  readonly kind: 'syntax' | 'type';
  readonly message: string;
  readonly remedy: string;
  readonly from: number;
  readonly to: number;
}

const LONGEST_EXCERPT = 40;

/** The first place where a grammar could not go on; undefined when the whole text parsed. */
export function syntaxProblem(text: string, tree: Tree, remedy: string): QueryProblem | undefined {
  let found: SyntaxNode | undefined;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) found ??= node.node;
      return found === undefined;
    },
  });
  if (found === undefined) return undefined;
  const rest = text.slice(found.from).trimStart();
  const [word = ''] = /^(?:[\w:.$]+|\S)/.exec(rest) ?? [];
  const place = `at character ${found.from + 1}`;
  const message =
    rest === ''
      ? 'The text ends where more is expected.'
      : `${quoteExcerpt(word)} is not expected ${place}.`;
  return { kind: 'syntax', message, remedy, from: found.from, to: found.to };
}

/** A piece of a query for a message, in single quotes, at most 40 characters. */
export function quoteExcerpt(text: string): string {
  return `'${text.length <= LONGEST_EXCERPT ? text : `${text.slice(0, LONGEST_EXCERPT - 1)}…`}'`;
}

/** The children of a node, in order. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}
