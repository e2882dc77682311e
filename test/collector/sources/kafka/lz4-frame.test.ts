// LZ4 frames: what other implementations write is read; what is broken, or too large, is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompressLz4Frame } from '../../../../collector/sources/kafka/lz4-frame.ts';

const LIMIT = 1 << 20;

/** A frame around blocks that are compressed already; `stored` blocks are copied as they are. */
function frame(
  blocks: readonly { readonly bytes: Uint8Array; readonly stored?: boolean }[],
  flags = 0x60,
): Buffer {
  const size = (length: number, stored: boolean): Buffer => {
    const header = Buffer.alloc(4);
    header.writeUInt32LE((stored ? 0x80000000 : 0) + length);
    return header;
  };
  const checksum = (flags & 0x10) !== 0 ? [Buffer.alloc(4, 7)] : [];
  return Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, 0x40]),
    ...((flags & 0x08) !== 0 ? [Buffer.alloc(8)] : []),
    Buffer.from([0x00]),
    ...blocks.flatMap(({ bytes, stored = false }) => [
      size(bytes.length, stored),
      Buffer.from(bytes),
      ...checksum,
    ]),
    Buffer.alloc(4),
    ...((flags & 0x04) !== 0 ? [Buffer.alloc(4, 9)] : []),
  ]);
}

/** Length bytes after a nibble of 15. */
const more = (length: number): number[] => {
  const bytes: number[] = [];
  let left = length - 15;
  for (; left >= 255; left -= 255) bytes.push(255);
  return [...bytes, left];
};

/** One sequence: literals, then a match of at least 4. */
function sequence(literals: Uint8Array, distance: number, length: number): number[] {
  const [high, low] = [Math.min(15, literals.length), Math.min(15, length - 4)];
  return [
    (high << 4) | low,
    ...(high === 15 ? more(literals.length) : []),
    ...literals,
    distance & 0xff,
    distance >> 8,
    ...(low === 15 ? more(length - 4) : []),
  ];
}

const last = (literals: Uint8Array): number[] => [
  Math.min(15, literals.length) << 4,
  ...(literals.length >= 15 ? more(literals.length) : []),
  ...literals,
];

describe('an LZ4 frame', () => {
  it('is read with literals, overlapping and distant matches of any length', () => {
    const step = fc.record({
      literals: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      back: fc.nat(),
      length: fc.integer({ min: 4, max: 600 }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 8 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(0x60, 0x40, 0x64, 0x70, 0x68),
        (steps, tail, flags) => {
          const plain: number[] = [];
          const block: number[] = [];
          for (const { literals, back, length } of steps) {
            plain.push(...literals);
            const distance = 1 + (back % plain.length);
            block.push(...sequence(literals, distance, length));
            for (let each = 0; each < length; each += 1)
              plain.push(plain[plain.length - distance] ?? 0);
          }
          block.push(...last(tail));
          plain.push(...tail);
          const bytes = frame([{ bytes: Uint8Array.from(block) }], flags);
          expect(decompressLz4Frame(bytes, LIMIT).equals(Buffer.from(plain))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('may have stored blocks, blocks that look back into earlier ones, and frames that follow', () => {
    const hello = Buffer.from('hello hello ');
    const linked = Uint8Array.from([
      ...sequence(Buffer.from('!'), 13, 12),
      ...last(Buffer.from('?')),
    ]);
    const one = frame([{ bytes: hello, stored: true }, { bytes: linked }], 0x40);
    expect(decompressLz4Frame(Buffer.concat([one, one]), LIMIT).toString()).toBe(
      'hello hello !hello hello ?'.repeat(2),
    );
    expect(decompressLz4Frame(frame([]), LIMIT)).toHaveLength(0);
  });

  it('is refused when it is broken, whatever is wrong with it', () => {
    const good = frame([
      {
        bytes: Uint8Array.from([
          ...sequence(Buffer.from('abcd'), 4, 30),
          ...last(Buffer.from('end')),
        ]),
      },
    ]);
    for (let cut = 1; cut < good.length - 4; cut += 1)
      expect(() => decompressLz4Frame(good.subarray(0, cut), LIMIT)).toThrow(RangeError);
    expect(() =>
      decompressLz4Frame(
        frame([{ bytes: Uint8Array.from(sequence(Buffer.from('a'), 9, 4)) }]),
        LIMIT,
      ),
    ).toThrow(/before the content/);
    expect(() => decompressLz4Frame(frame([], 0x61), LIMIT)).toThrow(/dictionary/);
    expect(() => decompressLz4Frame(Buffer.from('nonsense'), LIMIT)).toThrow(/not an LZ4/);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (noise, at) => {
        const bent = Buffer.from(good);
        for (const [index, byte] of noise.entries())
          bent[7 + ((at + index * 7) % (bent.length - 7))] = byte;
        try {
          expect(decompressLz4Frame(bent, LIMIT).length).toBeLessThanOrEqual(LIMIT);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('stops at the limit, whatever a small frame promises', () => {
    const bomb = frame([
      {
        bytes: Uint8Array.from([
          ...sequence(Buffer.from('a'), 1, 5_000_000),
          ...last(Buffer.from('b')),
        ]),
      },
    ]);
    expect(bomb.length).toBeLessThan(30_000);
    expect(() => decompressLz4Frame(bomb, LIMIT)).toThrow(/more than/);
  });
});
