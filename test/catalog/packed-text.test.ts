// A packed text is the text, however long it is and whatever is in it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packArtifact, packText } from '../../catalog/packed-text.ts';

it('gives the text again, each time', () => {
  // A lone half of a surrogate pair is no text that a file could hold.
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40_000 }), (piece, length) => {
      const whole = (piece + '{"a": 1}\n').repeat(Math.ceil(length / (piece.length + 9)));
      const unpack = packText(whole);
      expect([unpack(), unpack()]).toEqual([whole, whole]);
    }),
    { numRuns: 60 },
  );
});

it('keeps the rest of an artifact as it is', () => {
  const artifact = { path: 'a.json', kind: 'rules', sources: ['b'], text: 'x'.repeat(100_000) };
  expect(packArtifact(artifact)).toEqual(artifact);
});
