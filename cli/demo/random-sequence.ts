// A repeatable sequence of random numbers: the same seed gives the same shop.

export interface RandomSequence {
  /** The next number, 0 ≤ x < 1. */
  next(): number;
  /** A count whose mean is `expected`, as independent events have it; 0 for 0. */
  poisson(expected: number): number;
}

/** Past this mean the normal distribution is close enough, and much quicker. */
const NORMAL_FROM = 50;

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for traffic, unfit for secrets. */
export function createRandomSequence(seed: number): RandomSequence {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** Knuth: multiply uniform numbers until the product falls below e^−mean. */
  const few = (expected: number): number => {
    const limit = Math.exp(-expected);
    let count = 0;
    for (let product = next(); product > limit; product *= next()) count += 1;
    return count;
  };
  /** Box and Muller. */
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    poisson: (expected) =>
      expected < NORMAL_FROM
        ? few(expected)
        : Math.max(0, Math.round(expected + Math.sqrt(expected) * normal())),
  };
}
