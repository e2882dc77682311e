// A check in its normal form: what runners, generators and reports know.
import type { Service } from '../slo/service.ts';
import type { ProbeForm } from './probe-definition.ts';

/** What happens when a try fails. */
export interface Retries {
  /** Tries after the first; 0 is none. */
  readonly most: number;
  readonly waitMs: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly on: 'network' | 'failure';
}

/** A check as frozen plain data, defaults filled in; it survives a JSON round trip. */
export interface Check {
  readonly kind: 'check';
  /** `service/name`. */
  readonly id: string;
  readonly name: string;
  readonly service: Service;
  readonly description?: string;
  readonly probe: ProbeForm;
  readonly everySeconds: number;
  /** Share of the period, 0…1. */
  readonly jitter: number;
  /** Of one try. */
  readonly timeoutMs: number;
  readonly retries: Retries;
  readonly degradedAfterMs?: number;
  readonly failedAfterMs?: number;
  /** Sorted; empty is anywhere. */
  readonly locations: readonly string[];
  /** Sorted. */
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly runbookUrl?: string;
}

/** Milliseconds to wait before a retry, counted from 1. */
export function retryWaitMs({ waitMs, backoff }: Retries, retry: number): number {
  return backoff === 'exponential' ? waitMs * 2 ** (retry - 1) : waitMs;
}

/** Milliseconds that a run takes at most: every try to its timeout, and all waits. Never above the check's period. */
export function longestRunMs({ timeoutMs, retries }: Pick<Check, 'timeoutMs' | 'retries'>): number {
  let total = timeoutMs;
  for (let retry = 1; retry <= retries.most; retry += 1)
    total += retryWaitMs(retries, retry) + timeoutMs;
  return total;
}
