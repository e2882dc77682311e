// The grammar of assertions: one table of operators that yields what may be written, what compiles, what is checked and what is said.
import { compilePart } from '../formats/regular-expression.ts';
import { latencyIn, type LatencyText, parseLatency } from '../slo/latency.ts';

/** What a source gives. `value` is anything in a JSON document, `list` is texts, `latency` is milliseconds. */
export type ValueType = 'number' | 'status' | 'text' | 'flag' | 'latency' | 'value' | 'list';

export type Scalar = string | number | boolean | null;

/** What an operator compares with, as data: latencies in milliseconds. */
export type Operand = Scalar | readonly Scalar[];

/** What people write for each kind of operand, by the type of the source. */
interface Written {
  readonly same: {
    readonly number: number;
    readonly status: number;
    readonly text: string;
    readonly flag: boolean;
    readonly latency: LatencyText;
    readonly value: Scalar;
    readonly list: string;
  };
  readonly order: Record<Exclude<ValueType, 'latency'>, number> & { readonly latency: LatencyText };
}

type OperandKind = 'same' | 'several' | 'order' | 'text' | 'pattern' | 'count' | 'none';

type Arguments<Kind extends OperandKind, Type extends ValueType> = Kind extends 'same'
  ? [wanted: Written['same'][Type]]
  : Kind extends 'several'
    ? [...wanted: Written['same'][Type][]]
    : Kind extends 'order'
      ? [bound: Written['order'][Type]]
      : Kind extends 'text' | 'pattern'
        ? [text: string]
        : Kind extends 'count'
          ? [count: number]
          : [];

interface OperatorRule {
  readonly on: readonly ValueType[];
  readonly takes: OperandKind;
  /** Stands between the source and what is wanted: `status is 200`. */
  readonly words: string;
  /** What is absent meets no condition but `absent`. */
  holds(got: unknown, wanted: Operand): boolean;
}

const SCALARS = ['number', 'status', 'text', 'flag', 'value'] as const;
const ORDERED = ['number', 'status', 'latency', 'value'] as const;
const TEXTS = ['text', 'value'] as const;
const STATUS = ['status'] as const;

export const OPERATORS = {
  equals: { on: SCALARS, takes: 'same', words: 'is', holds: (got, wanted) => got === wanted },
  notEquals: {
    on: SCALARS,
    takes: 'same',
    words: 'is not',
    holds: (got, wanted) => got !== undefined && got !== wanted,
  },
  oneOf: {
    on: SCALARS,
    takes: 'several',
    words: 'is one of',
    holds: (got, wanted) => (wanted as readonly unknown[]).includes(got),
  },
  lessThan: { on: ORDERED, takes: 'order', words: 'is below', holds: ordered((a, b) => a < b) },
  atMost: { on: ORDERED, takes: 'order', words: 'is at most', holds: ordered((a, b) => a <= b) },
  greaterThan: { on: ORDERED, takes: 'order', words: 'is above', holds: ordered((a, b) => a > b) },
  atLeast: { on: ORDERED, takes: 'order', words: 'is at least', holds: ordered((a, b) => a >= b) },
  isSuccess: { on: STATUS, takes: 'none', words: 'is 200 to 299', holds: between(200, 299) },
  isRedirect: { on: STATUS, takes: 'none', words: 'is 300 to 399', holds: between(300, 399) },
  isClientError: { on: STATUS, takes: 'none', words: 'is 400 to 499', holds: between(400, 499) },
  isServerError: { on: STATUS, takes: 'none', words: 'is 500 to 599', holds: between(500, 599) },
  contains: {
    on: ['text', 'value', 'list'],
    takes: 'same',
    words: 'contains',
    holds: contains,
  },
  notContains: {
    on: ['text', 'value', 'list'],
    takes: 'same',
    words: 'does not contain',
    holds: (got, wanted) => got !== undefined && !contains(got, wanted),
  },
  startsWith: {
    on: TEXTS,
    takes: 'text',
    words: 'starts with',
    holds: (got, wanted) => typeof got === 'string' && got.startsWith(String(wanted)),
  },
  endsWith: {
    on: TEXTS,
    takes: 'text',
    words: 'ends with',
    holds: (got, wanted) => typeof got === 'string' && got.endsWith(String(wanted)),
  },
  matches: {
    on: ['text', 'value', 'list'],
    takes: 'pattern',
    words: 'matches',
    holds: (got, wanted) => matches(got, wanted),
  },
  notMatches: {
    on: ['text', 'value', 'list'],
    takes: 'pattern',
    words: 'does not match',
    holds: (got, wanted) => got !== undefined && !matches(got, wanted),
  },
  hasLength: {
    on: ['value', 'list', 'text'],
    takes: 'count',
    words: 'has length',
    holds: (got, wanted) => lengthOf(got) === wanted,
  },
  hasAtLeast: {
    on: ['value', 'list'],
    takes: 'count',
    words: 'has at least this many:',
    holds: (got, wanted) => (lengthOf(got) ?? -1) >= Number(wanted),
  },
  exists: {
    on: ['text', 'value'],
    takes: 'none',
    words: 'is there',
    holds: (got) => got !== undefined,
  },
  absent: {
    on: ['text', 'value'],
    takes: 'none',
    words: 'is absent',
    holds: (got) => got === undefined,
  },
} as const satisfies Record<string, OperatorRule>;

