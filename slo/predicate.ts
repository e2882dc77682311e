// Predicates over the fields of one event, as plain data.

/** A value that a field of an event may hold. */
export type FieldValue = string | number | boolean;

/** One condition on one field; a dotted name reaches into nested objects. */
export type FieldCondition =
  | { readonly field: string; readonly equals: FieldValue }
  | { readonly field: string; readonly oneOf: readonly FieldValue[] }
  | { readonly field: string; readonly lessThan: number }
  | { readonly field: string; readonly atMost: number }
  | { readonly field: string; readonly greaterThan: number }
  | { readonly field: string; readonly atLeast: number }
  | { readonly field: string; readonly startsWith: string }
  | { readonly field: string; readonly endsWith: string }
  | { readonly field: string; readonly contains: string }
  | { readonly field: string; readonly exists: boolean };

export type Predicate =
  | FieldCondition
  | { readonly all: readonly Predicate[] }
  | { readonly any: readonly Predicate[] }
  | { readonly not: Predicate };

/** The fields that a predicate reads, sorted, each once. */
export function fieldsOf(predicate: Predicate): readonly string[] {
  return [...new Set(collect(predicate))].sort();
}

function collect(predicate: Predicate): string[] {
  if ('all' in predicate) return predicate.all.flatMap(collect);
  if ('any' in predicate) return predicate.any.flatMap(collect);
  if ('not' in predicate) return collect(predicate.not);
  return [predicate.field];
}

/**
 * Whether an event satisfies the predicate; `read` gives the value of a field, undefined when it is absent.
 * A condition on an absent field, or on one of another type, is false (so `not` of it is true), except `exists`.
 */
export function matches(predicate: Predicate, read: (field: string) => unknown): boolean {
  if ('all' in predicate) return predicate.all.every((each) => matches(each, read));
  if ('any' in predicate) return predicate.any.some((each) => matches(each, read));
  if ('not' in predicate) return !matches(predicate.not, read);
  return holds(predicate, read(predicate.field));
}

function holds(condition: FieldCondition, value: unknown): boolean {
  if ('exists' in condition) return (value !== undefined && value !== null) === condition.exists;
  if ('equals' in condition) return value === condition.equals;
  if ('oneOf' in condition) return condition.oneOf.some((each) => each === value);
  if (typeof value === 'number') {
    if ('lessThan' in condition) return value < condition.lessThan;
    if ('atMost' in condition) return value <= condition.atMost;
    if ('greaterThan' in condition) return value > condition.greaterThan;
    if ('atLeast' in condition) return value >= condition.atLeast;
  }
  if (typeof value === 'string') {
    if ('startsWith' in condition) return value.startsWith(condition.startsWith);
    if ('endsWith' in condition) return value.endsWith(condition.endsWith);
    if ('contains' in condition) return value.includes(condition.contains);
  }
  return false;
}
