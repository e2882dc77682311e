import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundPattern,
  readBound,
} from '../../../../collector/sources/prometheus/histogram-bound.ts';
import { compileMatcher } from '../../../../collector/sources/prometheus/label-matcher.ts';
import { compileWholeText } from '../../../../formats/regular-expression.ts';

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
          const pattern = compileWholeText(boundPattern(bound));
          const plain = String(bound);
          const padded = plain.includes('e')
            ? plain
            : `${plain}${plain.includes('.') ? '' : '.'}${'0'.repeat(zeros)}`;
          for (const text of [plain, padded, front + plain, bound.toExponential()])
            expect(pattern.matches(text)).toBe(true);
        },
      ),
    );
    expect(compileWholeText(boundPattern(0.5)).matches('.5')).toBe(true);
    expect(compileWholeText(boundPattern(0.5)).matches('0.25')).toBe(false);
    expect(compileWholeText(boundPattern(1)).matches('1.0')).toBe(true);
    expect(compileWholeText(boundPattern(1)).matches('10')).toBe(false);
    expect(compileWholeText(boundPattern(Infinity)).matches('+Inf')).toBe(true);
  });
});
