// When a check is due: a grid of its period, shifted by an offset of its own, so that checks do not all run at once.
import type { Check } from '../check.ts';
import { textHash } from '../text-hash.ts';

export type Scheduled = Pick<Check, 'id' | 'everySeconds' | 'jitter'>;

/**
 * Milliseconds after the beginning of each period at which a check is due, 0 to jitter × period. It follows from the check's
 * id and the place alone: the same after a restart, spread evenly over checks, and different at each place.
 */
export function spreadMs({ id, everySeconds, jitter }: Scheduled, location: string): number {
  const share = textHash(`${id}\n${location}`) / 2 ** 32;
  return Math.floor(share * jitter * everySeconds * 1000);
}

/** The first moment at or after `atMs` at which a check is due, in epoch milliseconds. */
export function dueAtOrAfter(check: Scheduled, location: string, atMs: number): number {
  const period = check.everySeconds * 1000;
  const offset = spreadMs(check, location);
  return Math.ceil((atMs - offset) / period) * period + offset;
}
