// What a user writes to define a check: what is tried, how often, and what is too slow.
import type { ServiceDefinition, UrlText } from '../slo/define-service.ts';
import type { DurationText } from '../slo/duration.ts';
import type { LatencyText } from '../slo/latency.ts';
import { frozenCopy, isRecord } from '../slo/plain-data.ts';
import type { ProbeDefinition } from './probe-definition.ts';

/** How long something may take: `'250ms'`, `'10s'`, `'2m'`. */
export type TimeLimitText = LatencyText | DurationText;

export interface RetriesInput {
  /** Tries after the first, 1 to 5. */
  readonly most: number;
  /** Before the first retry. @default '1s' */
  readonly wait?: TimeLimitText;
  /** Whether each wait is twice the one before. @default 'fixed' */
  readonly backoff?: 'fixed' | 'exponential';
  /** `'network'`: only when the network may be to blame, never when the answer was wrong. @default 'network' */
  readonly on?: 'network' | 'failure';
}

export interface CheckInput {
  /** The service that is tried: what `defineService` returned. */
  readonly service: ServiceDefinition;
  /** Lower-case letters, digits and dashes; unique in the service. */
  readonly name: string;
  /** One sentence for people. */
  readonly description?: string;
  /** What is tried: what a kind such as `http` returned. */
  readonly probe: ProbeDefinition;
  /** Time between runs, `'1s'` to `'7d'`. @default '1m' */
  readonly every?: DurationText;
  /** The share of the period over which starts are spread, so that checks do not all run at once. @default '10%' */
  readonly jitter?: `${number}%`;
  /** When a try is given up, 10 ms to 10 minutes. All tries and waits together must fit into the period. @default '10s', or half of a shorter period */
  readonly timeout?: TimeLimitText;
  /** @default none */
  readonly retries?: RetriesInput;
  /** A run that takes longer is degraded. @default no limit */
  readonly degradedAfter?: TimeLimitText;
  /** A run that takes longer has failed. @default the timeout */
  readonly failedAfter?: TimeLimitText;
  /** Where it runs, by name; a runner takes those of its own location. @default anywhere */
  readonly locations?: readonly string[];
  /** For choosing checks: `--only smoke`. @default [] */
  readonly tags?: readonly string[];
  /** Extra labels on its series, over the service's. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
  readonly runbookUrl?: UrlText;
}

/** A check as written, frozen; checked when its workspace is loaded. */
export interface CheckDefinition extends CheckInput {
  readonly kind: 'check';
}

/**
 * Defines a check. Never throws: what is wrong with it is told, with all else, when the workspace is validated.
 * @example
 * const home = defineCheck({
 *   service: storefront, name: 'home',
 *   probe: http({ url: 'https://shop.example/', expect: (answer) => [answer.body.contains('Basket')] }),
 * });
 */
export function defineCheck(input: CheckInput): CheckDefinition {
  const written: unknown = frozenCopy(input);
  const properties = isRecord(written) ? written : {};
  return Object.freeze({ ...properties, kind: 'check' }) as CheckDefinition;
}
