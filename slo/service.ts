// A service: what users call, and the owner of SLOs.

export const TIERS = ['critical', 'high', 'standard', 'low'] as const;

/** How much the business depends on the service; routing and dashboards sort by it. */
export type Tier = (typeof TIERS)[number];

/** A service as frozen plain data. */
export interface Service {
  readonly kind: 'service';
  /** Lower-case name, unique in the workspace: letters, digits and dashes, at most 63 characters. */
  readonly name: string;
  /** One sentence for people. */
  readonly description?: string;
  /** The team that is paged; an identifier like the name. */
  readonly team: string;
  /** @default 'standard' */
  readonly tier: Tier;
  /** Extra labels on every alert and series of the service. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the service's own documentation, source or dashboard lives. */
  readonly links: Readonly<Record<string, string>>;
}
