// The kinds of values in PromQL: what each expression gives, and whether it suits what takes it.
import type { SyntaxNode } from '@lezer/common';
import { patternProblem } from './label-matcher.ts';
import {
  PROMQL_AGGREGATIONS,
  PROMQL_FUNCTIONS,
  type PromqlType,
  type Signature,
} from './promql-functions.ts';
import { readSelector } from './promql-selector.ts';
import { childrenOf, quoteExcerpt } from './query-problem.ts';
import { parseStringLiteral } from './string-literal.ts';

/** The text that is checked, and where its problems go. */
export interface Check {
  readonly text: string;
  refuse(node: SyntaxNode, message: string, remedy: string): undefined;
}

const EXPRESSIONS = new Set([
  'AggregateExpr',
  'BinaryExpr',
  'FunctionCall',
  'MatrixSelector',
  'NumberDurationLiteral',
  'OffsetExpr',
  'AnchoredExpr',
  'SmoothedExpr',
  'ParenExpr',
  'StringLiteral',
  'SubqueryExpr',
  'UnaryExpr',
  'VectorSelector',
  'StepInvariantExpr',
]);

function operandsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return childrenOf(node).filter((child) => EXPRESSIONS.has(child.name));
}

function excerpt(check: Check, node: SyntaxNode): string {
  return quoteExcerpt(check.text.slice(node.from, node.to));
}

/** What an expression gives; undefined after reporting why that cannot be said. */
export function typeOf(node: SyntaxNode, check: Check): PromqlType | undefined {
  const [operand] = operandsOf(node);
  switch (node.name) {
    case 'NumberDurationLiteral':
      return 'scalar';
    case 'StringLiteral':
      return typeOfString(node, check);
    case 'VectorSelector':
      return typeOfSelector(node, check);
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return typeOfRange(node, check);
    case 'FunctionCall':
    case 'AggregateExpr':
      return typeOfCall(node, check);
    case 'BinaryExpr':
      return typeOfBinary(node, check);
    case 'UnaryExpr':
      return operand && needs(['scalar', 'instant vector'], operand, check, 'A sign');
    case 'ParenExpr':
    case 'AnchoredExpr':
    case 'SmoothedExpr':
      return operand && typeOf(operand, check);
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return operand && typeOfMoved(node, operand, check);
    default:
      return undefined;
  }
}

function typeOfString(node: SyntaxNode, check: Check): PromqlType | undefined {
  if (parseStringLiteral(check.text.slice(node.from, node.to)) !== undefined) return 'string';
  return check.refuse(
    node,
    `${excerpt(check, node)} is not closed or has an unknown escape.`,
    'Close the quote; write a backslash as \\\\, or use backticks.',
  );
}

function typeOfSelector(node: SyntaxNode, check: Check): PromqlType | undefined {
  const selector = readSelector(check.text, node);
  if (selector === undefined)
    return check.refuse(
      node,
      `${excerpt(check, node)} selects every series, names its metric twice or has a bad string.`,
      'Name one metric, or give a matcher that does not match the empty text.',
    );
  for (const matcher of selector.matchers) {
    const problem = patternProblem(matcher);
    if (problem !== undefined)
      check.refuse(
        node,
        `The pattern of the label ${matcher.name} is none: ${problem}.`,
        'Correct the regular expression.',
      );
  }
  return 'instant vector';
}

function typeOfRange(node: SyntaxNode, check: Check): PromqlType | undefined {
  const [operand] = operandsOf(node);
  if (operand === undefined) return undefined;
  if (node.name === 'SubqueryExpr' && OPEN.has(operand.name))
    return check.refuse(
      node,
      `${excerpt(check, node)} gives its last operand alone a range.`,
      `Put brackets around all of it: (…)[5m:1m].`,
    );
  if (node.name === 'SubqueryExpr')
    return needs(['instant vector'], operand, check, 'A subquery') && 'range vector';
  if (operand.name === 'VectorSelector') return typeOf(operand, check) && 'range vector';
  return check.refuse(
    node,
    `${excerpt(check, node)} has a range on something that is not a selector.`,
    'Put the range on the selector, rate(x[5m]), or write a subquery: (…)[5m:1m].',
  );
}

function typeOfMoved(node: SyntaxNode, operand: SyntaxNode, check: Check): PromqlType | undefined {
  const movable = [
    'VectorSelector',
    'MatrixSelector',
    'SubqueryExpr',
    'OffsetExpr',
    'StepInvariantExpr',
  ];
  if (movable.includes(lastOperand(operand).name)) return typeOf(operand, check);
  return check.refuse(
    node,
    `${excerpt(check, node)} moves something that is not a selector or a subquery in time.`,
    'Put offset or @ right after the selector.',
  );
}

