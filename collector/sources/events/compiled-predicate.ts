// A predicate as one closure over a parsed event: what slo/predicate.ts says, without walking the predicate again.
import { type FieldCondition, type Predicate } from '../../../slo/predicate.ts';
import { compileField, type FieldReader, type JsonObject } from './event-field.ts';

export type EventTest = (event: JsonObject) => boolean;

/** Answers for every event exactly as `matches` does with `compileField` as its reader. */
export function compilePredicate(predicate: Predicate): EventTest {
  if ('all' in predicate) return every(predicate.all.map(compilePredicate));
  if ('any' in predicate) return some(predicate.any.map(compilePredicate));
  if ('not' in predicate) {
    const test = compilePredicate(predicate.not);
    return (event) => !test(event);
  }
  return compileCondition(predicate, compileField(predicate.field));
}

function every(tests: readonly EventTest[]): EventTest {
  const [first, second] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (tests.length === 2) return (event) => first(event) && second(event);
  return (event) => {
    for (const test of tests) if (!test(event)) return false;
    return true;
  };
}

function some(tests: readonly EventTest[]): EventTest {
  const [first, second] = tests;
  if (first === undefined) return () => false;
  if (second === undefined) return first;
  if (tests.length === 2) return (event) => first(event) || second(event);
  return (event) => {
    for (const test of tests) if (test(event)) return true;
    return false;
  };
}

function compileCondition(condition: FieldCondition, read: FieldReader): EventTest {
  if ('exists' in condition) {
    const { exists } = condition;
    return (event) => {
      const value = read(event);
      return (value !== undefined && value !== null) === exists;
    };
  }
  if ('equals' in condition) {
    const { equals } = condition;
    return (event) => read(event) === equals;
  }
  if ('oneOf' in condition) {
    const { oneOf } = condition;
    return (event) => {
      const value = read(event);
      for (const each of oneOf) if (value === each) return true;
      return false;
    };
  }
  return compileNumber(condition, read) ?? compileText(condition, read) ?? (() => false);
}

function compileNumber(condition: FieldCondition, read: FieldReader): EventTest | undefined {
  const test = (holds: (value: number) => boolean): EventTest => {
    return (event) => {
      const value = read(event);
      return typeof value === 'number' && holds(value);
    };
  };
  if ('lessThan' in condition) return test((value) => value < condition.lessThan);
  if ('atMost' in condition) return test((value) => value <= condition.atMost);
  if ('greaterThan' in condition) return test((value) => value > condition.greaterThan);
  if ('atLeast' in condition) return test((value) => value >= condition.atLeast);
  return undefined;
}

function compileText(condition: FieldCondition, read: FieldReader): EventTest | undefined {
  const test = (holds: (value: string) => boolean): EventTest => {
    return (event) => {
      const value = read(event);
      return typeof value === 'string' && holds(value);
    };
  };
  if ('startsWith' in condition) return test((value) => value.startsWith(condition.startsWith));
  if ('endsWith' in condition) return test((value) => value.endsWith(condition.endsWith));
  if ('contains' in condition) return test((value) => value.includes(condition.contains));
  return undefined;
}
