// Bounds of classic histogram buckets: `le` is a number in text, and the same number has many texts.

/** The number of a bound's text: '0.5', '0.50', '5e-1' and '.5' are one bound. NaN when it is none. */
export function readBound(text: string): number {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}

/** An RE2 pattern that takes every text of the bound, and maybe some others: the server sends less, we judge. */
export function boundPattern(bound: number): string {
  if (!Number.isFinite(bound)) return '[+-]?[iI][nN][fF].*';
  const [whole = '0', decimals = ''] = plainDecimal(Math.abs(bound)).split('.');
  const integer = whole === '0' ? '0*' : `0*${whole}`;
  const fraction = decimals === '' ? '(\\.0*)?' : `\\.${decimals}0*`;
  return `[+-]?${integer}${fraction}|.*[eE].*`;
}

/** A number without exponent: 1e-7 becomes 0.0000001. */
function plainDecimal(value: number): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', decimals = ''] = mantissa.split('.');
  const digits = whole + decimals;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`.replace(/\.?0+$/, '') || '0';
  if (point >= digits.length) return digits + '0'.repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
