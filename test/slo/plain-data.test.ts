// Whatever is passed to a definition becomes frozen data that JSON can hold.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, frozenCopy } from '../../slo/plain-data.ts';

it('copies, freezes to the bottom, and leaves the original alone', () => {
  const original = { list: [{ a: 1 }] };
  const copy = frozenCopy(original);
  expect(copy).toEqual(original);
  expect(copy).not.toBe(original);
  expect(Object.isFrozen(copy.list[0])).toBe(true);
  expect(Object.isFrozen(original.list)).toBe(false);
});

it.each([
  [() => 1, '[function]'],
  [Symbol('s'), '[symbol]'],
  [10n, '[bigint]'],
  [Number.NaN, '[NaN]'],
  [Number.POSITIVE_INFINITY, '[Infinity]'],
  [new Date(0), '[Date]'],
  [new Map(), '[Map]'],
  [undefined, '[undefined]'],
])('writes what JSON cannot hold as text: %s', (value, text) => {
  expect(frozenCopy({ value: [value] })).toEqual(
    value === undefined ? { value: [null] } : { value: [text] },
  );
});

it('leaves out properties that are undefined, and ends cycles and great depths', () => {
  expect(frozenCopy({ a: undefined, b: 1, c: -0 })).toEqual({ b: 1, c: 0 });
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  expect(frozenCopy(cycle)).toEqual({ self: '[cycle]' });
  const shared = { a: 1 };
  expect(frozenCopy([shared, shared])).toEqual([{ a: 1 }, { a: 1 }]);
  let deep: unknown = 'end';
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  expect(JSON.stringify(frozenCopy(deep))).toContain('[too deep]');
});

it('holds once what copies have in common, and ends great depths of copies as well', () => {
  const policy = frozenCopy({ conditions: [{ severity: 'page' }] });
  expect(frozenCopy(policy)).toBe(policy);
  expect(frozenCopy({ policy, name: 'a' }).policy).toBe(policy);
  // Frozen by somebody else, it may not be what a copy is.
  const frozen = Object.freeze({ at: new Date(0) });
  expect(frozenCopy({ frozen })).toEqual({ frozen: { at: '[Date]' } });
  let deep: unknown = 'end';
  for (let depth = 0; depth < 1000; depth += 1) deep = frozenCopy({ deep });
  const text = JSON.stringify(deep);
  expect(text).toContain('[too deep]');
  expect(text.split('{').length - 1).toBe(100);
});

it('gives the same text for equal data, however it was written down', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: 'x' })).toBe('{"a":"x","b":[{"c":2,"d":1}]}');
});

it('survives a JSON round trip whatever it was made of', () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true }),
      (value) => {
        const copy: unknown = frozenCopy({ value });
        expect(JSON.parse(JSON.stringify(copy))).toEqual(copy);
        expect(frozenCopy(copy)).toEqual(copy);
      },
    ),
    { numRuns: 300 },
  );
});
