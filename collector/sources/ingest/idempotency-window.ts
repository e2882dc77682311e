// The idempotency keys of one stream: which requests were counted, bounded in number and age.
import { createHash } from 'node:crypto';
import type { EpochSeconds } from '../../../slo/counts.ts';

/** Keys kept: the newest 1,000 of the last 24 hours. A replay later than that counts again. */
const KEPT_KEYS = 1_000;
const KEPT_SECONDS = 86_400;

/** The request behind a key, as it was answered. */
export interface KeyedRequest {
  /** 64 bits of SHA-256 of the key, and of the body, base64url. */
  readonly key: string;
  readonly body: string;
  readonly at: EpochSeconds;
  readonly accepted: number;
  readonly rejected: number;
}

export function digest(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest().subarray(0, 8).toString('base64url');
}

/** The window with more requests, without what is too old or too many; oldest first. */
export function extendWindow(
  window: readonly KeyedRequest[],
  added: readonly KeyedRequest[],
  now: EpochSeconds,
): readonly KeyedRequest[] {
  if (added.length === 0) return window;
  return [...window, ...added].filter(({ at }) => at > now - KEPT_SECONDS).slice(-KEPT_KEYS);
}

/** As text without spaces inside: it is written with every commit. */
export function formatWindow(window: readonly KeyedRequest[]): string {
  return window
    .map(({ key, body, at, accepted, rejected }) => `${key}.${body}.${at}.${accepted}.${rejected}`)
    .join(' ');
}

/** @throws RangeError when the text is not a window */
export function parseWindow(text: string): readonly KeyedRequest[] {
  if (text === '') return [];
  return text.split(' ').map((entry) => {
    const match = /^([\w-]{11})\.([\w-]{11})\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(entry);
    if (match === null)
      throw new RangeError(`not an idempotency key entry: ${entry.slice(0, 100)}`);
    const [, key = '', body = '', at, accepted, rejected] = match;
    return { key, body, at: Number(at), accepted: Number(accepted), rejected: Number(rejected) };
  });
}
