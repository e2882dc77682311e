// The status of an SLO instance: what is known of it, its budget, and whether its burn conditions hold.
import { type Budget, budgetOf, projectedBudget, type ProjectedBudget } from './budget.ts';
import { SEVERITIES, type Severity } from './burn-policy.ts';
import { type ConditionVerdict, judgeConditions, type ReadCounts } from './burn-rate.ts';
import type { Calendar } from './calendar.ts';
import { type ComplianceWindow, complianceWindow, coverageOf } from './compliance-window.ts';
import type { EpochSeconds } from './counts.ts';
import type { Interval } from './interval.ts';
import type { Slo } from './slo.ts';

/**
 * The four kinds of knowing, kept apart: never measured; measured, but no event in the compliance window; measured
 * with events; no longer measured.
 */
export type Measurement = 'waiting' | 'silent' | 'measured' | 'stale';

/** Up to when an SLO was measured, and whether that is recent enough to judge by. */
export interface Freshness {
  /** The end of the last measured stretch; undefined when nothing was ever measured. */
  readonly measuredThrough: EpochSeconds | undefined;
  readonly stale: boolean;
}

export interface StatusInput {
  readonly slo: Slo;
  /** The instance's counts. */
  readonly read: ReadCounts;
  /** When the SLO was measured. */
  readonly coverage: readonly Interval[];
  /** Up to where the source has read, measured or not. */
  readonly watermark?: EpochSeconds | undefined;
  readonly now: EpochSeconds;
  /** How far behind now the source usually is, in seconds. */
  readonly normalDelay: number;
  readonly calendar: Calendar;
}

export interface SloStatus extends Budget {
  readonly measurement: Measurement;
  readonly measuredThrough: EpochSeconds | undefined;
  readonly watermark: EpochSeconds | undefined;
  /** The part of the compliance window that has passed. */
  readonly window: ComplianceWindow;
  /** Measured ÷ elapsed time of the window, 0…1. */
  readonly coverage: number;
  /** Calendar windows: the budget against the events expected in the whole period, when that can be told. */
  readonly projected?: ProjectedBudget;
  /** Every condition, on windows that end at `measuredThrough`; none while waiting. */
  readonly conditions: readonly ConditionVerdict[];
  /** Whether a condition of the severity holds; undefined while that cannot be known: alerts then stand still. */
  readonly active: Readonly<Record<Severity, boolean | undefined>>;
}

const SHORTEST_STALE = 300;

/** Past this many seconds without measurement, an SLO is stale. */
export function staleAfter(normalDelay: number): number {
  return Math.max(SHORTEST_STALE, 3 * normalDelay);
}

/** How fresh the measurement is at `now`. What a wrong clock measured in the future counts up to now. */
export function freshness(
  coverage: readonly Interval[],
  now: EpochSeconds,
  normalDelay: number,
): Freshness {
  const last = coverage.findLast((interval) => interval.from < now);
  if (last === undefined) return { measuredThrough: undefined, stale: false };
  const measuredThrough = Math.min(last.to, now);
  return { measuredThrough, stale: now - measuredThrough > staleAfter(normalDelay) };
}

/**
 * The status at `now`. Alert windows end where measurement ends, so that missing data neither fires nor resolves;
 * the compliance window ends at the watermark.
 */
export function evaluateStatus(input: StatusInput): SloStatus {
  const { slo, read, coverage, now, calendar } = input;
  const { measuredThrough, stale } = freshness(coverage, now, input.normalDelay);
  const end = Math.min(input.watermark ?? measuredThrough ?? now, now);
  const window = complianceWindow(slo.window, end, calendar);
  const counts = read(window.from, window.to);
  const budget = budgetOf(counts, slo.objective);
  const expected = expectedTotal(input, window, budget.total);
  const projected =
    expected === undefined ? undefined : projectedBudget(counts, slo.objective, expected);
  const conditions =
    measuredThrough === undefined ? [] : judgeConditions(slo, read, measuredThrough);
  const known = measuredThrough !== undefined && !stale;
  return {
    ...budget,
    measurement: measurementOf(measuredThrough, stale, budget),
    measuredThrough,
    watermark: input.watermark,
    window,
    coverage: coverageOf(coverage, window),
    ...(projected === undefined ? {} : { projected }),
    conditions,
    active: activeSeverities(known, conditions),
  };
}

function measurementOf(
  measuredThrough: EpochSeconds | undefined,
  stale: boolean,
  budget: Budget,
): Measurement {
  if (measuredThrough === undefined) return 'waiting';
  if (stale) return 'stale';
  return budget.total > 0 ? 'measured' : 'silent';
}

function activeSeverities(
  known: boolean,
  conditions: readonly ConditionVerdict[],
): Readonly<Record<Severity, boolean | undefined>> {
  const holds = (severity: Severity): boolean | undefined =>
    known
      ? conditions.some(({ condition, on }) => on && condition.severity === severity)
      : undefined;
  const [page, ticket] = SEVERITIES.map(holds);
  return { page, ticket };
}

/** At least half of a period must have been measured before its events stand for the next one's. */
const ENOUGH_COVERAGE = 0.5;

/** One day of the running period must have been measured before it is drawn out to its end. */
const ENOUGH_SECONDS = 86_400;

/**
 * The events expected in the whole running calendar period: those of the period before, by measured time, or else the
 * present ones drawn out. Undefined on rolling windows and where too little was measured to say.
 */
function expectedTotal(
  { slo, read, coverage, calendar }: StatusInput,
  { from, to, period }: ComplianceWindow,
  total: number,
): number | undefined {
  if (period === undefined || slo.window.kind !== 'calendar') return undefined;
  const length = period.to - period.from;
  const previous = calendar.period(slo.window, from - 1);
  const before = { from: previous.start, to: from };
  const share = coverageOf(coverage, before);
  if (share >= ENOUGH_COVERAGE) {
    const counts = read(before.from, before.to);
    return (counts.total / counts.scale / share) * (length / (before.to - before.from));
  }
  const measured = coverageOf(coverage, { from, to }) * (to - from);
  return measured >= ENOUGH_SECONDS ? (total / measured) * length : undefined;
}
