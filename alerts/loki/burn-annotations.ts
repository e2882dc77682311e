// What a burn alert of Loki's ruler says, as templates that it fills in when the alert fires.
import type { Condition, Severity } from '../../slo/burn-policy.ts';
import { toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { type AlertName, ALERTS, ANNOTATIONS } from '../../slo/names.ts';
import { alertRunbookUrl } from '../../slo/runbook-link.ts';
import type { LogForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import { escapeTemplate } from '../rules/template-text.ts';

/**
 * The annotations under the names that the collector uses. The alert's value is the burn rate of a long window. Nothing
 * is queried: an outage of everything fires all alerts at once, and each query would read their lines again.
 */
export function burnAnnotations(
  slo: Slo,
  form: LogForm,
  conditions: readonly Condition[],
): Readonly<Record<string, string>> {
  const budget = `${slo.objective.text} of ${slo.description ?? slo.id} in ${windowText(slo)} is at stake. `;
  return {
    [ANNOTATIONS.summary]: `${instanceText(slo)} burns its error budget at {{ printf "%.3g" $value }}×`,
    [ANNOTATIONS.description]: escapeTemplate(budget + firstStep(slo, form)),
    [ANNOTATIONS.firedBy]: firedText(conditions),
    ...linkAnnotations(slo, ALERTS.burn, conditions[0]?.severity ?? 'ticket'),
  };
}

/** Where to look: the runbook and the dashboard, as far as the SLO has them. */
export function linkAnnotations(
  slo: Slo,
  alert: AlertName,
  severity: Severity,
): Readonly<Record<string, string>> {
  const { dashboardUrl } = slo;
  const runbook = alertRunbookUrl(slo, alert, severity);
  return {
    ...(runbook !== undefined && { [ANNOTATIONS.runbook]: escapeTemplate(runbook) }),
    ...(dashboardUrl !== undefined && { [ANNOTATIONS.dashboard]: escapeTemplate(dashboardUrl) }),
  };
}

/** `checkout/availability`, with the labels of its group as the collector writes them. */
function instanceText({ id, groupBy }: Slo): string {
  if (groupBy === undefined) return id;
  const pairs = groupBy.labels.map((label) => `${label}={{ printf "%q" $labels.${label} }}`);
  // A brace of text next to a template's own would be taken for a part of it.
  return `${id}{{ "{" }}${pairs.join(',')}{{ "}" }}`;
}

/** Which of several pairs it was, the value alone does not tell. */
function firedText(conditions: readonly Condition[]): string {
  const pairs = conditions.map(
    ({ longWindow, shortWindow, burnRate }) =>
      `${formatDuration(longWindow)}/${formatDuration(shortWindow)} above ${Number(toNumber(burnRate).toPrecision(3))}×`,
  );
  return pairs.length === 1 ? pairs.join() : `one of ${pairs.join('; ')}`;
}

function firstStep({ runbookUrl }: Slo, { counted, part }: LogForm): string {
  const follow = runbookUrl === undefined ? '' : 'Follow the runbook. ';
  const which = counted === 'bad' ? 'the lines that count as bad' : 'which lines are still good';
  return `${follow}See first ${which}: ${part}`;
}

function windowText({ window }: Slo): string {
  return window.kind === 'rolling'
    ? formatDuration(window.seconds)
    : `this ${window.unit} (${window.zone})`;
}
