// Sets of small numbers as bits: what thousands of values leave open is told in a few words.

export type BitSet = Readonly<Uint32Array>;

export const NO_BITS: BitSet = new Uint32Array(0);

/** The positions that hold true. */
export function bitSet(members: readonly boolean[]): BitSet {
  const bits = new Uint32Array(Math.ceil(members.length / 32));
  for (const [index, member] of members.entries())
    if (member) bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
  return bits;
}

export const hasBit = (set: BitSet, index: number): boolean =>
  (((set[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;

export const isEmpty = (set: BitSet): boolean => set.every((word) => word === 0);

export const overlaps = (a: BitSet, b: BitSet): boolean =>
  a.some((word, index) => (word & (b[index] ?? 0)) !== 0);

/** Those of the first set that are not in the second. */
export const without = (a: BitSet, b: BitSet): BitSet =>
  a.map((word, index) => word & ~(b[index] ?? 0));
