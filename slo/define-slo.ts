// What a user writes to define an SLO.
import type { Severity } from './burn-policy.ts';
import type { ServiceDefinition, UrlText } from './define-service.ts';
import type { DurationText } from './duration.ts';
import type { ObjectiveText } from './objective.ts';
import { frozenCopy, isRecord } from './plain-data.ts';
import type { SliDefinition } from './sli/sli-definition.ts';
import type { CalendarWindow } from './window.ts';

/** Counting slices of time instead of events; made by `timeSlices`. */
export interface TimeSlices extends TimeSlicesInput {
  readonly kind: 'time-slices';
}

export interface TimeSlicesInput {
  /** Length of a slice: at least 10 seconds, and a day is a whole number of them. */
  readonly slice: DurationText;
  /** A slice is bad when more than this share of its events is bad. */
  readonly maxBadRatio: `${number}%`;
  /** What a slice without events or without measurement counts as. @default 'ignore' */
  readonly emptySlice?: 'ignore' | 'good' | 'bad';
}

export interface GroupingInput<Label extends string = string> {
  /** Labels (Prometheus, Loki) or fields (events); each set of their values gets a budget of its own. */
  readonly labels: readonly Label[];
  /** Label sets that get a budget of their own; later ones share one, and are counted. 1 to 10,000. @default 500 */
  readonly limit?: number;
}

export interface ConditionInput {
  readonly longWindow: DurationText;
  /** Shorter than the long window; a twelfth of it is usual. */
  readonly shortWindow: DurationText;
  /** Holds when the burn rate over both windows is above this. A decimal as text: `'14.4'`. */
  readonly burnRate: `${number}`;
  readonly severity: Severity;
}

export interface BurnPolicyInput {
  /** @default the four pairs of the SRE Workbook, scaled to the window */
  readonly conditions?: readonly ConditionInput[];
  /** Whether a page also needs statistical evidence, so that one failure in ten requests wakes nobody. @default true */
  readonly evidenceGate?: boolean;
  /** How long an alert stays after its conditions cleared. @default page '30m', ticket '0s' */
  readonly keepFiring?: Readonly<Partial<Record<Severity, DurationText>>>;
}

export interface SloInput<Label extends string = string> {
  /** The service that owns it: what `defineService` returned. */
  readonly service: ServiceDefinition;
  /** Lower-case letters, digits and dashes; unique in the service. */
  readonly name: string;
  /** One sentence for people. */
  readonly description?: string;
  /** The share of good events aimed at, as decimal text: `'99.9%'`. */
  readonly objective: ObjectiveText;
  /** Rolling (`'30d'`) or calendar (`calendar('month', 'Europe/Berlin')`); an hour to 366 days. @default '30d' */
  readonly window?: DurationText | CalendarWindow;
  /** Which events count and which are bad: what an SLI kind such as `prometheusRatio` returned. */
  readonly sli: SliDefinition<Label>;
  /** `timeSlices(…)`. @default every event counts */
  readonly method?: TimeSlices;
  /** One budget for each set of values of these labels. @default one budget */
  readonly groupBy?: readonly NoInfer<Label>[] | GroupingInput<NoInfer<Label>>;
  readonly burnPolicy?: BurnPolicyInput;
  readonly runbookUrl?: UrlText;
  readonly dashboardUrl?: UrlText;
  /** The SLO on what users do, for which this one stands from outside: both are compared, and keep their own budgets. */
  readonly witnessOf?: SloDefinition;
  /** Extra labels on alerts and series, over the service's. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
}

/** An SLO as written, frozen; checked when its workspace is loaded. */
export interface SloDefinition<Label extends string = string> extends SloInput<Label> {
  readonly kind: 'slo';
}

/**
 * Defines an SLO. Never throws: what is wrong with it is told, with all else, when the workspace is validated.
 * @example
 * const availability = defineSlo({
 *   service: checkout, name: 'availability', objective: '99.9%',
 *   sli: prometheusRatio({ total: 'http_requests_total', bad: 'http_requests_total{code=~"5.."}' }),
 * });
 */
export function defineSlo<Label extends string>(input: SloInput<Label>): SloDefinition<Label> {
  const written: unknown = frozenCopy(input);
  const properties = isRecord(written) ? written : {};
  return Object.freeze({ ...properties, kind: 'slo' }) as SloDefinition<Label>;
}

/**
 * Counts slices of time: a slice is one event, bad when its share of bad events is above `maxBadRatio`.
 * @example method: timeSlices({ slice: '1m', maxBadRatio: '5%' })
 */
export function timeSlices(input: TimeSlicesInput): TimeSlices {
  const written: unknown = frozenCopy(input);
  const properties = isRecord(written) ? written : {};
  return Object.freeze({ ...properties, kind: 'time-slices' }) as TimeSlices;
}
