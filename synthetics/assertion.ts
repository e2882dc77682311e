// An assertion about an answer, as data; and what became of it in one try.
import { printValue } from '../slo/diagnostic.ts';
import { type Operand, type Operator, OPERATORS, type ValueType } from './assertion-grammar.ts';

/** One expectation: `status is 200`, `json $.items has length 3`. */
export interface Assertion {
  /** As its kind's table of sources names it: `status`, `json`. */
  readonly source: string;
  /** What of the source: a header's name, a JSON path, a phase. */
  readonly argument?: string;
  readonly type: ValueType;
  readonly operator: Operator;
  /** Latencies in milliseconds. */
  readonly operand?: Operand;
  /** Whether the run is only degraded when it does not hold. */
  readonly degrades?: true;
}

/** An assertion held against an answer. */
export interface AssertionResult {
  /** `status is 200`, for people. */
  readonly text: string;
  readonly held: boolean;
  readonly degrades?: true;
  /** What was wanted, `at most 300 ms`; and what came, printed, 200 characters at most. */
  readonly expected: string;
  readonly got: string;
  /** The part of the answer that matters, when the assertion does not hold and the probe knows it; 500 characters at most. */
  readonly excerpt?: string;
}

/** Holds an assertion against what its source gave; undefined when the answer has no such thing. */
export function evaluateAssertion(assertion: Assertion, got: unknown): AssertionResult {
  const { operator, operand, type, degrades } = assertion;
  const rule = OPERATORS[operator];
  const expected = [rule.words, operand === undefined ? '' : printOperand(operand, type)]
    .join(' ')
    .trim();
  return {
    text: `${sourceText(assertion)} ${expected}`,
    held: (got !== undefined || operator === 'absent') && rule.holds(got, operand ?? null),
    ...(degrades === undefined ? {} : { degrades }),
    expected,
    got: printObserved(got, type),
  };
}

/** `status`, `header content-type`: the source of an assertion as messages name it. */
function sourceText({ source, argument }: Pick<Assertion, 'source' | 'argument'>): string {
  const words = source.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return argument === undefined ? words : `${words} ${argument}`;
}

/** The whole sentence of an assertion. */
export function describeAssertion(assertion: Assertion): string {
  return evaluateAssertion(assertion, undefined).text;
}

function printOperand(operand: Operand, type: ValueType): string {
  return Array.isArray(operand)
    ? operand.map((each) => printObserved(each, type)).join(', ')
    : printObserved(operand, type);
}

function printObserved(value: unknown, type: ValueType): string {
  if (value === undefined) return 'nothing';
  if (type === 'latency' && typeof value === 'number') return printMilliseconds(value);
  return printValue(value);
}

/** Milliseconds as people read them: `0.3 ms`, `120 ms`, `2.50 s`. */
export function printMilliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value >= 10 ? Math.round(value) : Number(value.toFixed(1))} ms`;
}
