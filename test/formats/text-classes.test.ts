import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followPattern, type TextClass, textClasses } from '../../formats/text-classes.ts';

const plenty = () => ({ left: 10_000_000 });
const signs = (classes: readonly TextClass[] | undefined): readonly string[] =>
  (classes ?? []).map(({ text, matched }) => `${text} ${matched.map(Number).join('')}`).sort();

describe('classes of texts', () => {
  it.each([
    [
      ['^(?:web-.*)$', '^(?:web-api-.*)$'],
      [' 00', 'web- 10', 'web-api- 11'],
    ],
    [
      ['^(?:5..)$', '^(?:50[0-9])$'],
      [' 00', '5-x 10', '500 11'],
    ],
    [
      ['^(?:(?i)k)$', '^(?:\u212a)$'],
      [' 00', 'K 10', '\u212a 11'],
    ],
    [['^(?:.*)$'], [' 1']],
    [['a'], [' 0', 'a 1']],
    [
      ['$^', 'b^'],
      [' 10', '0 00'],
    ],
    [[], [' ']],
  ])('of %j are %j', (patterns, expected) => {
    expect(signs(textClasses(patterns.map(followPattern), plenty()))).toEqual(expected);
  });

  const atoms = fc.constantFrom('a', 'b', '[ab]', '[^a]', '.', '(?i:A)', '^', '$', '');
  const pattern: fc.Arbitrary<string> = fc.letrec<{ whole: string; part: string }>((tie) => ({
    whole: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      tie('part'),
      fc.tuple(tie('whole'), tie('whole')).map(([left, right]) => `${left}|${right}`),
      fc.tuple(tie('whole'), tie('whole')).map(([left, right]) => `(?:${left})(?:${right})`),
      fc
        .tuple(tie('whole'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}?'))
        .map(([left, many]) => `(?:${left})${many}`),
    ),
    part: fc.array(atoms, { maxLength: 3 }).map((each) => each.join('')),
  })).whole;
  const patterns = fc.array(
    fc.oneof(
      pattern,
      pattern.map((each) => `^(?:${each})$`),
    ),
    { maxLength: 3 },
  );

  it('are those of all short texts, each shown by the shortest of them', () => {
    const texts = shortTexts('abA-', 5);
    fc.assert(
      fc.property(patterns, (written) => {
        const classes = textClasses(written.map(followPattern), plenty());
        const compiled = written.map(asJavaScript);
        const matchedBy = (text: string): readonly boolean[] =>
          compiled.map((each) => each.test(text));
        for (const { text, matched } of classes ?? []) expect(matchedBy(text)).toEqual(matched);
        const lengths = new Map(
          classes?.map(({ text, matched }) => [matched.join(), text.length] as const),
        );
        const shortest = new Map<string, number>();
        for (const text of texts) {
          const key = matchedBy(text).join();
          if (!shortest.has(key)) shortest.set(key, text.length);
        }
        for (const [key, length] of shortest) expect(lengths.get(key)).toBe(length);
      }),
      { numRuns: 1500 },
    );
  });

  it.each(['\\bfoo', 'fo\\B', '(?i)é'])('are not known where %s is asked for', (written) => {
    expect(textClasses([followPattern(written)], plenty())).toBeUndefined();
  });

  it('are not known after so much effort', () => {
    const many = Array.from({ length: 14 }, (_, index) => followPattern(`k${index}`));
    const effort = { left: 100_000 };
    expect(textClasses(many, effort)).toBeUndefined();
    expect(effort.left).toBeLessThan(0);
    expect(textClasses(many.slice(0, 4), plenty())).toHaveLength(16);
  });

  it('are not asked of what is no pattern', () => {
    expect(() => followPattern('(')).toThrow('(');
  });
});

/** All texts of some letters up to a length, the shorter first. */
function shortTexts(letters: string, longest: number): readonly string[] {
  const all = [''];
  let last = [''];
  for (let length = 1; length <= longest; length += 1) {
    last = last.flatMap((text) => Array.from(letters, (letter) => text + letter));
    all.push(...last);
  }
  return all;
}

/** An opinion of its own: JavaScript's, which has no flags within a pattern. */
function asJavaScript(written: string): RegExp {
  return new RegExp(written.replaceAll('(?i:A)', '[aA]'), 'su');
}
