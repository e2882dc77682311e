import { describe, expect, it } from 'vitest';
import { isGoCharacter, isGoNumber } from '../../formats/go-constant.ts';

describe('a number of Go', () => {
  it.each(
    '0 7 -12 +3 1_000 0x1F 0b1_01 0o17 017 1.5 .5 1. 1e3 1.5e-3 0x1p4 2i 1.5i 18446744073709551615 -9223372036854775808'.split(
      ' ',
    ),
  )('%s', (text) => expect(isGoNumber(text)).toBe(true));

  it.each(
    '08 1__0 0x 0b2 1_ _1 1e e1 18446744073709551616 -9223372036854775809 1e999 x'.split(' '),
  )('not %s', (text) => expect(isGoNumber(text)).toBe(false));
});

describe('a character of Go', () => {
  it.each([
    "'a'",
    "'ü'",
    "'😀'",
    String.raw`'\n'`,
    String.raw`'\''`,
    String.raw`'\x41'`,
    String.raw`'\u00e4'`,
  ])('%s', (text) => expect(isGoCharacter(text)).toBe(true));

  it.each(["''", "'ab'", "'''", String.raw`'\q'`, String.raw`'\x4'`, String.raw`'\777'`, "'a"])(
    'not %s',
    (text) => expect(isGoCharacter(text)).toBe(false),
  );
});
