// Latencies as people write them, '250ms' or '0.5s', exact.
import { type Fraction, fraction, multiply, parseDecimal, toNumber } from './decimal.ts';

/** Latency text: a plain decimal with the unit us, ms or s. */
export type LatencyText = `${number}${'us' | 'ms' | 's'}`;

/** What a stored latency is counted in. */
export type LatencyUnit = 'seconds' | 'milliseconds';

const LATENCY = /^([\d.]{1,13})(us|ms|s)$/;
const PER_SECOND = { us: 1_000_000, ms: 1000, s: 1 } as const;

/** Seconds of latency text, exactly; undefined when it is not one or is zero. */
export function parseLatency(text: string): Fraction | undefined {
  const match = LATENCY.exec(text);
  const value = parseDecimal(match?.[1] ?? '');
  if (value === undefined || value.num === 0) return undefined;
  const perSecond = PER_SECOND[match?.[2] as keyof typeof PER_SECOND];
  const scaled = value.den * perSecond;
  return Number.isSafeInteger(scaled) ? fraction(value.num, scaled) : undefined;
}

/** The number of units in a latency, the float next to it: 1/4 s in milliseconds is 250. */
export function latencyIn(unit: LatencyUnit, seconds: Fraction): number {
  return toNumber(unit === 'seconds' ? seconds : multiply(seconds, fraction(1000, 1)));
}
