// The typed fields of an event, and the conditions that each kind of field offers. A condition is data at once.
import { type LatencyText, type LatencyUnit, latencyIn, parseLatency } from './latency.ts';
import type { FieldCondition, FieldValue, Predicate } from './predicate.ts';

export const FIELD_KINDS = [
  'string',
  'number',
  'boolean',
  'status',
  'seconds',
  'milliseconds',
] as const;

/** What a field holds; `status` is an HTTP status number, `seconds` and `milliseconds` are latencies as numbers. */
export type FieldKind = (typeof FIELD_KINDS)[number];

/** Field names with their kinds; a dotted name reaches into nested objects. */
export type FieldKinds = Readonly<Record<string, FieldKind>>;

interface AnyConditions<Value> {
  equals(value: Value): Predicate;
  oneOf(...values: readonly Value[]): Predicate;
  /** Whether the field is there and not null. */
  exists(): Predicate;
}

export interface TextConditions extends AnyConditions<string> {
  startsWith(text: string): Predicate;
  endsWith(text: string): Predicate;
  contains(text: string): Predicate;
}

interface OrderedConditions<Value> {
  lessThan(value: Value): Predicate;
  atMost(value: Value): Predicate;
  greaterThan(value: Value): Predicate;
  atLeast(value: Value): Predicate;
}

export interface NumberConditions extends AnyConditions<number>, OrderedConditions<number> {}

export interface StatusConditions extends NumberConditions {
  /** 500 to 599. */
  isServerError(): Predicate;
  /** 400 to 499. */
  isClientError(): Predicate;
  /** 200 to 299. */
  isSuccess(): Predicate;
}

export interface LatencyConditions extends OrderedConditions<LatencyText> {
  exists(): Predicate;
}

export type FlagConditions = AnyConditions<boolean>;

interface ConditionsOf {
  readonly string: TextConditions;
  readonly number: NumberConditions;
  readonly boolean: FlagConditions;
  readonly status: StatusConditions;
  readonly seconds: LatencyConditions;
  readonly milliseconds: LatencyConditions;
}

/** An event as predicates see it: one property for each declared field. */
export type EventFields<Kinds extends FieldKinds> = {
  readonly [Name in keyof Kinds]: ConditionsOf[Kinds[Name]];
};

/** A value that no condition of the field takes; told as a diagnostic. */
export class ConditionError extends Error {
  readonly field: string;
  readonly remedy: string;
  constructor(field: string, message: string, remedy: string) {
    super(message);
    this.name = 'ConditionError';
    this.field = field;
    this.remedy = remedy;
  }
}

/** The conditions that a field of a kind offers. They throw ConditionError when given a value of another type. */
export function conditionsOn(field: string, kind: FieldKind): ConditionsOf[FieldKind] {
  switch (kind) {
    case 'string':
      return textConditions(field);
    case 'number':
      return numberConditions(field);
    case 'boolean':
      return anyConditions<boolean>(field, 'boolean');
    case 'status':
      return {
        ...numberConditions(field),
        isServerError: () => between(field, 500, 600),
        isClientError: () => between(field, 400, 500),
        isSuccess: () => between(field, 200, 300),
      };
    case 'seconds':
    case 'milliseconds':
      return latencyConditions(field, kind);
  }
}

function anyConditions<Value extends FieldValue>(
  field: string,
  type: 'string' | 'number' | 'boolean',
): AnyConditions<Value> {
  return {
    equals: (value) => condition({ field, equals: checked(field, type, value) }),
    oneOf: (...values) =>
      condition({
        field,
        oneOf: Object.freeze(values.map((value) => checked(field, type, value))),
      }),
    exists: () => condition({ field, exists: true }),
  };
}

function textConditions(field: string): TextConditions {
  const text = (value: string): string => checked(field, 'string', value);
  return {
    ...anyConditions<string>(field, 'string'),
    startsWith: (value) => condition({ field, startsWith: text(value) }),
    endsWith: (value) => condition({ field, endsWith: text(value) }),
    contains: (value) => condition({ field, contains: text(value) }),
  };
}

function numberConditions(field: string): NumberConditions {
  return {
    ...anyConditions<number>(field, 'number'),
    ...orderedConditions<number>(field, (value) => checked(field, 'number', value)),
  };
}

function latencyConditions(field: string, unit: LatencyUnit): LatencyConditions {
  const bound = (text: LatencyText): number => {
    const seconds = parseLatency(checked(field, 'string', text));
    if (seconds !== undefined) return latencyIn(unit, seconds);
    const remedy = `Write a decimal with us, ms or s: '250ms', '0.5s'.`;
    throw new ConditionError(field, `'${text}' is not a latency`, remedy);
  };
  return {
    ...orderedConditions<LatencyText>(field, bound),
    exists: () => condition({ field, exists: true }),
  };
}

function orderedConditions<Value>(
  field: string,
  number: (value: Value) => number,
): OrderedConditions<Value> {
  return {
    lessThan: (value) => condition({ field, lessThan: number(value) }),
    atMost: (value) => condition({ field, atMost: number(value) }),
    greaterThan: (value) => condition({ field, greaterThan: number(value) }),
    atLeast: (value) => condition({ field, atLeast: number(value) }),
  };
}

function between(field: string, atLeast: number, lessThan: number): Predicate {
  return Object.freeze({
    all: Object.freeze([condition({ field, atLeast }), condition({ field, lessThan })]),
  });
}

function condition(data: FieldCondition): FieldCondition {
  return Object.freeze(data);
}

/** The value, when it is of the type; types alone do not hold where nobody compiles. */
function checked<Value>(field: string, type: 'string' | 'number' | 'boolean', value: Value): Value {
  if (typeof value === type && (typeof value !== 'number' || Number.isFinite(value))) return value;
  const shown = typeof value === 'string' ? `'${value}'` : String(value);
  throw new ConditionError(
    field,
    `${shown} is not a ${type}, which the field '${field}' is compared with`,
    type === 'string' ? 'Write text in quotes.' : `Write a ${type} without quotes.`,
  );
}
