// What runbooks are written from: services and SLOs, runbooks that people wrote, teams, and where to look.
import { SEVERITIES, isReachable, type Severity } from '../slo/burn-policy.ts';
import { type AlertName, ALERTS } from '../slo/names.ts';
import type { RunbookSettings } from '../slo/runbook-link.ts';
import type { Service } from '../slo/service.ts';
import type { Slo } from '../slo/slo.ts';
import type { Runbook } from './runbook.ts';

/** A team as a reader needs it: who is reached, and how. */
export interface TeamContact {
  readonly name: string;
  /** Ways in which pages reach it, in words: `pagerduty`, `slack #shop`. */
  readonly page: readonly string[];
  readonly ticket: readonly string[];
}

/** One service needs others. */
export interface ServiceNeed {
  readonly service: string;
  readonly needs: readonly string[];
}

export interface RunbookWorkspace {
  /** Sorted by name. */
  readonly services: readonly Service[];
  /** Sorted by id. */
  readonly slos: readonly Slo[];
  readonly runbooks: readonly Runbook[];
  readonly teams: readonly TeamContact[];
  readonly needs: readonly ServiceNeed[];
  readonly settings: RunbookSettings;
  /** Addresses of Prometheus by connection. */
  readonly prometheus: Readonly<Record<string, string>>;
  /** Uid of a service's dashboard. */
  readonly dashboardUid: (service: string) => string;
}

/** One alert that an SLO can raise. A missing SLI is told once, with whichever severity. */
export interface SloAlert {
  readonly slo: Slo;
  readonly alert: AlertName;
  readonly severity: Severity;
}

/** The alerts that an SLO can raise, pages first. */
export function alertsOf(slo: Slo): readonly SloAlert[] {
  const { conditions } = slo.burnPolicy;
  const raised = SEVERITIES.filter((severity) =>
    conditions.some((each) => each.severity === severity && isReachable(each, slo.objective)),
  );
  const burns = raised.map((severity): SloAlert => ({ slo, alert: ALERTS.burn, severity }));
  return [...burns, { slo, alert: ALERTS.missing, severity: raised[0] ?? 'ticket' }];
}

/** The runbook written for an alert: the closest one, for its SLO and severity before one for all alerts of that name. */
export function runbookFor(
  runbooks: readonly Runbook[],
  { slo, alert, severity }: SloAlert,
): Runbook | undefined {
  const closeness = (runbook: Runbook): number =>
    Math.max(
      0,
      ...runbook.alerts
        .filter((each) => each.alert === alert && (each.slo === undefined || each.slo === slo.id))
        .filter(
          (each) =>
            each.severity === undefined || each.severity === severity || alert === ALERTS.missing,
        )
        .map((each) => (each.slo === undefined ? 1 : 3) + (each.severity === undefined ? 0 : 1)),
    );
  const [closest] = runbooks
    .map((runbook) => ({ runbook, closeness: closeness(runbook) }))
    .filter((each) => each.closeness > 0)
    .toSorted((a, b) => b.closeness - a.closeness);
  return closest?.runbook;
}
