// From what the collector shows (view) to what the contract says: names of fields, nulls, and nothing internal.
import { toNumber } from '../../slo/decimal.ts';
import { ALERTS } from '../../slo/names.ts';
import type { SliForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import type { SourceStatus } from '../sources/source.ts';
import type { AlertEvent } from '../stores/store.ts';
import type { AlertView, CollectorView, InstanceView } from '../view.ts';
import type {
  Alert,
  AlertChange,
  Budget,
  BudgetSummary,
  SloDetail,
  SloSummary,
  Source,
  Witness,
} from './contract.ts';

/** The SLO with the state of its budgets in brief. */
export function presentSlo(
  slo: Slo,
  instances: readonly InstanceView[],
  witnesses: readonly Witness[] = [],
): SloSummary {
  const worst = worstOf(instances);
  return {
    ...definition(slo, instances, witnesses),
    budget: worst === null ? null : presentSummary(worst),
  };
}

/** The SLO in full. */
export function presentDetail(
  slo: Slo,
  instances: readonly InstanceView[],
  witnesses: readonly Witness[] = [],
): SloDetail {
  const worst = worstOf(instances);
  const { method, sli, burnPolicy } = slo;
  return {
    ...definition(slo, instances, witnesses),
    labels: { ...slo.service.labels, ...slo.labels },
    method:
      method.kind === 'occurrences'
        ? method
        : { ...method, maxBadRatio: toNumber(method.maxBadRatio) },
    sli: {
      kind: sli.kind,
      connection: sli.connection,
      form: sli.form.form,
      quorum: presentQuorum(sli.form),
    },
    burnPolicy: {
      evidenceGate: burnPolicy.evidenceGate,
      keepFiringSeconds: { ...burnPolicy.keepFiring },
    },
    runbookUrl: slo.runbookUrl ?? null,
    dashboardUrl: slo.dashboardUrl ?? null,
    budget: worst === null ? null : presentBudget(worst),
  };
}

function presentQuorum(form: SliForm): SloDetail['sli']['quorum'] {
  if (form.form !== 'events' || form.quorum === undefined) return null;
  const { atLeast, among, slotSeconds } = form.quorum;
  return { atLeast, among: [...among], slotSeconds };
}

function definition(slo: Slo, instances: readonly InstanceView[], witnesses: readonly Witness[]) {
  const { service, window, groupBy } = slo;
  return {
    id: slo.id,
    service: service.name,
    name: slo.name,
    description: slo.description ?? null,
    team: service.team,
    tier: service.tier,
    objective: slo.objective.text,
    window,
    groupBy: groupBy === undefined ? null : { labels: [...groupBy.labels], limit: groupBy.limit },
    witnessOf: slo.witnessOf ?? null,
    witnesses: [...witnesses],
    groups: { count: instances.length, firing: instances.filter(isFiring).length },
  };
}

/** Whether a burn alert of the budget fires. */
export function isFiring(instance: InstanceView): boolean {
  return instance.alerts.some(({ name, phase }) => name === ALERTS.burn && phase === 'firing');
}

/** The instance with the least budget left; those without events come last. */
export function worstOf(instances: readonly InstanceView[]): InstanceView | null {
  const left = (instance: InstanceView): number => instance.budgetRemaining ?? Infinity;
  return instances.reduce<InstanceView | null>(
    (worst, each) => (worst === null || left(each) < left(worst) ? each : worst),
    null,
  );
}

/** One budget in brief. */
function presentSummary(instance: InstanceView): BudgetSummary {
  const { conditions: _, forecast: _forecast, alerts, ...summary } = instance;
  const firing = alerts
    .filter(({ name, phase }) => name === ALERTS.burn && phase === 'firing')
    .map(({ severity }) => severity);
  return { ...summary, firing };
}

/** One budget in full. */
export function presentBudget(instance: InstanceView): Budget {
  return {
    ...presentSummary(instance),
    conditions: [...instance.conditions],
    forecast: instance.forecast,
    alerts: instance.alerts.flatMap((alert) => presentAlert(alert, instance)),
  };
}

/** An alert with its reasons; nothing for an inactive one. */
function presentAlert(alert: AlertView, instance: InstanceView): Alert[] {
  const { phase, name, severity } = alert;
  if (phase === 'inactive') return [];
  const conditions =
    name === ALERTS.burn ? instance.conditions.filter((each) => each.severity === severity) : [];
  return [{ ...alert, phase, slo: instance.slo, service: instance.service, conditions }];
}

/** The alerts that are pending or firing now, each with its instance's numbers. */
export function presentAlerts(view: CollectorView): Alert[] {
  const alerts = view.alerts().flatMap((alert) => {
    const instance = view.instance(alert.instance);
    return instance === undefined ? [] : presentAlert(alert, instance);
  });
  // Missing data are an alert of the whole SLO, which every group of it shows.
  return [...new Map(alerts.map((alert) => [alertKey(alert), alert])).values()];
}

/** An alert's identity as text, for sorting and pages. */
export function alertKey(alert: Alert): string {
  return `${alert.instance}\n${alert.name}\n${alert.severity}`;
}

/** One change of an alert with its evidence as data. */
export function presentChange(event: AlertEvent): AlertChange {
  const { at, name, severity, instance, transition } = event;
  return { at, name, severity, instance, transition, evidence: parseEvidence(event.evidence) };
}

function parseEvidence(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Evidence from another version may be plain text: shown as it is.
    return text;
  }
}

export function presentSource(source: SourceStatus): Source {
  return {
    name: source.name,
    kind: source.kind,
    state: source.state,
    slos: [...source.slos],
    watermark: source.watermark ?? null,
    lagSeconds: source.lagSeconds ?? null,
    lastError: source.lastError ?? null,
    counters: { ...source.counters },
  };
}