export type Operator = keyof typeof OPERATORS;

/** The conditions that a source of a type offers; each makes an assertion. */
export type ConditionsOn<Type extends ValueType, Result> = {
  readonly [
    Name in Operator as Type extends (typeof OPERATORS)[Name]['on'][number] ? Name : never
  ]: (...operands: Arguments<(typeof OPERATORS)[Name]['takes'], Type>) => Result;
};

/** A value that no condition takes; told as a diagnostic. */
export class GrammarError extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'GrammarError';
    this.remedy = remedy;
  }
}

/** Whether a source of the type has the operator. */
export function isOperatorOn(name: string, type: ValueType): name is Operator {
  if (!Object.hasOwn(OPERATORS, name)) return false;
  const on: readonly ValueType[] = OPERATORS[name as Operator].on;
  return on.includes(type);
}

/** What an operator compares with, as data. @throws GrammarError when it cannot be compared with that */
export function readOperand(
  name: Operator,
  type: ValueType,
  written: readonly unknown[],
): Operand | undefined {
  const takes: OperandKind = OPERATORS[name].takes;
  if (takes === 'none') return undefined;
  if (takes === 'several') {
    if (written.length === 0 || written.length > 100)
      throw new GrammarError(`${name} has ${written.length} values`, 'Give 1 to 100.');
    return written.map((each) => operand('same', type, each));
  }
  return operand(takes, type, written[0]);
}

function operand(takes: OperandKind, type: ValueType, written: unknown): Scalar {
  if (takes === 'pattern') return pattern(written);
  if (takes === 'text') return text(written);
  if (takes === 'count') return count(written);
  if (type === 'latency') return milliseconds(written);
  if (takes === 'order' || type === 'number' || type === 'status') return number(written);
  if (type === 'text' || type === 'list') return text(written);
  if (type === 'flag' && typeof written !== 'boolean') throw mistyped(written, 'true or false');
  if (written === null || typeof written === 'boolean' || typeof written === 'string')
    return written;
  return number(written);
}

function number(written: unknown): number {
  if (typeof written === 'number' && Number.isFinite(written)) return written;
  throw mistyped(written, 'a number without quotes');
}

function text(written: unknown): string {
  if (typeof written === 'string' && written.length <= 10_000) return written;
  throw mistyped(written, 'text of at most 10,000 characters in quotes');
}

function count(written: unknown): number {
  if (typeof written === 'number' && Number.isInteger(written) && written >= 0) return written;
  throw mistyped(written, 'a whole number, 0 or more');
}

function milliseconds(written: unknown): number {
  const seconds = typeof written === 'string' ? parseLatency(written) : undefined;
  if (seconds === undefined) throw mistyped(written, `a latency such as '250ms' or '1.5s'`);
  return latencyIn('milliseconds', seconds);
}

function pattern(written: unknown): string {
  const source = text(written);
  try {
    compilePart(source);
    return source;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GrammarError(
      `'${source.slice(0, 100)}' is not a regular expression: ${reason}`,
      'Write an RE2 expression: no look-ahead, no back-references.',
    );
  }
}

function mistyped(written: unknown, wanted: string): GrammarError {
  const shown = typeof written === 'string' ? `'${written.slice(0, 100)}'` : String(written);
  return new GrammarError(`${shown} is not ${wanted}`, `Write ${wanted}.`);
}

function ordered(compare: (a: number, b: number) => boolean) {
  return (got: unknown, wanted: Operand): boolean =>
    typeof got === 'number' && compare(got, Number(wanted));
}

function between(least: number, most: number) {
  return (got: unknown): boolean => typeof got === 'number' && got >= least && got <= most;
}

function contains(got: unknown, wanted: Operand): boolean {
  if (typeof got === 'string') return got.includes(String(wanted));
  return Array.isArray(got) && got.includes(wanted);
}

/** A list matches when one of its texts does. */
function matches(got: unknown, wanted: Operand): boolean {
  const texts = Array.isArray(got) ? (got as readonly unknown[]) : [got];
  const find = compilePart(String(wanted));
  return texts.some((each) => typeof each === 'string' && find(each) !== undefined);
}

function lengthOf(got: unknown): number | undefined {
  return typeof got === 'string' || Array.isArray(got) ? got.length : undefined;
}
