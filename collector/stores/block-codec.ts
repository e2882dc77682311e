// A block of cells as sealed bytes, two or three for a quiet cell, read back at tens of millions of cells a second.
import { type CellBlock, createCellBlock } from './cell-block.ts';
import { CONTENT_AT, DamagedBytesError, checkSeal } from './sealed-bytes.ts';
import type { VarintReader, VarintWriter } from './varint.ts';

// Flags of one cell, below the number of empty cells before it.
const BAD = 1;
const NEGATIVE_TOTAL = 2;
const NEGATIVE_BAD = 4;
const FLAGS = 8;

export function encodeBlock(
  { offsets, totals, bads }: CellBlock,
  place: string,
  out: VarintWriter,
): Buffer {
  let next = 0;
  for (let index = 0; index < offsets.length; index++) {
    const offset = offsets[index] ?? 0;
    writeCounts(out, offset - next, totals[index] ?? 0, bads[index] ?? 0);
    next = offset + 1;
  }
  return out.seal(place);
}

/** Visits the cells of an encoded block in order. @throws DamagedBytesError */
export function visitBlock(
  bytes: Uint8Array,
  place: string,
  visit: (offset: number, total: number, bad: number) => void,
): void {
  checkSeal(bytes, place);
  // Written out instead of built from a reader: this loop decides how long a restart takes.
  let at = CONTENT_AT;
  let next = 0;
  const rest = (first: number): number => {
    let value = first & 0x7f;
    for (let scale = 128; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new DamagedBytesError(place);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    let head = bytes[at++] ?? 0;
    if (head >= 0x80) head = rest(head);
    let total = bytes[at++] ?? 0;
    if (total >= 0x80) total = rest(total);
    let bad = 0;
    if ((head & BAD) !== 0) {
      bad = bytes[at++] ?? 0;
      if (bad >= 0x80) bad = rest(bad);
    }
    const offset = next + (head >>> 3);
    next = offset + 1;
    visit(
      offset,
      (head & NEGATIVE_TOTAL) === 0 ? total : -total,
      (head & NEGATIVE_BAD) === 0 ? bad : -bad,
    );
  }
}

/** @throws DamagedBytesError */
export function decodeBlock(bytes: Uint8Array, place: string): CellBlock {
  const block = createCellBlock();
  visitBlock(bytes, place, (offset, total, bad) => {
    block.offsets.push(offset);
    block.totals.push(total);
    block.bads.push(bad);
  });
  return block;
}

/** One cell: the gap to the one before it, then its counts. */
export function writeCounts(out: VarintWriter, gap: number, total: number, bad: number): void {
  const flags =
    (bad === 0 ? 0 : BAD) + (total < 0 ? NEGATIVE_TOTAL : 0) + (bad < 0 ? NEGATIVE_BAD : 0);
  out.write(gap * FLAGS + flags);
  out.write(Math.abs(total));
  if (bad !== 0) out.write(Math.abs(bad));
}

export function readCounts(input: VarintReader): {
  readonly gap: number;
  readonly total: number;
  readonly bad: number;
} {
  const head = input.read();
  const total = input.read();
  const bad = (head & BAD) === 0 ? 0 : input.read();
  return {
    gap: Math.floor(head / FLAGS),
    total: (head & NEGATIVE_TOTAL) === 0 ? total : -total,
    bad: (head & NEGATIVE_BAD) === 0 ? bad : -bad,
  };
}
