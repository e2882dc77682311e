// Exact decimals: text such as '99.95' becomes a fraction of integers and is never a float.

/** `num / den`, reduced, `den > 0`; both are safe integers. */
export interface Fraction {
  readonly num: number;
  readonly den: number;
}

const DECIMAL = /^(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * Parses plain decimal text (no sign, exponent or spaces), `'14.4'` → 72/5.
 * Returns undefined for any other text, and for more than 12 significant digits, past which products leave 2^53.
 */
export function parseDecimal(text: string): Fraction | undefined {
  if (!DECIMAL.test(text) || text.replace('.', '').length > 12) return undefined;
  const point = text.indexOf('.');
  const places = point < 0 ? 0 : text.length - point - 1;
  return fraction(Number(text.replace('.', '')), 10 ** places);
}

/** The reduced fraction of two non-negative integers. @throws RangeError when either is not a safe integer or den is 0. */
export function fraction(num: number, den: number): Fraction {
  if (!Number.isSafeInteger(num) || !Number.isSafeInteger(den) || den <= 0)
    throw new RangeError(`not a fraction of safe integers: ${num}/${den}`);
  let [a, b] = [Math.abs(num), den];
  while (b !== 0) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}

/** The exact product. @throws RangeError when it leaves the safe integers. */
export function multiply(a: Fraction, b: Fraction): Fraction {
  const left = fraction(a.num, b.den);
  const right = fraction(b.num, a.den);
  return fraction(left.num * right.num, left.den * right.den);
}

/** The float next to the fraction, for people and charts; never for a decision. */
export function toNumber(value: Fraction): number {
  return value.num / value.den;
}

/**
 * Whether `part / whole > limit`, exactly: integers are compared, `part·den > num·whole`.
 * An empty whole exceeds nothing.
 */
export function exceeds(part: number, whole: number, limit: Fraction): boolean {
  const left = part * limit.den;
  const right = limit.num * whole;
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left > right;
  return BigInt(part) * BigInt(limit.den) > BigInt(limit.num) * BigInt(whole);
}
