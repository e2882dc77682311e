// Shows one instance to readers: its budget, conditions, forecast and alerts as of now.
import type { ConditionVerdict, ReadCounts, WindowReading } from '../../slo/burn-rate.ts';
import { SEVERITIES } from '../../slo/burn-policy.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import { toNumber } from '../../slo/decimal.ts';
import { alertLabels, ALERTS } from '../../slo/names.ts';
import type { AlertView, ConditionView, ForecastView, InstanceView, WindowView } from '../view.ts';
import type { Engine, Instance } from './engine.ts';
import type { Evaluator } from './evaluator.ts';
import { forecastExhaustion } from '../../slo/forecast.ts';
import type { Objective } from '../../slo/objective.ts';
import { evaluateStatus, type SloStatus } from '../../slo/status.ts';

/** @param withForecast costs about a millisecond, so lists of instances go without */
export function createInstanceView(
  engine: Engine,
  evaluator: Evaluator,
  instance: Instance,
  now: EpochSeconds,
  withForecast: boolean,
): InstanceView {
  const { tracked, group, column } = instance;
  const { slo, history, coverage, watermark, newest, normalDelay } = tracked;
  const read: ReadCounts = (from, to) => history.sum(column, from, to);
  const status = evaluateStatus({
    slo,
    read,
    coverage,
    // A budget holds every event counted, also those that alerts still wait to judge; nothing past the last evaluation.
    watermark: Math.min(Math.max(watermark ?? 0, newest), history.end) || undefined,
    now,
    normalDelay,
    calendar: engine.calendar,
  });
  const frozen = status.measurement === 'stale' || status.measurement === 'waiting';
  return {
    instance: instance.id,
    slo: slo.id,
    service: slo.service.name,
    group,
    objective: toNumber(slo.objective.target),
    window: { start: status.window.from, end: status.window.to },
    measurement: status.measurement,
    total: status.total,
    bad: status.bad,
    sli: status.sli ?? null,
    budgetSpent: status.budgetSpent ?? null,
    budgetRemaining: status.budgetRemaining ?? null,
    coverage: status.coverage,
    watermark: watermark ?? null,
    measuredThrough: status.measuredThrough ?? null,
    conditions: status.conditions.map((verdict) => conditionView(verdict, frozen)),
    forecast: withForecast ? forecastView(slo.objective, read, status) : null,
    alerts: alertViews(evaluator, instance),
  };
}

function forecastView(
  objective: Objective,
  read: ReadCounts,
  { window, measurement, projected }: SloStatus,
): ForecastView | null {
  if (measurement !== 'measured') return null;
  const exhaustion = forecastExhaustion({
    objective,
    read,
    window,
    expectedTotal: projected?.expectedTotal,
  });
  if (exhaustion === undefined) return null;
  return {
    exhaustedInSeconds: exhaustion.expected ?? null,
    earliestSeconds: exhaustion.earliest ?? null,
    latestSeconds: exhaustion.latest ?? null,
  };
}

function conditionView(verdict: ConditionVerdict, frozen: boolean): ConditionView {
  return {
    severity: verdict.condition.severity,
    longWindowSeconds: verdict.condition.longWindow,
    shortWindowSeconds: verdict.condition.shortWindow,
    burnRateThreshold: toNumber(verdict.condition.burnRate),
    long: windowView(verdict.long),
    short: windowView(verdict.short),
    on: frozen ? null : verdict.on,
  };
}

function windowView({ total, bad, burnRate }: WindowReading): WindowView {
  return { total, bad, burnRate: burnRate ?? null };
}

/** The instance's own alerts, and the SLO's missing-data alert with each of its instances. */
function alertViews(evaluator: Evaluator, { id, tracked, group }: Instance): AlertView[] {
  const { slo } = tracked;
  const candidates = SEVERITIES.flatMap((severity) => [
    { name: ALERTS.burn, instance: id, severity, labels: group },
    { name: ALERTS.missing, instance: slo.id, severity, labels: {} },
  ]);
  return candidates.flatMap(({ name, instance, severity, labels }) => {
    const record = evaluator.record({ name, instance, severity });
    if (record === undefined || record.state.phase === 'inactive') return [];
    const { phase, firingSince, activeSince } = record.state;
    return [
      {
        name,
        severity,
        instance,
        phase,
        since: firingSince ?? activeSince ?? null,
        labels: alertLabels(name, slo, labels, severity),
        annotations: record.annotations,
      },
    ];
  });
}
