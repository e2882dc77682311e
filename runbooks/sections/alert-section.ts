// The section that an alert's link leads to: what it says, what to do, who comes next.
import { anchorOf, type Block, bullets, heading, paragraph } from '../../formats/page.ts';
import { formatDuration } from '../../slo/duration.ts';
import { ALERTS } from '../../slo/names.ts';
import { alertHeading } from '../../slo/runbook-link.ts';
import { staleAfter } from '../../slo/status.ts';
import { burnGuide } from '../defaults/burn-guide.ts';
import { missingGuide } from '../defaults/missing-guide.ts';
import type { Guide, Runbook } from '../runbook.ts';
import { type RunbookWorkspace, runbookFor, type SloAlert } from '../workspace.ts';
import { defaultEscalation, escalation } from './escalation.ts';
import { guideBlocks } from './guide-blocks.ts';
import { policyMeaning } from './policy-meaning.ts';

/** Which guides a page already holds, with the heading under which they stand. */
export type GuidesShown = Map<string, string>;

/** The section of one alert; a runbook that stands on the page already is not repeated. */
export function alertSection(
  alert: SloAlert,
  workspace: RunbookWorkspace,
  shown: GuidesShown,
): readonly Block[] {
  const { slo, severity } = alert;
  const title = alertHeading(slo.name, alert.alert, severity);
  const written = runbookFor(workspace.runbooks, alert);
  // A ticket wants what a page wants, with less haste.
  const name = written === undefined ? `${slo.id} ${alert.alert}` : `runbook ${written.name}`;
  const before = shown.get(name);
  const head = [heading(3, title), paragraph(urgencyText(alert))];
  if (before !== undefined) {
    const there = { link: `#${anchorOf(before)}`, text: before };
    return [...head, paragraph('What to do is the same as for ', there, '.'), ...meaningOf(alert)];
  }
  shown.set(name, title);
  const guide = written ?? defaultGuide(alert);
  const levels = written?.escalation ?? [];
  const prometheus = workspace.prometheus[slo.sli.connection] ?? workspace.prometheus['default'];
  return [
    ...head,
    introduction(written),
    ...guideBlocks(guide, prometheus === undefined ? {} : { prometheus }),
    ...(written === undefined ? [] : contextBlocks(written)),
    heading(4, 'Who comes next'),
    escalation(levels.length > 0 ? levels : defaultEscalation(slo), severity, workspace),
    ...meaningOf(alert),
  ];
}

function defaultGuide({ slo, alert, severity }: SloAlert): Guide {
  return alert === ALERTS.missing ? missingGuide(slo) : burnGuide(slo, severity);
}

/** Whether to run or to walk. */
function urgencyText({ alert, severity }: SloAlert): string {
  if (alert === ALERTS.missing) {
    const missing = `No telemetry has arrived for more than ${formatDuration(staleAfter(0))}, so the SLO cannot be judged.`;
    return severity === 'page'
      ? `${missing} It pages, because an outage could not be told from silence.`
      : `${missing} It is a ticket.`;
  }
  return severity === 'page'
    ? 'The budget burns so fast that it cannot wait for the morning.'
    : 'The budget burns slowly, but too fast to last. It can wait for working hours.';
}

/** After what to do, because whoever was woken does first and understands later. */
function meaningOf({ slo, alert, severity }: SloAlert): readonly Block[] {
  if (alert === ALERTS.missing) return [];
  return [heading(4, 'When it fires'), ...policyMeaning(slo, severity)];
}

function introduction(written: Runbook | undefined): Block {
  if (written === undefined)
    return paragraph(
      'Nobody has written a runbook for this alert yet; what follows is made from the definition of the SLO.',
    );
  return paragraph(
    { strong: written.title },
    `. Reviewed on ${written.reviewed}${written.owner === undefined ? '' : ` by the team ${written.owner}`}.`,
  );
}

/** What a runbook knows beside its steps. */
export function contextBlocks({ logs, dashboards, incidents }: Runbook): readonly Block[] {
  return [
    ...(logs === undefined
      ? []
      : [heading(4, 'Logs'), { kind: 'code', language: 'logql', code: logs } as const]),
    ...(dashboards.length === 0
      ? []
      : [
          heading(4, 'Dashboards'),
          bullets(dashboards.map(({ title, url }) => [{ link: url, text: title }])),
        ]),
    ...(incidents.length === 0
      ? []
      : [
          heading(4, 'It happened before'),
          bullets(
            incidents.map(({ date, title, url }) => [
              `${date}: `,
              url === undefined ? title : { link: url, text: title },
            ]),
          ),
        ]),
  ];
}
