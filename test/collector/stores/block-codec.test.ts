import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBlock, encodeBlock } from '../../../collector/stores/block-codec.ts';
import { addToBlock, createCellBlock } from '../../../collector/stores/cell-block.ts';
import {
  decodeCells,
  decodeCoverage,
  decodeIntervals,
  encodeCells,
  encodeCoverage,
  encodeIntervals,
} from '../../../collector/stores/journal-codec.ts';
import { DamagedBytesError } from '../../../collector/stores/sealed-bytes.ts';
import { createVarintWriter } from '../../../collector/stores/varint.ts';

const out = createVarintWriter();
const count = fc.oneof(
  fc.integer({ min: -200, max: 200 }),
  fc.maxSafeInteger(),
  fc.constantFrom(127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER),
);
const cells = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 100_000 }),
    start: fc.integer({ min: 0, max: 4_000_000 }).map((at) => at * 900),
    width: fc.constantFrom(1 as const, 10 as const, 60 as const, 900 as const),
    total: count,
    bad: count,
  }),
  { maxLength: 40 },
);
const text = (items: readonly object[]): string[] =>
  items.map((each) => JSON.stringify(each)).sort();

describe('counts as bytes', () => {
  test('law: a block comes back as it was, whatever the order of its cells', () => {
    const entries = fc.array(fc.tuple(fc.integer({ min: 0, max: 599 }), count, count));
    fc.assert(
      fc.property(entries, (entries) => {
        const block = createCellBlock();
        for (const [offset, total, bad] of entries) addToBlock(block, offset, total, bad);
        expect(block.offsets).toEqual(block.offsets.toSorted((a, b) => a - b));
        expect(decodeBlock(encodeBlock(block, 'here', out), 'here')).toEqual(block);
      }),
    );
  });

  test('law: the cells and the coverage of a commit come back, in any order', () => {
    fc.assert(
      fc.property(cells, (cells) => {
        expect(text(decodeCells(encodeCells(cells, 'here', out), 'here'))).toEqual(text(cells));
        const coverage = cells.map(({ id, start, width }) => ({
          id,
          from: start,
          to: start + width,
        }));
        const read = decodeCoverage(encodeCoverage(coverage, 'here', out), 'here');
        expect(text(read)).toEqual(text(coverage));
      }),
    );
  });

  test('law: intervals come back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e9 })), (steps) => {
        let at = 0;
        const intervals = steps.map((step) => ({ from: (at += step), to: (at += step) }));
        expect(decodeIntervals(encodeIntervals(intervals, 'here', out), 'here')).toEqual(intervals);
      }),
    );
  });

  test('law: one changed bit, a cut end or another place is found out', () => {
    fc.assert(
      fc.property(cells, fc.nat(), (cells, bit) => {
        const bytes = encodeCells(cells, 'here', out);
        const changed = Buffer.from(bytes);
        const at = bit % (bytes.length * 8);
        changed[at >> 3] = (changed[at >> 3] ?? 0) ^ (1 << (at & 7));
        expect(() => decodeCells(changed, 'here')).toThrow(DamagedBytesError);
        expect(() => decodeCells(bytes.subarray(0, -1), 'here')).toThrow(DamagedBytesError);
        expect(() => decodeCells(bytes, 'there')).toThrow('there does not match its checksum');
      }),
    );
  });

  test('a quiet cell takes two bytes', () => {
    const block = createCellBlock();
    for (let offset = 0; offset < 600; offset++) addToBlock(block, offset, 100, 0);
    expect(encodeBlock(block, 'here', out).length).toBe(4 + 1200);
  });
});
