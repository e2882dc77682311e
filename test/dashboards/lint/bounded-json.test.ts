// Any JSON is read or told to be wrong at its place, and none of it ends the program.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBoundedJson } from '../../../dashboards/lint/bounded-json.ts';

const problemOf = (text: string, limits = {}) => {
  const read = readBoundedJson(text, limits);
  return 'problem' in read ? read.problem : undefined;
};

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 1, 2), (text, indent) => {
      const value: unknown = JSON.parse(text);
      expect(readBoundedJson(JSON.stringify(value, undefined, indent))).toEqual({ value });
    }),
    { numRuns: 300 },
  );
});

it('refuses what JSON.parse refuses, and nothing else', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '\\',
    '1',
    '-',
    '01',
    '1.',
    '1e5',
    'true',
    'nul',
    ' ',
    '\n',
    '"\\u00e9"',
    '"\\x"',
    '\u0001',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const text = parts.join('');
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
      }
      expect('value' in readBoundedJson(text)).toBe(parses);
    }),
    { numRuns: 3000 },
  );
});

describe('what is wrong is told with its place', () => {
  it.each([
    ['{"panels": [1, {"title": "a"\n "id": 2}]}', '$.panels[1].title', 2, 2],
    ['{"panels": [1, 2', '$.panels[1]', 1, 17],
    ['', '$', 1, 1],
    ['{"a": 1} x', '$', 1, 10],
    ['{"a b": [nul]}', '$["a b"][0]', 1, 10],
    ['{a: 1}', '$', 1, 2],
  ])('%s', (text, path, line, column) => {
    expect(problemOf(text)).toMatchObject({ path, line, column });
  });
});

it('is not ended by depth', () => {
  const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
  expect(problemOf(deep)?.message).toContain('deeper than 100 levels');
  expect(problemOf('[[[1]]]', { depth: 2 })).toMatchObject({ path: '$[0][0]', column: 3 });
});

it('does not read more than it is allowed to', () => {
  expect(problemOf('[1,2,3]', { characters: 6 })?.message).toContain('7 characters');
});

it('reads past a byte order mark', () => {
  expect(readBoundedJson('\uFEFF{}')).toEqual({ value: {} });
});
