import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundPattern,
  readBound,
} from '../../../../collector/sources/prometheus/histogram-bound.ts';
import {
  compileMatcher,
  escapePattern,
} from '../../../../collector/sources/prometheus/label-matcher.ts';
import {
  PatternError,
  translatePattern,
} from '../../../../collector/sources/prometheus/re2-pattern.ts';

describe('label matchers', () => {
  it('take a missing label for the empty text', () => {
    expect(compileMatcher({ name: 'code', operator: '=', value: '' })({})).toBe(true);
    expect(compileMatcher({ name: 'code', operator: '!=', value: '200' })({})).toBe(true);
    expect(compileMatcher({ name: 'code', operator: '=~', value: '5..' })({})).toBe(false);
    expect(compileMatcher({ name: 'code', operator: '=~', value: '(5..)?' })({})).toBe(true);
    expect(compileMatcher({ name: 'code', operator: '!~', value: '5..' })({})).toBe(true);
  });

  it('anchor patterns at both ends', () => {
    const matches = compileMatcher({ name: 'code', operator: '=~', value: '5|50' });
    expect([matches({ code: '5' }), matches({ code: '500' }), matches({ code: '15' })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('RE2 patterns', () => {
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
  ])('%s on %j is %s', (pattern, text, expected) => {
    expect(translatePattern(pattern).test(text)).toBe(expected);
  });

  it.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(a)\\1',
    '[[:alpha:]]',
    '\\Aa',
    'a\\z',
    '\\pL',
    'a++',
    '(',
    'a\\',
  ])('%s is refused', (pattern) => {
    expect(() => translatePattern(pattern)).toThrow(PatternError);
  });

  it('escaped texts match themselves and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(translatePattern(escapePattern(a)).test(b)).toBe(a === b);
        expect(translatePattern(escapePattern(a)).test(a)).toBe(true);
      }),
    );
  });
});

describe('histogram bounds', () => {
  it('are numbers, whatever their text', () => {
    expect(['0.5', '0.50', '5e-1', '.5', '+0.5'].map(readBound)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(['+Inf', 'Inf', '-inf', '1.0', ''].map(readBound)).toEqual([
      Infinity,
      Infinity,
      -Infinity,
      1,
      NaN,
    ]);
  });

  it('are asked for with a pattern that no text of theirs escapes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        fc.nat(3),
        fc.constantFrom('', '+', '0'),
        (bound, zeros, front) => {
          const pattern = translatePattern(boundPattern(bound));
          const plain = String(bound);
          const padded = plain.includes('e')
            ? plain
            : `${plain}${plain.includes('.') ? '' : '.'}${'0'.repeat(zeros)}`;
          for (const text of [plain, padded, front + plain, bound.toExponential()])
            expect(pattern.test(text)).toBe(true);
        },
      ),
    );
    expect(translatePattern(boundPattern(0.5)).test('.5')).toBe(true);
    expect(translatePattern(boundPattern(0.5)).test('0.25')).toBe(false);
    expect(translatePattern(boundPattern(1)).test('1.0')).toBe(true);
    expect(translatePattern(boundPattern(1)).test('10')).toBe(false);
    expect(translatePattern(boundPattern(Infinity)).test('+Inf')).toBe(true);
  });
});
