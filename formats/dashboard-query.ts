// Queries as dashboards have them, with Grafana's variables: whether they parse, what they select, over which ranges.
import { parser as logqlParser } from '@grafana/lezer-logql';
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser as promqlParser } from '@prometheus-io/lezer-promql';
import { checkPromql } from './promql.ts';
import { readSelector, type Selector } from './promql-selector.ts';
import { type QueryProblem, syntaxProblem } from './query-problem.ts';
import { coverVariables } from './query-variables.ts';

/** A selector in a PromQL expression, and what is directly around it. */
export interface FoundSelector {
  readonly selector: Selector;
  /** The range as written: `5m`, `$__rate_interval`; absent for an instant selector. */
  readonly range?: string;
  /** The function that takes the range: `rate`. */
  readonly call?: string;
}

/** PromQL that may hold variables, parsed once. */
export interface ReadPromql {
  /** What is wrong with it; offsets are those of the text. */
  readonly problems: readonly QueryProblem[];
  /** Every vector selector; one that cannot be read, for a variable in it, is left out. */
  readonly selectors: readonly FoundSelector[];
}

export function readPromql(text: string): ReadPromql {
  const covered = coverVariables(text);
  const tree = promqlParser.parse(covered);
  const { problems } = checkPromql(covered, tree);
  return { problems, selectors: selectorsOf(text, covered, tree) };
}

/** What is wrong with PromQL that may hold variables; offsets are those of the text. */
export function promqlProblems(text: string): readonly QueryProblem[] {
  return checkPromql(coverVariables(text)).problems;
}

/** Every vector selector of PromQL that parses; one that cannot be read, for a variable in it, is left out. */
export function selectorsIn(text: string): readonly FoundSelector[] {
  const covered = coverVariables(text);
  return selectorsOf(text, covered, promqlParser.parse(covered));
}

function selectorsOf(text: string, covered: string, tree: Tree): readonly FoundSelector[] {
  const found: FoundSelector[] = [];
  visit(tree, 'VectorSelector', (node) => {
    const selector = readSelector(covered, node);
    if (selector === undefined) return;
    const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : undefined;
    const duration = matrix?.getChild('DurationExpr');
    if (matrix === undefined || duration == null) {
      found.push({ selector });
      return;
    }
    const call = callOf(covered, matrix);
    found.push({
      selector,
      range: text.slice(duration.from, duration.to),
      ...(call !== undefined && { call }),
    });
  });
  return found;
}

/** What is wrong with LogQL that may hold variables. */
export function logqlProblems(text: string): readonly QueryProblem[] {
  const covered = coverVariables(text);
  const remedy = 'Write LogQL as Loki takes it; try it in Grafana’s Explore first.';
  const problem = syntaxProblem(covered, logqlParser.parse(covered), remedy);
  return problem === undefined ? [] : [problem];
}

/** Every range of LogQL as written, without brackets: `$__auto`, `5m`. */
export function logqlRangesIn(text: string): readonly string[] {
  const ranges: string[] = [];
  visit(logqlParser.parse(coverVariables(text)), 'Range', ({ from, to }) => {
    ranges.push(text.slice(from + 1, to - 1).trim());
  });
  return ranges;
}

function visit(tree: Tree, name: string, found: (node: SyntaxNode) => void): void {
  tree.iterate({
    enter(node) {
      if (node.name === name) found(node.node);
    },
  });
}

/** The function whose argument this is, over an offset or an `@` in between. */
function callOf(text: string, matrix: SyntaxNode): string | undefined {
  let node = matrix.parent;
  while (node?.name === 'OffsetExpr' || node?.name === 'StepInvariantExpr') node = node.parent;
  if (node?.name !== 'FunctionCallBody') return undefined;
  const name = node.parent?.getChild('FunctionIdentifier');
  return name == null ? undefined : text.slice(name.from, name.to);
}
