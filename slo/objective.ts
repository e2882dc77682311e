// The objective: the target share of good events, exact from its decimal text.
import { type Fraction, fraction, parseDecimal } from './decimal.ts';

/** Objective text as users write it: `'99.95%'`. */
export type ObjectiveText = `${number}%`;

/** A target between 0 and 1, both excluded, with the error budget `1 − target` beside it, both exact. */
export interface Objective {
  /** As written, for people. */
  readonly text: string;
  readonly target: Fraction;
  /** The error budget as a ratio of all events. */
  readonly budget: Fraction;
}

/** The objective of text such as `'99.9%'`; undefined unless it is a plain decimal with `%`, above 0 and below 100. */
export function parseObjective(text: string): Objective | undefined {
  if (!text.endsWith('%')) return undefined;
  const percent = parseDecimal(text.slice(0, -1));
  if (percent === undefined) return undefined;
  const hundred = percent.den * 100;
  if (!Number.isSafeInteger(hundred) || percent.num <= 0 || percent.num >= hundred)
    return undefined;
  return {
    text,
    target: fraction(percent.num, hundred),
    budget: fraction(hundred - percent.num, hundred),
  };
}
