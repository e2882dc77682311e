import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecretMask } from '../../synthetics/secret-mask.ts';

describe('a mask', () => {
  it('hides a secret in each form in which it may come back', () => {
    const mask = createSecretMask();
    mask.add('p"w/ö');
    const base64 = Buffer.from('p"w/ö').toString('base64');
    expect(mask.text(`a p"w/ö b p\\"w/ö c p%22w%2F%C3%B6 d ${base64}`)).toBe(
      'a (hidden) b (hidden) c (hidden) d (hidden)',
    );
  });

  it('hides the longer of two secrets whole', () => {
    const mask = createSecretMask();
    mask.add('token');
    mask.add('token-of-admin');
    expect(mask.text('token-of-admin')).toBe('(hidden)');
  });

  it('leaves no secret in any data', () => {
    const secret = fc.string({ minLength: 8, maxLength: 20, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(secret, fc.jsonValue(), (value, data) => {
        const mask = createSecretMask();
        mask.add(value);
        const masked = mask.data({ data, text: `before ${value} after`, list: [value] });
        expect(masked.text).toBe('before (hidden) after');
        expect(masked.list).toEqual(['(hidden)']);
      }),
      { numRuns: 200 },
    );
  });

  it('hides the beginning of a secret that was cut, wherever a text may be cut', () => {
    const secret = 'open-sesame-1234567890';
    const mask = createSecretMask();
    mask.add(secret);
    for (const end of ['', '…', "'…", '"', '…"'])
      for (let kept = 3; kept < secret.length; kept += 1)
        expect(mask.text(`${'x '.repeat(60)}${secret.slice(0, kept)}${end}`)).toBe(
          `${'x '.repeat(60)}(hidden)${end}`,
        );
    expect(mask.text('what is short was not cut: open')).toBe('what is short was not cut: open');
  });
});
