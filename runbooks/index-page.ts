// The first page: every service with its alerts, and every runbook that people wrote, with the day of its review.
import { anchorOf, type Block, heading, type Page, paragraph, type Text } from '../formats/page.ts';
import { alertHeading, OTHER_ALERTS_PATH, serviceRunbookPath } from '../slo/runbook-link.ts';
import { otherAlerts } from './other-alerts-page.ts';
import { alertsOf, runbookFor, type RunbookWorkspace, type SloAlert } from './workspace.ts';

/** The tables of services and of written runbooks. */
export function indexPage(workspace: RunbookWorkspace): Page {
  const byService = Map.groupBy(workspace.slos.flatMap(alertsOf), ({ slo }) => slo.service.name);
  return {
    path: 'index',
    title: 'Runbooks',
    blocks: [
      paragraph(
        'Open the page of the service that the alert names, and on it the heading of the alert.',
      ),
      servicesTable(workspace, byService),
      ...writtenBlocks(workspace, [...byService.values()].flat()),
    ],
  };
}

function servicesTable(
  { services, runbooks }: RunbookWorkspace,
  byService: ReadonlyMap<string, readonly SloAlert[]>,
): Block {
  const rows = services.flatMap(({ name, team, tier, description = '' }): (readonly Text[])[] => {
    const alerts = byService.get(name) ?? [];
    if (alerts.length === 0) return [];
    const written = alerts.filter((alert) => runbookFor(runbooks, alert) !== undefined).length;
    const page = [{ link: serviceRunbookPath(name), text: name }];
    return [[page, description, team, tier, `${alerts.length}`, `${written}`]];
  });
  const head = ['Service', 'What it is', 'Team', 'Tier', 'Alerts', 'With a written runbook'];
  return { kind: 'table', head, rows };
}

/** Each written runbook with a link to the first alert that it is for; one that no alert takes has none. */
function writtenBlocks(
  { runbooks }: RunbookWorkspace,
  alerts: readonly SloAlert[],
): readonly Block[] {
  if (runbooks.length === 0) return [];
  const places = new Map(
    otherAlerts(runbooks).map(({ alert, runbook }) => [
      runbook,
      `${OTHER_ALERTS_PATH}#${anchorOf(alert)}`,
    ]),
  );
  for (const alert of alerts.toReversed()) {
    const runbook = runbookFor(runbooks, alert);
    const { slo, severity } = alert;
    const anchor = anchorOf(alertHeading(slo.name, alert.alert, severity));
    if (runbook !== undefined)
      places.set(runbook, `${serviceRunbookPath(slo.service.name)}#${anchor}`);
  }
  const rows = runbooks.map((runbook): readonly Text[] => {
    const { title, owner = '', reviewed } = runbook;
    const link = places.get(runbook);
    return [link === undefined ? title : [{ link, text: title }], owner, reviewed];
  });
  return [
    heading(2, 'Written runbooks'),
    { kind: 'table', head: ['Runbook', 'Owner', 'Reviewed on'], rows },
  ];
}
