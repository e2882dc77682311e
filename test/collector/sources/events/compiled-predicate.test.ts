// The compiled predicate and the field reader agree with slo/predicate.ts on any event.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches, type Predicate } from '../../../../slo/predicate.ts';
import { compilePredicate } from '../../../../collector/sources/events/compiled-predicate.ts';
import { compileField, type JsonObject } from '../../../../collector/sources/events/event-field.ts';

const names = ['status', 'http.status', 'http', 'a.b.c', '__proto__', 'constructor', 'toString'];
const field = fc.constantFrom(...names);
const scalar = fc.oneof(
  fc.constantFrom(200, 500, 0.5, '', 'ok', 'bad', true),
  fc.double(),
  fc.string(),
);
const bound = fc.oneof(fc.constantFrom(200, 500), fc.double({ noNaN: true }));
const text = fc.constantFrom('', 'o', 'ok', 'k', 'bad');

const condition: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({ field, equals: scalar }),
  fc.record({ field, oneOf: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ field, lessThan: bound }),
  fc.record({ field, atMost: bound }),
  fc.record({ field, greaterThan: bound }),
  fc.record({ field, atLeast: bound }),
  fc.record({ field, startsWith: text }),
  fc.record({ field, endsWith: text }),
  fc.record({ field, contains: text }),
  fc.record({ field, exists: fc.boolean() }),
);
const predicate = fc.letrec<{ node: Predicate }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    condition,
    fc.record({ all: fc.array(tie('node'), { maxLength: 4 }) }),
    fc.record({ any: fc.array(tie('node'), { maxLength: 4 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node;

const value = fc.oneof(scalar, fc.constant(null), fc.array(scalar, { maxLength: 2 }));
const event = fc
  .dictionary(
    field,
    fc.oneof(value, fc.dictionary(fc.constantFrom('status', 'b', 'length'), value)),
  )
  .map((object) => JSON.parse(JSON.stringify(object)) as JsonObject);

describe('a compiled predicate', () => {
  it('answers as matches() does, for every predicate and event', () => {
    fc.assert(
      fc.property(predicate, event, (predicate, event) => {
        const read = (name: string): unknown => compileField(name)(event);
        expect(compilePredicate(predicate)(event)).toBe(matches(predicate, read));
      }),
      { numRuns: 3000 },
    );
  });

  it('holds or not as the field is missing or of another type', () => {
    const slow: Predicate = { field: 'duration', greaterThan: 300 };
    expect(compilePredicate(slow)({})).toBe(false);
    expect(compilePredicate({ not: slow })({})).toBe(true);
    expect(compilePredicate(slow)({ duration: '900' })).toBe(false);
    expect(compilePredicate(slow)({ duration: 301 })).toBe(true);
  });
});

describe('a field of an event', () => {
  it('is reached through nested objects, or by a key that has the dots itself', () => {
    const read = compileField('http.status');
    expect(read({ http: { status: 500 } })).toBe(500);
    expect(read({ 'http.status': 501, http: { status: 500 } })).toBe(501);
  });

  it('is absent when the sender did not write it, whatever every object inherits', () => {
    for (const name of [
      '__proto__',
      'constructor',
      'toString',
      'a.constructor',
      'constructor.name',
    ])
      expect(compileField(name)({ a: {} })).toBeUndefined();
    expect(compileField('length')(JSON.parse('{"length":3}') as JsonObject)).toBe(3);
    expect(compileField('__proto__.x')(JSON.parse('{"__proto__":{"x":1}}') as JsonObject)).toBe(1);
  });

  it('is never reached inside an array or a text', () => {
    expect(compileField('list.0')({ list: [1] })).toBeUndefined();
    expect(compileField('list.length')({ list: [1] })).toBeUndefined();
    expect(compileField('text.length')({ text: 'abc' })).toBeUndefined();
    expect(compileField('gone.x')({ gone: null })).toBeUndefined();
  });
});
