// The first judge: events by their definition, windows by adding them up, conditions and alert states by slo/ alone.
import { type AlertState, INACTIVE, nextAlertState } from '../../../slo/alert-state.ts';
import { budgetOf } from '../../../slo/budget.ts';
import { type Condition, SEVERITIES, type Severity } from '../../../slo/burn-policy.ts';
import { judgeConditions } from '../../../slo/burn-rate.ts';
import type { Slo } from '../../../slo/slo.ts';
import { nominalSeconds } from '../../../slo/window.ts';
import { GRID_POINTS, GRID_SECONDS, type Sample, type ScenarioSeries } from './scenario.ts';

export interface CountsAt {
  readonly total: number;
  readonly bad: number;
}

export interface ArithmeticVerdict {
  /** Events in `(from, to]`, seconds since the start. */
  counts(from: number, to: number): CountsAt;
  /** The budget of the compliance window that ends at `to`. */
  budgetRemaining(to: number): number | undefined;
  /** Evaluations at which the alert fired, in seconds. */
  readonly firing: Readonly<Record<Severity, readonly number[]>>;
}

export interface JudgeOptions {
  readonly slo: Slo;
  readonly tickSeconds: number;
  readonly settleSeconds: number;
  readonly untilSeconds: number;
  /** When what is known of a condition at an evaluation was decided. @default at that evaluation */
  readonly decidedAt?: (condition: Condition, now: number) => number;
}

export function judgeByArithmetic(
  series: readonly ScenarioSeries[],
  options: JudgeOptions,
): ArithmeticVerdict {
  const sums = cumulative(series);
  const counts = (from: number, to: number): CountsAt => {
    const [a, b] = [sumsAt(sums, from), sumsAt(sums, to)];
    return { total: b.total - a.total, bad: b.bad - a.bad };
  };
  return {
    counts,
    budgetRemaining(to) {
      const window = counts(to - nominalSeconds(options.slo.window), to);
      return budgetOf({ ...window, scale: 1 }, options.slo.objective).budgetRemaining;
    },
    firing: firingTimes(counts, options),
  };
}

function firingTimes(
  counts: (from: number, to: number) => CountsAt,
  { slo, tickSeconds, settleSeconds, untilSeconds, decidedAt = (_, now) => now }: JudgeOptions,
): Readonly<Record<Severity, readonly number[]>> {
  const firing: Record<Severity, number[]> = { page: [], ticket: [] };
  const states: Record<Severity, AlertState> = { page: INACTIVE, ticket: INACTIVE };
  for (let now = 0; now <= untilSeconds; now += tickSeconds) {
    const read = (from: number, to: number) => ({ ...counts(from, to), scale: 1 });
    const moments = new Set(slo.burnPolicy.conditions.map((each) => decidedAt(each, now)));
    const verdicts = [...moments].flatMap((moment) =>
      judgeConditions(slo, read, moment - settleSeconds).filter(
        ({ condition }) => decidedAt(condition, now) === moment,
      ),
    );
    for (const severity of SEVERITIES) {
      const active = verdicts.some(({ condition, on }) => on && condition.severity === severity);
      states[severity] = nextAlertState(states[severity], {
        now,
        active,
        pendingFor: 0,
        keepFiringFor: slo.burnPolicy.keepFiring[severity],
      }).state;
      if (states[severity].phase === 'firing') firing[severity].push(now);
    }
  }
  return firing;
}

/** Events up to each grid point, that included. */
function cumulative(series: readonly ScenarioSeries[]): readonly CountsAt[] {
  const events = Array.from({ length: GRID_POINTS }, () => ({ total: 0, bad: 0 }));
  for (const { isBad, samples } of series) {
    let last: number | undefined;
    samples.forEach((sample, at) => {
      const point = events[at];
      if (typeof sample !== 'number' || point === undefined) return;
      const count =
        last === undefined ? birthValue(series, samples, at, sample) : rise(last, sample);
      point.total += count;
      if (isBad) point.bad += count;
      last = sample;
    });
  }
  let [total, bad] = [0, 0];
  return events.map((point) => ({ total: (total += point.total), bad: (bad += point.bad) }));
}

function rise(last: number, value: number): number {
  return value < last ? value : value - last;
}

/** What a series' first sample counts: all of it at a target that was known, what it took over left out; else nothing. */
function birthValue(
  all: readonly ScenarioSeries[],
  samples: readonly Sample[],
  at: number,
  value: number,
): number {
  const own = all.find((series) => series.samples === samples);
  const siblings = all.filter(({ target }) => target === own?.target);
  const known = siblings.some((series) =>
    series.samples.some((sample, index) => index < at && typeof sample === 'number'),
  );
  if (!known) return 0;
  const ended = siblings.find(({ samples: theirs }) => theirs[at] === 'stale' && value >= 100);
  const before = ended?.samples.findLast(
    (sample, index): sample is number => index < at && typeof sample === 'number',
  );
  return before === undefined || before > value ? value : value - before;
}

function sumsAt(sums: readonly CountsAt[], seconds: number): CountsAt {
  const at = Math.floor(seconds / GRID_SECONDS);
  return at < 0
    ? { total: 0, bad: 0 }
    : (sums[Math.min(at, sums.length - 1)] ?? { total: 0, bad: 0 });
}
