// Sets of small numbers as bits: which of thousands of values are left is told in a few words.

export interface BitSet {
  readonly words: Readonly<Uint32Array>;
  /** The first word that is not zero, and the one after the last; equal when the set is empty. */
  readonly from: number;
  readonly to: number;
}

export const NO_BITS: BitSet = { words: new Uint32Array(0), from: 0, to: 0 };

/** Of numbers below `size`. */
export function bitSet(size: number, members: Iterable<number>): BitSet {
  const words = new Uint32Array(Math.ceil(size / 32));
  for (const member of members)
    words[member >>> 5] = (words[member >>> 5] ?? 0) | (1 << (member & 31));
  return bounded(words);
}

function bounded(words: Uint32Array): BitSet {
  const from = words.findIndex((word) => word !== 0);
  return from < 0
    ? { words, from: 0, to: 0 }
    : { words, from, to: words.findLastIndex((word) => word !== 0) + 1 };
}

export const hasBit = ({ words }: BitSet, member: number): boolean =>
  (((words[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1;

/** How much of the first set is in the second; of an empty set nothing is. Mostly looks at a word or two. */
export function shareOf(set: BitSet, other: BitSet): 'none' | 'some' | 'all' {
  let inside = false;
  let outside = set.from < other.from || set.to > other.to;
  const to = Math.min(set.to, other.to);
  for (let word = Math.max(set.from, other.from); word < to; word += 1) {
    const [bits, others] = [set.words[word] ?? 0, other.words[word] ?? 0];
    inside ||= (bits & others) !== 0;
    outside ||= (bits & ~others) !== 0;
    if (inside && outside) return 'some';
  }
  return inside ? 'all' : 'none';
}

/** Those of the first set that are not in the second. */
export const without = (set: BitSet, other: BitSet): BitSet =>
  bounded(set.words.map((word, index) => word & ~(other.words[index] ?? 0)));
