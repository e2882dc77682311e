// Rules between SLOs and dashboards: whoever is paged finds a panel about the alert, and the runbook beside it.
import { ALERTS, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import type { FoundSelector } from '../../formats/dashboard-query.ts';
import type { LintedDashboard, LintedPanel } from './linted-dashboard.ts';
import type { LintFinding } from './rule.ts';

/** Series that show whether, and how nearly, a burn alert fires. */
const ALERTING: ReadonlySet<string> = new Set([SERIES.burnRate, SERIES.alertFiring, 'ALERTS']);

/**
 * What is missing for the alerts of some SLOs on some dashboards.
 * @param selectorsOf reads an expression; it is asked for the same ones again
 */
export function alertFindings(
  dashboards: readonly LintedDashboard[],
  slos: readonly Slo[],
  selectorsOf: (expression: string) => readonly FoundSelector[],
): readonly LintFinding[] {
  const shown = new Map<string, LintedDashboard[]>();
  for (const dashboard of dashboards)
    for (const id of alertingSlos(dashboard.panels, selectorsOf))
      shown.set(id, [...(shown.get(id) ?? []), dashboard]);
  return slos.flatMap((slo) => {
    const own = shown.get(slo.id) ?? [];
    if (own.length === 0) return [noPanel(slo)];
    const { runbookUrl } = slo;
    if (runbookUrl === undefined) return [noRunbook(slo)];
    return own.some((dashboard) => linksTo(dashboard, runbookUrl))
      ? []
      : [noLink(slo, runbookUrl, own)];
  });
}

/** Ids of SLOs that a panel with a burn rate or the state of an alert is about. */
function alertingSlos(
  panels: readonly LintedPanel[],
  selectorsOf: (expression: string) => readonly FoundSelector[],
): ReadonlySet<string> {
  const selectors = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expression }) => selectorsOf(expression)),
  );
  return new Set(
    selectors
      .filter(({ selector: { metric = '' } }) => ALERTING.has(metric))
      .flatMap(({ selector }) =>
        selector.matchers.flatMap(({ name, operator, value }) =>
          name === 'slo' && operator === '=' ? value : [],
        ),
      ),
  );
}

/** In its head, at a value, or in a text; an anchor within the page counts. */
function linksTo({ links, panels }: LintedDashboard, url: string): boolean {
  const leads = (link: string): boolean => link === url || link.startsWith(`${url}#`);
  return (
    links.some(leads) ||
    panels.some((panel) => panel.links.some(leads) || panel.text.includes(`](${url}`))
  );
}

function noPanel({ id }: Slo): LintFinding {
  return {
    rule: 'alert-panel-rule',
    severity: 'error',
    dashboard: '',
    message: `No panel shows when ${ALERTS.burn} of ${id} fires.`,
    remedy: `Show ${SERIES.burnRate}{slo="${id}"} on one of the dashboards.`,
  };
}

function noRunbook({ id }: Slo): LintFinding {
  return {
    rule: 'alert-runbook-rule',
    severity: 'warning',
    dashboard: '',
    message: `${id} has alerts and no runbook.`,
    remedy:
      'Give it one with runbookUrl, or publish the generated ones: runbooks.baseUrl in ninefold.config.ts.',
  };
}

function noLink({ id }: Slo, url: string, dashboards: readonly LintedDashboard[]): LintFinding {
  const title = dashboards[0]?.title ?? '';
  return {
    rule: 'alert-runbook-rule',
    severity: 'error',
    dashboard: title,
    message: `No dashboard that shows ${id} leads to its runbook ${url}.`,
    remedy: `Link it in the head of “${title}”.`,
  };
}
