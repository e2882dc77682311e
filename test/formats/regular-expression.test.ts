import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileAnchored,
  compileWholeText,
  escapePattern,
} from '../../formats/regular-expression.ts';

describe('whole-text patterns', () => {
  it.each([
    ['(?i)get|post', 'POST', true],
    ['a.c', 'a\nc', true],
    ['\\S+', 'a\u00a0b', true],
    ['\\s', '\u00a0', false],
    ['[\\s]', '\t', true],
    ['(?P<verb>GET)', 'GET', true],
    ['/v{id}', '/v{id}', true],
    ['a{2}', 'aa', true],
    ['[]a]', ']', true],
    ['a\\-b\\_c', 'a-b_c', true],
    ['a\\/b', 'a/b', true],
    ['[a\\-z]', '-', true],
    ['.', '😀', true],
    ['', '', true],
    ['[[:alpha:]]', 'x', true],
    ['\\Aa\\z', 'a', true],
    ['\\pL', 'é', true],
    ['(?U)a+', 'aa', true],
  ])('%s on %j is %s', (pattern, text, expected) => {
    expect(compileWholeText(pattern).matches(text)).toBe(expected);
  });

  it.each(['(?=a)', '(?!a)', '(?<=a)b', '(a)\\1', 'a++', 'a{1001}', 'a)(b', '\\C', '(', 'a\\'])(
    '%s is refused',
    (pattern) => {
      expect(() => compileWholeText(pattern)).toThrow(SyntaxError);
    },
  );

  it('escaped texts match themselves and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(compileWholeText(escapePattern(a)).matches(b)).toBe(a === b);
        expect(compileWholeText(escapePattern(a)).matches(a)).toBe(true);
      }),
    );
  });
});

it.each([
  ['a)|(?:b', 'axyz', true],
  ['a)|(?:b', 'zb', true],
  ['a)|(?:b', 'zbz', false],
  ['a)(b', 'ab', true],
  ['a|b', 'ab', false],
  ['a.c', 'a\nc', false],
])('between anchors, as Alertmanager has it, %s on %j is %s', (pattern, text, expected) => {
  expect(compileAnchored(pattern).matches(text)).toBe(expected);
});
