// Judges every SLO instance: which conditions hold, and what that makes of its alerts.
import { type AlertState, INACTIVE, nextAlertState } from '../../slo/alert-state.ts';
import { type Condition, SEVERITIES, type Severity } from '../../slo/burn-policy.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import type { InstanceId } from '../../slo/instance.ts';
import { ALERTS } from '../../slo/names.ts';
import type { Freshness } from '../../slo/status.ts';
import type { AlertEvent, AlertKey, AlertRecord } from '../stores/store.ts';
import { alertKey } from './dispatcher.ts';
import type { Engine, Instance, TrackedSlo } from './engine.ts';
import { freshnessOf, judge, type Judgement, verdictsOf } from './judgement.ts';

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
  /** Judges all instances whose counts or time moved. */
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
  const judgements = new Map<InstanceId, Judgement>();
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
    if (transition === undefined && !mattersAfterRestart(before?.state, state)) return;
    changed.push(record);
    if (transition === undefined) return;
    const evidence = JSON.stringify(finding.evidence());
    events.push({ name, instance, severity, at: now, transition, evidence });
  };

  const evaluateInstance = (instance: Instance, fresh: Freshness, now: EpochSeconds): void => {
    const { slo } = instance.tracked;
    const last = judgements.get(instance.id);
    const judgement = judge(instance, fresh, last);
    instance.dirty = false;
    if (judgement !== last) judgements.set(instance.id, judgement);
    const { on, frozen, measuredThrough } = judgement;
    if (onCondition !== undefined && !frozen && judgement !== last)
      slo.burnPolicy.conditions.forEach((condition, index) => {
        if (on[index] !== (last?.on[index] ?? false))
          onCondition(instance.id, condition, on[index] === true, now);
      });
    for (const severity of SEVERITIES) {
      const active = slo.burnPolicy.conditions.some(
        (condition, index) => on[index] === true && condition.severity === severity,
      );
      step(
        {
          name: ALERTS.burn,
          instance: instance.id,
          severity,
          active: frozen ? undefined : active,
          keepFiring: slo.burnPolicy.keepFiring[severity],
          evidence: () => ({ measuredThrough, conditions: verdictsOf(instance, measuredThrough) }),
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

  return {
    evaluate(now) {
      changed = [];
      events = [];
      for (const entry of engine.tracked()) {
        const fresh = freshnessOf(entry, now);
        evaluateMissing(entry, fresh, now);
        for (const instance of entry.instances.values()) evaluateInstance(instance, fresh, now);
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
      for (const id of judgements.keys()) if (!isKnown(id)) judgements.delete(id);
    },
  };
}

/** Who is paged for an outage is also paged when nobody can tell whether there is one. */
function missingSeverity(conditions: readonly Condition[]): Severity {
  return conditions.some(({ severity }) => severity === 'page') ? 'page' : 'ticket';
}

/** Keep-firing's clock must survive a restart too; everything else changes with a transition. */
function mattersAfterRestart(before: AlertState | undefined, after: AlertState): boolean {
  return before?.clearSince !== after.clearSince || before?.phase !== after.phase;
}
