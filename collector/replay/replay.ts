// Replays counts through the engine and the evaluator under a virtual clock: would this have paged?
import type { EpochSeconds } from '../../slo/counts.ts';
import { toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { layoutFor } from '../../slo/history-layout.ts';
import { type InstanceId, parseInstanceId } from '../../slo/instance.ts';
import { ALERTS } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { evaluateStatus } from '../../slo/status.ts';
import { createEngine, type Engine, type Instance } from '../pipeline/engine.ts';
import { createEvaluator, type Evaluator } from '../pipeline/evaluator.ts';
import type { CountLine } from './count-lines.ts';
import { createReplaySource } from './replay-source.ts';

export interface ReplayOptions {
  readonly slos: readonly Slo[];
  /** In order of start. */
  readonly lines: readonly CountLine[];
  /** The first tick; what lies before it is history. */
  readonly from: EpochSeconds;
  /** The last tick. */
  readonly until: EpochSeconds;
  readonly tickSeconds: number;
  /** Called for every change, in order of time, and at the end for every budget. */
  readonly emit: (event: ReplayEvent) => void;
  /** Told of ticks done, about a hundred times. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

interface About {
  /** RFC 3339. */
  readonly time: string;
  readonly slo: string;
  /** The group of a grouped SLO. */
  readonly labels?: Readonly<Record<string, string>>;
}

export type ReplayEvent =
  | (About & {
      readonly type: 'condition';
      readonly severity: string;
      readonly longWindow: string;
      readonly shortWindow: string;
      readonly burnRate: number;
      readonly state: 'on' | 'off';
    })
  | (About & {
      readonly type: 'alert';
      readonly severity: string;
      readonly state: 'pending' | 'firing' | 'resolved';
    })
  | (About & { readonly type: 'data'; readonly state: 'missing' | 'measured' })
  | (About & {
      readonly type: 'budget';
      readonly window: { readonly start: string; readonly end: string };
      readonly total: number;
      readonly bad: number;
      /** null without events, like the ratios below. */
      readonly sli: number | null;
      readonly budgetRemaining: number | null;
      readonly coverage: number;
      /** By alert window; null where it holds no events. */
      readonly burnRates: Readonly<Record<string, number | null>>;
    });

/** Ticks between two looks at the signal and the progress. */
const BREATH = 20_000;

/** Runs all ticks from `from` to `until`. Resolves early, without budgets, when the signal aborts. */
export async function replay(options: ReplayOptions): Promise<void> {
  const { from, until, tickSeconds, emit } = options;
  const fineSeconds = Math.max(3600, ...options.slos.flatMap(longestAlertWindows));
  const start = Math.min(from, options.lines[0]?.start ?? from);
  const engine = createEngine({
    start,
    layout: (totalSeconds) => layoutFor({ fineSeconds, totalSeconds }),
  });
  engine.define(options.slos);
  const evaluator = createEvaluator({
    engine,
    onCondition(instance, condition, on, at) {
      emit({
        type: 'condition',
        ...about(instance, at),
        severity: condition.severity,
        longWindow: formatDuration(condition.longWindow),
        shortWindow: formatDuration(condition.shortWindow),
        burnRate: toNumber(condition.burnRate),
        state: on ? 'on' : 'off',
      });
    },
  });
  const source = createReplaySource(options.lines);
  const total = Math.floor((until - from) / tickSeconds) + 1;
  for (let done = 0, at = from; at <= until; at += tickSeconds, done += 1) {
    feed(engine, source.read(at, at - fineSeconds), options.slos, at);
    tell(evaluator, at, emit);
    if (done % BREATH === 0) {
      options.progress?.(done, total);
      await new Promise((resolve) => setImmediate(resolve));
      if (options.signal?.aborted === true) return;
    }
  }
  // The last tick may lie before the end; the budgets hold for the end itself.
  feed(engine, source.read(until, until - fineSeconds), options.slos, until);
  options.progress?.(total, total);
  for (const entry of engine.tracked())
    for (const instance of entry.instances.values()) emit(budgetEvent(engine, instance, until));
}

function feed(
  engine: Engine,
  { cells, coverage }: ReturnType<ReturnType<typeof createReplaySource>['read']>,
  slos: readonly Slo[],
  at: EpochSeconds,
): void {
  engine.advance(at);
  if (cells.length > 0) engine.apply(cells);
  engine.cover(coverage);
  for (const slo of slos) engine.watermark(slo.id, at);
}

function tell(evaluator: Evaluator, at: EpochSeconds, emit: (event: ReplayEvent) => void): void {
  for (const event of evaluator.evaluate(at).events) {
    if (event.name === ALERTS.burn)
      emit({
        type: 'alert',
        ...about(event.instance, at),
        severity: event.severity,
        state: event.transition,
      });
    else
      emit({
        type: 'data',
        ...about(event.instance, at),
        state: event.transition === 'resolved' ? 'measured' : 'missing',
      });
  }
}

function budgetEvent(engine: Engine, instance: Instance, at: EpochSeconds): ReplayEvent {
  const { slo, history, coverage, watermark, normalDelay } = instance.tracked;
  const status = evaluateStatus({
    slo,
    read: (from, to) => history.sum(instance.column, from, to),
    coverage,
    watermark,
    now: at,
    normalDelay,
    calendar: engine.calendar,
  });
  const burnRates: Record<string, number | null> = {};
  for (const { long, short } of status.conditions)
    for (const { seconds, burnRate } of [long, short])
      burnRates[formatDuration(seconds)] = burnRate ?? null;
  return {
    type: 'budget',
    ...about(instance.id, at),
    window: { start: rfc3339(status.window.from), end: rfc3339(status.window.to) },
    total: status.total,
    bad: status.bad,
    sli: status.sli ?? null,
    budgetRemaining: status.budgetRemaining ?? null,
    coverage: status.coverage,
    burnRates,
  };
}

function about(instance: InstanceId, at: EpochSeconds): About {
  const { sloId, labels } = parseInstanceId(instance);
  const group = Object.keys(labels).length === 0 ? {} : { labels };
  return { time: rfc3339(at), slo: sloId, ...group };
}

function rfc3339(at: EpochSeconds): string {
  return new Date(at * 1000).toISOString().replace('.000Z', 'Z');
}

function longestAlertWindows(slo: Slo): number[] {
  return slo.burnPolicy.conditions.map((condition) => condition.longWindow);
}
