// SLIs that are asked for step by step: what each step of a fixed grid counts, by an expression or by a gauge.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { QueryAnswer, QueryClient } from './query-client.ts';
import { readLabels } from './sample-batch.ts';

/** What one instance counts in the step that ends at `end`. */
export interface StepCounts {
  readonly end: EpochSeconds;
  readonly instance: string;
  readonly total: number;
  readonly bad: number;
}

/** Fractions of events that are not told yet, by instance: of good ones and of bad ones, each 0 ≤ x < 1. */
export type Carries = ReadonlyMap<string, readonly [good: number, bad: number]>;

export interface Steps {
  /** In order of time for each instance. */
  readonly counts: readonly StepCounts[];
  /** Ends of the steps for which anything was known, ascending. */
  readonly measured: readonly EpochSeconds[];
  /** The carries at the moment that was asked for. */
  readonly carries: Carries;
  readonly milliseconds: number;
  /** Counted events above their total, left out. */
  readonly clamped: number;
}

export interface StepForm {
  readonly stepSeconds: number;
  /** Distance of the points that are asked for; divides a step. */
  readonly pointSeconds: number;
  /**
   * The steps that end in `(from, to]`, all of them multiples of `stepSeconds`.
   * @param carries those at `from`
   * @param carriesAt where new carries are wanted, `from ≤ carriesAt ≤ to`
   * @throws QueryError
   */
  read(request: StepRequest, signal: AbortSignal): Promise<Steps>;
}

export interface StepRequest {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly carries: Carries;
  readonly carriesAt: EpochSeconds;
}

export interface StepFormOptions {
  readonly client: QueryClient;
  /** The instance for the labels of one series of the answer. */
  readonly instance: (labels: Readonly<Record<string, string>>) => string;
}

/** Visits every point of an answer that is a number. */
export function visitPoints(
  answer: QueryAnswer,
  visit: (labels: Readonly<Record<string, string>>, at: EpochSeconds, value: number) => void,
): void {
  const { series, starts, times, values } = answer.batch;
  series.forEach((text, index) => {
    const labels = readLabels(text);
    for (let at = starts[index] ?? 0; at < (starts[index + 1] ?? 0); at += 1) {
      const value = values[at] ?? NaN;
      if (!Number.isNaN(value)) visit(labels, Math.round((times[at] ?? 0) / 1000), value);
    }
  });
}
