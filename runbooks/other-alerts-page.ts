// The page of alerts that no SLO raises: those of a site's own rules, for which people wrote runbooks.
import { type Block, heading, type Page, paragraph } from '../formats/page.ts';
import { ALERTS } from '../slo/names.ts';
import { OTHER_ALERTS_PATH } from '../slo/runbook-link.ts';
import type { Runbook } from './runbook.ts';
import { contextBlocks } from './sections/alert-section.ts';
import { escalation } from './sections/escalation.ts';
import { guideBlocks } from './sections/guide-blocks.ts';
import type { RunbookWorkspace } from './workspace.ts';

const OWN_ALERTS: ReadonlySet<string> = new Set(Object.values(ALERTS));

/** The runbooks for alerts by their name alone, where no SLO raises such an alert. */
export function otherAlerts(
  runbooks: readonly Runbook[],
): readonly { readonly alert: string; readonly runbook: Runbook }[] {
  return runbooks
    .flatMap((runbook) =>
      runbook.alerts
        .filter(({ slo }) => slo === undefined)
        .map(({ alert }) => ({ alert, runbook })),
    )
    .filter(({ alert }) => !OWN_ALERTS.has(alert))
    .toSorted((a, b) => (a.alert < b.alert ? -1 : a.alert > b.alert ? 1 : 0));
}

/** The page of alerts that no SLO raises; undefined when no runbook is for one. */
export function otherAlertsPage(workspace: RunbookWorkspace): Page | undefined {
  const other = otherAlerts(workspace.runbooks);
  if (other.length === 0) return undefined;
  const prometheus = workspace.prometheus['default'];
  const blocks = other.flatMap(({ alert, runbook }): readonly Block[] => {
    const levels = runbook.escalation;
    return [
      heading(2, alert),
      paragraph({ strong: runbook.title }, `. Reviewed on ${runbook.reviewed}.`),
      ...guideBlocks(runbook, prometheus === undefined ? {} : { prometheus }),
      ...contextBlocks(runbook),
      ...(levels.length === 0
        ? []
        : [heading(4, 'Who comes next'), escalation(levels, 'page', workspace)]),
    ];
  });
  return { path: OTHER_ALERTS_PATH, title: 'Alerts of your own rules', blocks };
}
