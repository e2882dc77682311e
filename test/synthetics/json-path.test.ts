import { describe, expect, it } from 'vitest';
import { parseJsonPath, valueAt } from '../../synthetics/json-path.ts';

const document = {
  items: [{ name: 'a', n: 1 }, { name: 'b' }],
  'odd key': { "it's": true },
  none: null,
};

function at(path: string): unknown {
  const parsed = parseJsonPath(path);
  if (parsed === undefined) throw new Error(`no path: ${path}`);
  return valueAt(document, parsed);
}

describe('a JSON path', () => {
  it.each([
    ['$', document],
    ['$.items[0].name', 'a'],
    ['$.items[-1].name', 'b'],
    ['$.items[*].name', ['a', 'b']],
    ['$.items[*].n', [1]],
    ["$['odd key']['it\\'s']", true],
    ['$["odd key"]', { "it's": true }],
    ['$.none', null],
    ['$.items[7]', undefined],
    ['$.items.length', undefined],
    ['$.toString', undefined],
    ['$.none.more', undefined],
  ])('%s gives what is there', (path, value) => {
    expect(at(path)).toEqual(value);
  });

  it.each([
    '',
    'status',
    '.status',
    '$.',
    '$..a',
    '$.a b',
    '$[',
    '$[a]',
    '$.a[1',
    `$.${'a'.repeat(500)}`,
  ])('refuses %s', (path) => {
    expect(parseJsonPath(path)).toBeUndefined();
  });
});
