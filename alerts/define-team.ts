// What a user writes to define a team: who is paged, and who gets tickets.
import type { Severity } from '../slo/burn-policy.ts';
import { frozenCopy, isRecord } from '../slo/plain-data.ts';
import type { Tier } from '../slo/service.ts';
import type { HoursInput } from './define-hours.ts';
import type { ReceiverDefinition } from './receivers/receiver.ts';

export interface TeamInput {
  /** The name that services give as their `team`. */
  readonly name: string;
  /** Who is woken: `[pagerduty({ … })]`. At least one. */
  readonly page: readonly ReceiverDefinition[];
  /** Who gets what can wait. @default where alerts go that nobody owns */
  readonly ticket?: readonly ReceiverDefinition[];
  /** Recipients of services of a tier, instead of the team's own: `{ critical: { page: [ … ] } }`. @default {} */
  readonly tiers?: Readonly<
    Partial<Record<Tier, Readonly<Partial<Record<Severity, readonly ReceiverDefinition[]>>>>>
  >;
  /** When tickets are told; outside, they wait. Pages know no hours. @default always */
  readonly hours?: HoursInput | readonly HoursInput[];
}

/** A team as written, frozen; checked when its workspace is loaded. */
export interface TeamDefinition extends TeamInput {
  readonly kind: 'team';
}

/**
 * Defines a team. Never throws: what is wrong with it is told, with all else, when the workspace is validated.
 * @example
 * const shop = defineTeam({
 *   name: 'shop',
 *   page: [pagerduty({ routingKey: fromFile('/run/secrets/pagerduty') })],
 *   ticket: [slack({ webhookUrl: fromFile('/run/secrets/slack'), channel: '#shop' })],
 * });
 */
export function defineTeam(input: TeamInput): TeamDefinition {
  const written: unknown = frozenCopy(input);
  const properties = isRecord(written) ? written : {};
  return Object.freeze({ ...properties, kind: 'team' }) as TeamDefinition;
}
