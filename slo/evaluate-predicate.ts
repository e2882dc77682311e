// Turns the function in which a user writes a predicate into data, once, and reports what is wrong with it.
import type { DefinitionReader } from './definition-reader.ts';
import { printValue } from './diagnostic.ts';
import { ConditionError, conditionsOn, type EventFields, type FieldKinds } from './event-fields.ts';
import { didYouMean } from './nearest-name.ts';
import { isRecord } from './plain-data.ts';
import { fieldsOf, type Predicate } from './predicate.ts';

/** A predicate as users write it: `(event) => event.status.isServerError()`. */
export type EventPredicate<Kinds extends FieldKinds> = (event: EventFields<Kinds>) => Predicate;

/** Conditions and combinations in one predicate at most. */
const MOST_CONDITIONS = 500;
const DEEPEST = 40;

const EXAMPLE =
  'Write (event) => event.status.isServerError(), or several of them in all(…), any(…), not(…).';

/** The predicate that the function in a property gives for the declared fields; undefined after reporting why not. */
export function evaluatePredicate(
  reader: DefinitionReader,
  name: string,
  fields: FieldKinds,
): Predicate | undefined {
  const written = reader.raw(name);
  if (written === undefined) return undefined;
  if (typeof written !== 'function')
    return reader.refuse(name, {
      code: 'wrong-type',
      message: `${printValue(written)} is not a function.`,
      remedy: EXAMPLE,
    });
  const unknown = new Set<string>();
  const predicate = called(reader, name, () =>
    (written as (event: unknown) => unknown)(eventOf(fields, unknown)),
  );
  for (const field of isPredicate(predicate) ? fieldsOf(predicate) : [])
    if (!Object.hasOwn(fields, field)) unknown.add(field);
  for (const field of unknown)
    reader.refuse(name, {
      code: 'unknown-event-field',
      message: `The field '${field}' is not declared in fields.${didYouMean(field, Object.keys(fields))}`,
      remedy: `Use one of: ${Object.keys(fields).join(', ')}; or add ${field} to fields.`,
    });
  if (unknown.size > 0 || predicate === FAILED) return undefined;
  if (isPredicate(predicate)) return predicate;
  return reader.refuse(name, {
    code: 'not-a-predicate',
    message: `The function gives ${printValue(predicate)}, which is not a condition on a field.`,
    remedy: EXAMPLE,
  });
}

const FAILED = Symbol('the function threw');

function called(reader: DefinitionReader, name: string, call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reader.refuse(name, {
      code: 'not-a-predicate',
      message: `The function threw: ${reason}.`,
      remedy: error instanceof ConditionError ? error.remedy : EXAMPLE,
    });
    return FAILED;
  }
}

/** The event that a predicate's function sees. An undeclared field offers every condition, and is noted. */
function eventOf(fields: FieldKinds, unknown: Set<string>): unknown {
  const undeclared = (field: string): unknown =>
    new Proxy({}, { get: () => () => ({ field, exists: true }) });
  const declared = new Map<string, unknown>(
    Object.entries(fields).map(([field, kind]) => [field, conditionsOn(field, kind)]),
  );
  return new Proxy(
    {},
    {
      get(_, field) {
        if (typeof field === 'symbol') return undefined;
        const conditions = declared.get(field);
        if (conditions === undefined) unknown.add(field);
        return conditions ?? undeclared(field);
      },
    },
  );
}

const SCALARS = ['string', 'number', 'boolean'];
const NUMBERS = ['lessThan', 'atMost', 'greaterThan', 'atLeast'];
const TEXTS = ['startsWith', 'endsWith', 'contains'];

/** Whether any value is a predicate of bounded size: exactly the shapes of `Predicate`, each with its type of value. */
export function isPredicate(value: unknown): value is Predicate {
  let left = MOST_CONDITIONS;
  const check = (each: unknown, depth: number): boolean => {
    left -= 1;
    if (left < 0 || depth > DEEPEST || !isRecord(each)) return false;
    const inside = (inner: unknown): boolean => check(inner, depth + 1);
    const { all, any, not, ...rest } = each;
    const names = Object.keys(each);
    if (names.length === 1 && Array.isArray(all)) return all.every(inside);
    if (names.length === 1 && Array.isArray(any)) return any.every(inside);
    if (names.length === 1 && not !== undefined) return inside(not);
    return names.length === 2 && isCondition(rest);
  };
  return check(value, 0);
}

function isCondition({ field, ...condition }: Readonly<Record<string, unknown>>): boolean {
  const [name = '', value] = Object.entries(condition)[0] ?? [];
  if (typeof field !== 'string') return false;
  if (name === 'equals') return SCALARS.includes(typeof value);
  if (name === 'oneOf')
    return Array.isArray(value) && value.every((each) => SCALARS.includes(typeof each));
  if (name === 'exists') return typeof value === 'boolean';
  if (NUMBERS.includes(name)) return typeof value === 'number' && Number.isFinite(value);
  return TEXTS.includes(name) && typeof value === 'string';
}
