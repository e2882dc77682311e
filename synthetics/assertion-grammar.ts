// The grammar of assertions: one table of operators that yields what may be written, what compiles, what is checked and what is said.
import { compilePart } from '../formats/regular-expression.ts';
import type { LatencyText } from '../slo/latency.ts';

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

export type OperandKind = 'same' | 'several' | 'order' | 'text' | 'pattern' | 'count' | 'none';

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

/** Whether a source of the type has the operator. */
export function isOperatorOn(name: string, type: ValueType): name is Operator {
  if (!Object.hasOwn(OPERATORS, name)) return false;
  const on: readonly ValueType[] = OPERATORS[name as Operator].on;
  return on.includes(type);
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
