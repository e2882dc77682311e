// A team: who is paged, who gets tickets, and when tickets are welcome.
import type { Severity } from '../slo/burn-policy.ts';
import type { Tier } from '../slo/service.ts';
import type { TimeSpec } from './hours.ts';
import type { Receiver } from './receivers/receiver.ts';

/** Who is told of which severity. */
export type Recipients = Readonly<Record<Severity, readonly Receiver[]>>;

/** A team as frozen plain data. */
export interface Team {
  readonly kind: 'team';
  /** The name that services give as their `team`. */
  readonly name: string;
  /** At least one; a page must reach somebody. */
  readonly page: readonly Receiver[];
  /** None: tickets go where alerts go that nobody owns. */
  readonly ticket: readonly Receiver[];
  /** Services of these tiers have recipients of their own; what a tier does not name is the team's. */
  readonly tiers: Readonly<Partial<Record<Tier, Partial<Recipients>>>>;
  /** When tickets are told; outside, they wait. Pages know no hours. */
  readonly hours?: readonly TimeSpec[];
}
