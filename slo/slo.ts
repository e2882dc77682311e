// An SLO: service, SLI, objective and window, as frozen plain data that survives a JSON round trip.
import type { BurnPolicy } from './burn-policy.ts';
import type { Fraction } from './decimal.ts';
import type { Objective } from './objective.ts';
import type { Service } from './service.ts';
import type { Sli } from './sli.ts';
import type { Window } from './window.ts';

/**
 * How counts become budget. Occurrences: every event weighs the same. Time slices: each slice of time is one event,
 * bad when its share of bad events is above `maxBadRatio`.
 */
export type Method =
  | { readonly kind: 'occurrences' }
  | {
      readonly kind: 'time-slices';
      readonly sliceSeconds: number;
      readonly maxBadRatio: Fraction;
      /** What a slice without measurement or without events counts as. @default 'ignore' */
      readonly emptySlice: 'ignore' | 'good' | 'bad';
    };

/** One budget for every set of values of these labels. */
export interface Grouping {
  /** Label (Prometheus, Loki) or field (events) names, sorted. */
  readonly labels: readonly string[];
  /** How many label sets get a budget of their own; later ones share the budget `__other__` and are counted. @default 500 */
  readonly limit: number;
}

export interface Slo {
  readonly kind: 'slo';
  /** `service/name`, unique in the workspace; the value of the label `slo`. */
  readonly id: string;
  /** Name within the service, like a service name. */
  readonly name: string;
  readonly description?: string;
  readonly service: Service;
  readonly sli: Sli;
  readonly objective: Objective;
  readonly window: Window;
  readonly method: Method;
  readonly groupBy?: Grouping;
  readonly burnPolicy: BurnPolicy;
  /** Links carried by every alert, when given. */
  readonly runbookUrl?: string;
  /** The runbook is a generated page, which has a heading for each alert: slo/runbook-link.ts. */
  readonly generatedRunbook?: boolean;
  readonly dashboardUrl?: string;
  /** Id of the SLO on what users do, for which this one stands from outside: slo/witness.ts. */
  readonly witnessOf?: string;
  /** Extra labels on alerts and series, over the service's. */
  readonly labels: Readonly<Record<string, string>>;
}
