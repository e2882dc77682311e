// Burn rates: whether the conditions of a policy hold, decided in integers, and the numbers that people see.
import { type Condition, errorThreshold } from './burn-policy.ts';
import type { EpochSeconds } from './counts.ts';
import { exceeds, type Fraction, toNumber } from './decimal.ts';
import { evidence, FEWEST_FAILURES, PAGE_EVIDENCE, RECENT_EVIDENCE } from './evidence.ts';
import type { Objective } from './objective.ts';
import type { Slo } from './slo.ts';
import type { WindowCounts } from './window-counts.ts';

/** Reads the counts of `[from, to)` of one SLO instance. */
export type ReadCounts = (from: EpochSeconds, to: EpochSeconds) => WindowCounts;

/** What judging burn needs of an SLO. */
export type BurnRule = Pick<Slo, 'objective' | 'burnPolicy'>;

/** One window as people see it; parts of events occur where an edge lies inside a cell. */
export interface WindowReading {
  readonly seconds: number;
  readonly total: number;
  readonly bad: number;
  /** Error ratio ÷ budget; undefined without events. */
  readonly burnRate: number | undefined;
}

/** One condition judged. */
export interface ConditionVerdict {
  readonly condition: Condition;
  /** Whether the condition holds, all things considered. */
  readonly on: boolean;
  /** Whether both windows are above the burn rate, strictly, whatever the evidence. */
  readonly aboveThreshold: boolean;
  readonly long: WindowReading;
  readonly short: WindowReading;
  /** What the evidence gate saw, on pages that it guards; compare with PAGE_EVIDENCE and RECENT_EVIDENCE. */
  readonly evidence?: { readonly long: number; readonly short: number };
}

/** Judges every condition of the policy on windows that end at `end`, in the policy's order. */
export function judgeConditions(
  slo: BurnRule,
  read: ReadCounts,
  end: EpochSeconds,
): readonly ConditionVerdict[] {
  return slo.burnPolicy.conditions.map((condition) =>
    judgeCondition(
      slo,
      condition,
      read(end - condition.longWindow, end),
      read(end - condition.shortWindow, end),
    ),
  );
}

/** Judges one condition on the counts of its two windows. */
function judgeCondition(
  slo: BurnRule,
  condition: Condition,
  long: WindowCounts,
  short: WindowCounts,
): ConditionVerdict {
  const budget = toNumber(slo.objective.budget);
  const threshold = errorThreshold(condition, slo.objective);
  const verdict = {
    condition,
    on: conditionHolds(slo, condition, long, short),
    aboveThreshold: isAbove(long, threshold) && isAbove(short, threshold),
    long: readingOf(condition.longWindow, long, slo.objective),
    short: readingOf(condition.shortWindow, short, slo.objective),
  };
  return isGated(slo, condition)
    ? { ...verdict, evidence: { long: evidenceOf(long, budget), short: evidenceOf(short, budget) } }
    : verdict;
}

/**
 * Whether a condition holds: both windows strictly above burn rate · budget, in integers, and for pages behind the
 * evidence gate also at least two failures and enough evidence on the long window, and recent evidence on the short.
 * Tickets are never gated: a spent budget is a fact, not a hypothesis.
 */
export function conditionHolds(
  slo: BurnRule,
  condition: Condition,
  long: WindowCounts,
  short: WindowCounts,
): boolean {
  const threshold = errorThreshold(condition, slo.objective);
  if (!isAbove(short, threshold) || !isAbove(long, threshold)) return false;
  if (!isGated(slo, condition)) return true;
  const budget = toNumber(slo.objective.budget);
  return (
    badOf(long) >= FEWEST_FAILURES * long.scale &&
    evidenceOf(long, budget) > PAGE_EVIDENCE &&
    evidenceOf(short, budget) > RECENT_EVIDENCE
  );
}

function isGated({ burnPolicy }: BurnRule, condition: Condition): boolean {
  return burnPolicy.evidenceGate && condition.severity === 'page';
}

/** Strictly, and never without events. */
function isAbove(counts: WindowCounts, threshold: Fraction): boolean {
  return counts.total > 0 && exceeds(badOf(counts), counts.total, threshold);
}

function evidenceOf(counts: WindowCounts, budget: number): number {
  if (counts.total <= 0) return 0;
  return evidence(badOf(counts) / counts.scale, counts.total / counts.scale, budget);
}

/** Bad events, scaled, within 0…total: an edge that cuts a cell can be off by one event. */
function badOf(counts: WindowCounts): number {
  return Math.min(Math.max(counts.bad, 0), Math.max(counts.total, 0));
}

function readingOf(seconds: number, counts: WindowCounts, objective: Objective): WindowReading {
  const total = Math.max(counts.total, 0) / counts.scale;
  const bad = badOf(counts) / counts.scale;
  return {
    seconds,
    total,
    bad,
    burnRate: total > 0 ? bad / total / toNumber(objective.budget) : undefined,
  };
}
