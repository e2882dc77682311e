// When a check is due: a grid of its period, shifted by an offset of its own, so that checks do not all run at once.
import type { Check } from '../check.ts';

export type Scheduled = Pick<Check, 'id' | 'everySeconds' | 'jitter'>;

/**
 * Milliseconds after the beginning of each period at which a check is due, 0 to jitter × period. It follows from the check's
 * id and the place alone: the same after a restart, spread evenly over checks, and different at each place.
 */
export function spreadMs({ id, everySeconds, jitter }: Scheduled, location: string): number {
  return Math.floor(share(`${id}\n${location}`) * jitter * everySeconds * 1000);
}

/** The first moment at or after `atMs` at which a check is due, in epoch milliseconds. */
export function dueAtOrAfter(check: Scheduled, location: string, atMs: number): number {
  const period = check.everySeconds * 1000;
  const offset = spreadMs(check, location);
  return Math.ceil((atMs - offset) / period) * period + offset;
}

/** A number from 0 to below 1 that looks random and is always the same for a text: FNV-1a, mixed once more. */
function share(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01_00_01_93);
  }
  // Texts that differ at their end only would lie side by side without this: the finalizer of MurmurHash3.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85_eb_ca_6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2_b2_ae_35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2 ** 32;
}