/** The grammar hangs what follows `a + b` on the sum, Prometheus on `b` alone. */
function lastOperand(node: SyntaxNode): SyntaxNode {
  if (!OPEN.has(node.name)) return node;
  const last = operandsOf(node).at(-1);
  return last === undefined ? node : lastOperand(last);
}

/** Without brackets around them. */
const OPEN = new Set(['BinaryExpr', 'UnaryExpr']);

function typeOfCall(node: SyntaxNode, check: Check): PromqlType | undefined {
  const [head] = childrenOf(node);
  const body = childrenOf(node).find((child) => child.name === 'FunctionCallBody');
  const name = head === undefined ? '' : check.text.slice(head.from, head.to).trim();
  const table = node.name === 'FunctionCall' ? PROMQL_FUNCTIONS : PROMQL_AGGREGATIONS;
  const signature = table.get(name) ?? table.get(name.toLowerCase());
  const given = body === undefined ? [] : operandsOf(body);
  if (signature === undefined)
    return check.refuse(
      node,
      `'${name}' is not a function known here.`,
      'Use a function of Prometheus 3.15 or older.',
    );
  const least = signature.takes.length - (signature.optional ?? 0);
  const most = signature.more === true ? Number.POSITIVE_INFINITY : signature.takes.length;
  if (given.length < least || given.length > most)
    return check.refuse(
      node,
      `${name}() takes ${countText(least, most)}, not ${given.length}.`,
      `Write ${name}(${usage(signature)}).`,
    );
  for (const [index, argument] of given.entries()) {
    const wanted = signature.takes[Math.min(index, signature.takes.length - 1)];
    if (wanted !== undefined) needs([wanted], argument, check, `${name}()`);
  }
  return signature.gives;
}

function countText(least: number, most: number): string {
  const plural = least === 1 && most === 1 ? 'argument' : 'arguments';
  if (most === Number.POSITIVE_INFINITY) return `at least ${least} ${plural}`;
  return least === most ? `${least} ${plural}` : `${least} to ${most} ${plural}`;
}

function usage({ takes, more }: Signature): string {
  return `${takes.join(', ')}${more === true ? ', …' : ''}`;
}

const SET_OPERATORS = ['And', 'Or', 'Unless'];
const COMPARISONS = ['Eql', 'Neq', 'Gtr', 'Lss', 'Gte', 'Lte'];

function typeOfBinary(node: SyntaxNode, check: Check): PromqlType | undefined {
  const [left, right] = operandsOf(node);
  const parts = childrenOf(node).map((child) => child.name);
  if (left === undefined || right === undefined) return undefined;
  const operator = quoteExcerpt(check.text.slice(left.to, right.from).trim());
  const allowed: PromqlType[] = parts.some((name) => SET_OPERATORS.includes(name))
    ? ['instant vector']
    : ['scalar', 'instant vector'];
  const types = [left, right].map((side) => needs(allowed, side, check, operator));
  if (types.includes(undefined)) return undefined;
  const scalars = types.every((type) => type === 'scalar');
  const compares = parts.some((name) => COMPARISONS.includes(name));
  const bool = parts.includes('BoolModifier');
  if (scalars && compares && !bool)
    return check.refuse(
      node,
      `${excerpt(check, node)} compares two numbers.`,
      `Write bool after the operator.`,
    );
  if (bool && !compares)
    return check.refuse(node, `${operator} does not take bool.`, 'Leave bool out.');
  if (parts.includes('MatchingModifierClause') && types.includes('scalar'))
    return check.refuse(
      node,
      `${excerpt(check, node)} matches labels of a number.`,
      'Leave on(…) or ignoring(…) out.',
    );
  return scalars ? 'scalar' : 'instant vector';
}

/** The type of an operand, when it is one of those that `who` takes. */
function needs(
  allowed: readonly PromqlType[],
  node: SyntaxNode,
  check: Check,
  who: string,
): PromqlType | undefined {
  const type = typeOf(node, check);
  if (type === undefined || allowed.includes(type)) return type;
  const wanted = allowed.join(' or ');
  return check.refuse(
    node,
    `${who} takes ${article(wanted)}, but ${excerpt(check, node)} is ${article(type)}.`,
    remedyFor(type, allowed, check.text.slice(node.from, node.to)),
  );
}

function remedyFor(type: PromqlType, allowed: readonly PromqlType[], written: string): string {
  if (allowed.includes('range vector') && type === 'instant vector')
    return `Give it a range: ${quoteExcerpt(`${written}[5m]`)}.`;
  if (type === 'range vector')
    return `Put a function around it: ${quoteExcerpt(`rate(${written})`)}.`;
  if (allowed.includes('instant vector') && type === 'scalar')
    return `Write ${quoteExcerpt(`vector(${written})`)} or a selector.`;
  return `Write ${article(allowed.join(' or '))}.`;
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
