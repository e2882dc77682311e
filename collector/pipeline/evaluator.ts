// Judges every SLO instance: which conditions hold, and what that makes of its alerts.
import { type AlertState, INACTIVE, nextAlertState } from '../../slo/alert-state.ts';
import { type Condition, SEVERITIES, type Severity } from '../../slo/burn-policy.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import type { InstanceId } from '../../slo/instance.ts';
import { ALERTS } from '../../slo/names.ts';
import { type Freshness, freshness as freshnessAt } from '../../slo/status.ts';
import type { AlertEvent, AlertKey, AlertRecord } from '../stores/store.ts';
import { alertKey } from './dispatcher.ts';
import { type Cohort, createCohorts } from './cohorts.ts';
import type { Engine, Instance, TrackedSlo } from './engine.ts';
import { verdictsOf } from './judgement.ts';

export interface EvaluatorOptions {
  readonly engine: Engine;
  /** States to go on from, as the store kept them. */
  readonly records?: readonly AlertRecord[];
  /** Hears of every condition that begins or ceases to hold. */
  readonly onCondition?: (
    instance: InstanceId,
    condition: Condition,
    on: boolean,
    at: EpochSeconds,
  ) => void;
}

/** What one evaluation changed. */
export interface Evaluation {
  readonly changed: readonly AlertRecord[];
  readonly events: readonly AlertEvent[];
}

export interface Evaluator {
  /**
   * Judges all instances. Alert windows end where measuring ended, not at the wall clock: a lag then shortens no window,
   * and missing data neither fire nor resolve anything.
   */
  evaluate(now: EpochSeconds): Evaluation;
  records(): Iterable<AlertRecord>;
  record(key: AlertKey): AlertRecord | undefined;
  /** Keeps a record's text and delivery time; its state stays the evaluator's. */
  amend(record: AlertRecord): void;
  /** Forgets instances that are no longer defined. */
  prune(known: (instance: InstanceId) => boolean): void;
}

/** One alert as an evaluation finds it. */
interface Finding extends AlertKey {
  readonly active: boolean | undefined;
  /** Seconds that it keeps firing after it cleared. */
  readonly keepFiring: number;
  /** What it rests on, asked only when something changes. */
  readonly evidence: () => unknown;
}

export function createEvaluator({
  engine,
  records: known,
  onCondition,
}: EvaluatorOptions): Evaluator {
  const records = new Map((known ?? []).map((record) => [alertKey(record), record]));
  /** Instances with a record, whatever its state. */
  const alerted = new Set([...records.values()].map(({ instance }) => instance));
  let cohorts: readonly Cohort[] = [];
  let shape: number | undefined;
  let changed: AlertRecord[] = [];
  let events: AlertEvent[] = [];

  const step = (finding: Finding, now: EpochSeconds): void => {
    const { name, instance, severity, active } = finding;
    const key = alertKey(finding);
    const before = records.get(key);
    if (before === undefined && active !== true) return;
    const { state, transition } = nextAlertState(before?.state ?? INACTIVE, {
      now,
      active,
      pendingFor: 0,
      keepFiringFor: finding.keepFiring,
    });
    if (state === before?.state) return;
    const record = { ...(before ?? { name, instance, severity, annotations: {} }), state };
    records.set(key, record);
    alerted.add(instance);
    if (transition === undefined && !mattersAfterRestart(before?.state, state)) return;
    changed.push(record);
    if (transition === undefined) return;
    const evidence = JSON.stringify(finding.evidence());
    events.push({ name, instance, severity, at: now, transition, evidence });
  };

  const evaluateInstance = (
    instance: Instance,
    holding: number,
    fresh: Freshness,
    now: EpochSeconds,
  ): void => {
    const { slo } = instance.tracked;
    const { conditions, keepFiring } = slo.burnPolicy;
    const frozen = fresh.stale || fresh.measuredThrough === undefined;
    if (!frozen && holding !== instance.holding) {
      conditions.forEach((condition, index) => {
        const on = isSet(holding, index);
        if (on !== isSet(instance.holding, index)) onCondition?.(instance.id, condition, on, now);
      });
      instance.holding = holding;
    }
    for (const severity of SEVERITIES) {
      const active = conditions.some(
        (condition, index) => isSet(holding, index) && condition.severity === severity,
      );
      step(
        {
          name: ALERTS.burn,
          instance: instance.id,
          severity,
          active: frozen ? undefined : active,
          keepFiring: keepFiring[severity],
          evidence: () => ({
            measuredThrough: fresh.measuredThrough,
            conditions: verdictsOf(instance, fresh.measuredThrough),
          }),
        },
        now,
      );
    }
  };

  const evaluateMissing = ({ slo }: TrackedSlo, fresh: Freshness, now: EpochSeconds): void =>
    step(
      {
        name: ALERTS.missing,
        instance: slo.id,
        severity: missingSeverity(slo.burnPolicy.conditions),
        active: fresh.stale,
        keepFiring: 0,
        evidence: () => ({ measuredThrough: fresh.measuredThrough ?? null }),
      },
      now,
    );

  const currentCohorts = (): readonly Cohort[] => {
    if (shape !== engine.shape) {
      cohorts = createCohorts(engine);
      shape = engine.shape;
    }
    return cohorts;
  };

  return {
    evaluate(now) {
      changed = [];
      events = [];
      const freshness = new Map<TrackedSlo, Freshness>();
      for (const entry of engine.tracked()) {
        const fresh = freshnessOf(entry, now);
        freshness.set(entry, fresh);
        evaluateMissing(entry, fresh, now);
      }
      for (const cohort of currentCohorts()) {
        const held = cohort.judge((entry) => freshness.get(entry)?.measuredThrough ?? now);
        cohort.instances.forEach((instance, index) => {
          const holding = held[index] ?? 0;
          const fresh = freshness.get(instance.tracked);
          // Mostly nothing holds, nothing held, and no alert remembers anything.
          if (fresh === undefined || (holding === 0 && !alerted.has(instance.id))) return;
          evaluateInstance(instance, holding, fresh, now);
        });
      }
      return { changed, events };
    },
    records: () => records.values(),
    record: (key) => records.get(alertKey(key)),
    amend(record) {
      const key = alertKey(record);
      const own = records.get(key);
      if (own !== undefined) records.set(key, { ...record, state: own.state });
    },
    prune(isKnown) {
      for (const [key, record] of records) if (!isKnown(record.instance)) records.delete(key);
      for (const id of alerted) if (!isKnown(id)) alerted.delete(id);
    },
  };
}

function freshnessOf({ coverage, normalDelay }: TrackedSlo, now: EpochSeconds): Freshness {
  return freshnessAt(coverage, now, normalDelay);
}

function isSet(mask: number, index: number): boolean {
  return ((mask >>> index) & 1) === 1;
}

/** Who is paged for an outage is also paged when nobody can tell whether there is one. */
function missingSeverity(conditions: readonly Condition[]): Severity {
  return conditions.some(({ severity }) => severity === 'page') ? 'page' : 'ticket';
}

/** Keep-firing's clock must survive a restart too; everything else changes with a transition. */
function mattersAfterRestart(before: AlertState | undefined, after: AlertState): boolean {
  return before?.clearSince !== after.clearSince || before?.phase !== after.phase;
}
