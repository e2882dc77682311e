// Checks PromQL: its syntax by Prometheus' own grammar, and then what the grammar does not know, the kinds of values.
import type { Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { PromqlType } from './promql-functions.ts';
import { type Check, typeOf } from './promql-kinds.ts';
import { type QueryProblem, syntaxProblem } from './query-problem.ts';

export interface CheckedPromql {
  /** What the expression gives; absent when a problem hides it. */
  readonly type?: PromqlType;
  readonly problems: readonly QueryProblem[];
}

/** The step as PromQL spells it in place of `$step`. */
export function substituteStep(expression: string, stepSeconds: number): string {
  return expression.replaceAll('$step', `${stepSeconds}s`);
}

/** Parses and checks an expression. Never throws. @param tree of the text, when it is parsed already */
export function checkPromql(text: string, tree: Tree = parser.parse(text)): CheckedPromql {
  const variable = /\$\w+/.exec(text)?.[0];
  const syntax = syntaxProblem(
    text,
    tree,
    variable === undefined
      ? 'Write PromQL as Prometheus takes it; try it there first.'
      : `Replace ${variable} by a duration: variables are Grafana's.`,
  );
  if (syntax !== undefined) return { problems: [unknownFunction(text, syntax) ?? syntax] };
  const problems: QueryProblem[] = [];
  const check: Check = {
    text,
    refuse(node, message, remedy) {
      problems.push({ kind: 'type', message, remedy, from: node.from, to: node.to });
      return undefined;
    },
  };
  const expression = tree.topNode.firstChild;
  const type = expression === null ? undefined : typeOf(expression, check);
  return type === undefined || problems.length > 0 ? { problems } : { type, problems };
}

/** What the grammar calls an unexpected bracket is most often a function that does not exist. */
function unknownFunction(text: string, problem: QueryProblem): QueryProblem | undefined {
  const name = /[A-Za-z_]\w*(?=\s*$)/.exec(text.slice(0, problem.from))?.[0];
  if (name === undefined || text[problem.from] !== '(') return undefined;
  const remedy = 'Use a function of Prometheus, written as it writes it.';
  return { ...problem, message: `'${name}' is not a function.`, remedy };
}
