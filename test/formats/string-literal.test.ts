// A literal reads back as its text, and can stand on a line of YAML whatever the text is.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { formatStringLiteral, parseStringLiteral } from '../../formats/string-literal.ts';

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u0085', '\u2028', '\u2029', '\uFEFF', 'é'),
  }),
);

it('reads back as the text', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(parseStringLiteral(formatStringLiteral(text))).toBe(text);
    }),
  );
});

it('is one line, also for those who take NEL, LS and PS for the ends of one', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const literal = formatStringLiteral(text);
      expect(literal).not.toMatch(/[\n\r\u0085\u2028\u2029\uFEFF]/);
      expect(parse(`expr: |-\n  ${literal}\n`)).toEqual({ expr: literal });
    }),
  );
});
