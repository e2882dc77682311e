// What a running collector shows its readers: the HTTP API, the metrics, the command line.
import type { Severity } from '../slo/burn-policy.ts';
import type { EpochSeconds } from '../slo/counts.ts';
import type { InstanceId, Labels } from '../slo/instance.ts';
import type { AlertName } from '../slo/names.ts';
import type { Slo } from '../slo/slo.ts';
import type { SourceStatus } from './sources/source.ts';
import type { AlertEvent, AlertEventQuery } from './stores/store.ts';

/** The four kinds of knowing: never measured, measured without events, measured with events, no longer measured. */
export type Measurement = 'waiting' | 'silent' | 'measured' | 'stale';

/** One alert condition as of the last evaluation; counts may be fractional at the old edge of a window. */
export interface ConditionView {
  readonly severity: Severity;
  readonly longWindowSeconds: number;
  readonly shortWindowSeconds: number;
  /** The burn rate above which the condition holds. */
  readonly burnRateThreshold: number;
  readonly long: WindowView;
  readonly short: WindowView;
  /** null: it cannot be known now, the data are missing. */
  readonly on: boolean | null;
}

export interface WindowView {
  readonly total: number;
  readonly bad: number;
  /** Error ratio ÷ error budget; null when there were no events. */
  readonly burnRate: number | null;
}

export interface ForecastView {
  /** Seconds until the budget is spent at the present rate; null: never. */
  readonly exhaustedInSeconds: number | null;
  /** The 90 % range of the same, from the Poisson range of the bad events counted; null: never. */
  readonly earliestSeconds: number | null;
  readonly latestSeconds: number | null;
}

export interface AlertView {
  readonly name: AlertName;
  readonly severity: Severity;
  readonly instance: InstanceId;
  readonly phase: 'inactive' | 'pending' | 'firing';
  readonly since: EpochSeconds | null;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One budget: an SLO's, or one group's of a grouped SLO. */
export interface InstanceView {
  readonly instance: InstanceId;
  readonly slo: string;
  readonly service: string;
  readonly group: Labels;
  readonly objective: number;
  readonly window: { readonly start: EpochSeconds; readonly end: EpochSeconds };
  readonly measurement: Measurement;
  readonly total: number;
  readonly bad: number;
  /** Share of good events; null without events. */
  readonly sli: number | null;
  /** Ratios of the whole budget; remaining is negative once overspent; null without events. */
  readonly budgetSpent: number | null;
  readonly budgetRemaining: number | null;
  /** Measured time ÷ elapsed time of the window, 0…1. */
  readonly coverage: number;
  readonly watermark: EpochSeconds | null;
  readonly measuredThrough: EpochSeconds | null;
  readonly conditions: readonly ConditionView[];
  /** null in lists of instances, and where nothing can be told. */
  readonly forecast: ForecastView | null;
  readonly alerts: readonly AlertView[];
}

export interface HistoryPoint {
  readonly at: EpochSeconds;
  readonly total: number;
  readonly bad: number;
}

export interface Readiness {
  readonly ready: boolean;
  /** Sentences that say what is not ready yet. */
  readonly reasons: readonly string[];
}

export interface CollectorView {
  slos(): readonly Slo[];
  /** All instances, sorted by id. */
  instances(): readonly InstanceView[];
  instance(id: InstanceId): InstanceView | undefined;
  /** Counts per step from the store, oldest first; at most 2,000 points, else RangeError. */
  history(
    id: InstanceId,
    from: EpochSeconds,
    to: EpochSeconds,
    stepSeconds: number,
  ): Promise<readonly HistoryPoint[]>;
  /** Alerts that are pending or firing, sorted by instance and severity. */
  alerts(): readonly AlertView[];
  alertEvents(query: AlertEventQuery): Promise<readonly AlertEvent[]>;
  sources(): readonly SourceStatus[];
  readiness(): Readiness;
}
