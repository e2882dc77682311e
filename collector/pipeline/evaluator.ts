// Judges every SLO instance: which conditions hold, and what that makes of its alerts.
import { type AlertState, INACTIVE, nextAlertState } from '../../slo/alert-state.ts';
import type { Condition, Severity } from '../../slo/burn-policy.ts';
import { SEVERITIES } from '../../slo/burn-policy.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import type { InstanceId } from '../../slo/instance.ts';
import { type AlertName, ALERTS } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { AlertEvent, AlertRecord } from '../stores/store.ts';
import { alertKey } from './dispatcher.ts';
import type { Engine, Instance, TrackedSlo } from './engine.ts';
import { freshnessOf, judge, type Judgement } from './judgement.ts';

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
  record(name: AlertName, instance: InstanceId, severity: Severity): AlertRecord | undefined;
  /** Keeps a record's text and delivery time; its state stays the evaluator's. */
  amend(record: AlertRecord): void;
  /** The latest judgement of an instance. */
  judgement(instance: InstanceId): Judgement | undefined;
  /** Forgets instances that are no longer defined. */
  prune(known: (instance: InstanceId) => boolean): void;
}

export function createEvaluator(options: EvaluatorOptions): Evaluator {
  const { engine, onCondition } = options;
  const records = new Map<string, AlertRecord>();
  const judgements = new Map<InstanceId, Judgement>();
  for (const record of options.records ?? []) records.set(alertKey(record), record);

  const step = (
    name: AlertName,
    instance: InstanceId,
    severity: Severity,
    slo: Slo,
    now: EpochSeconds,
    active: boolean | undefined,
    evidence: () => unknown,
    out: { changed: AlertRecord[]; events: AlertEvent[] },
  ): void => {
    const key = alertKey({ name, instance, severity });
    const before = records.get(key);
    if (before === undefined && active !== true) return;
    const keepFiringFor = name === ALERTS.burn ? slo.burnPolicy.keepFiring[severity] : 0;
    const { state, transition } = nextAlertState(before?.state ?? INACTIVE, {
      now,
      active,
      pendingFor: 0,
      keepFiringFor,
    });
    if (before !== undefined && state === before.state) return;
    const record: AlertRecord = {
      ...(before ?? { name, instance, severity, annotations: {} }),
      state,
    };
    records.set(key, record);
    if (transition === undefined && sameForRestart(before?.state, state)) return;
    out.changed.push(record);
    if (transition !== undefined)
      out.events.push({
        name,
        instance,
        severity,
        at: now,
        transition,
        evidence: JSON.stringify(evidence()),
      });
  };

  const evaluateInstance = (
    instance: Instance,
    now: EpochSeconds,
    out: { changed: AlertRecord[]; events: AlertEvent[] },
  ): void => {
    const { slo } = instance.tracked;
    const last = judgements.get(instance.id);
    const judgement = judge(instance, now, last);
    if (onCondition !== undefined && !judgement.frozen)
      report(last, judgement, (condition, on) => onCondition(instance.id, condition, on, now));
    judgements.set(instance.id, judgement);
    instance.dirty = false;
    for (const severity of SEVERITIES) {
      const own = judgement.verdicts.filter((each) => each.condition.severity === severity);
      if (own.length === 0) continue;
      const active = judgement.frozen ? undefined : own.some((each) => each.on);
      step(
        ALERTS.burn,
        instance.id,
        severity,
        slo,
        now,
        active,
        () => ({ measuredThrough: judgement.measuredThrough, conditions: own }),
        out,
      );
    }
  };

  const evaluateMissing = (
    entry: TrackedSlo,
    now: EpochSeconds,
    out: { changed: AlertRecord[]; events: AlertEvent[] },
  ): void => {
    const measured = freshnessOf(entry, now);
    const severity = entry.slo.burnPolicy.conditions.some((each) => each.severity === 'page')
      ? 'page'
      : 'ticket';
    step(
      ALERTS.missing,
      entry.slo.id,
      severity,
      entry.slo,
      now,
      measured.stale,
      () => ({ measuredThrough: measured.measuredThrough ?? null }),
      out,
    );
  };

  return {
    evaluate(now) {
      const out = { changed: [] as AlertRecord[], events: [] as AlertEvent[] };
      for (const entry of engine.tracked()) {
        evaluateMissing(entry, now, out);
        for (const instance of entry.instances.values()) evaluateInstance(instance, now, out);
      }
      return out;
    },
    records: () => records.values(),
    record: (name, instance, severity) => records.get(alertKey({ name, instance, severity })),
    amend(record) {
      const known = records.get(alertKey(record));
      if (known !== undefined) records.set(alertKey(record), { ...record, state: known.state });
    },
    judgement: (instance) => judgements.get(instance),
    prune(known) {
      for (const [key, record] of records) if (!known(record.instance)) records.delete(key);
      for (const id of judgements.keys()) if (!known(id)) judgements.delete(id);
    },
  };
}

/** Keep-firing's clock must survive a restart too; everything else changes with a transition. */
function sameForRestart(before: AlertState | undefined, after: AlertState): boolean {
  return before?.clearSince === after.clearSince && before?.phase === after.phase;
}

function report(
  before: Judgement | undefined,
  after: Judgement,
  tell: (condition: Condition, on: boolean) => void,
): void {
  after.verdicts.forEach((verdict, index) => {
    const was = before?.verdicts[index]?.on ?? false;
    if (was !== verdict.on) tell(verdict.condition, verdict.on);
  });
}
