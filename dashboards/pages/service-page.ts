// A service's page: how it fares now, and for each of its SLOs the budget, what spends it, and how well that is known.
import { ALERTS, SERIES } from '../../slo/names.ts';
import type { Service } from '../../slo/service.ts';
import type { Slo } from '../../slo/slo.ts';
import { type Dashboard, defineDashboard, row, type Row } from '../dashboard.ts';
import type { DashboardLink } from '../link.ts';
import { type Panel, statPanel } from '../panel.ts';
import { serviceUid } from '../uid.ts';
import { BUDGET_LEVELS, HEALTH_WORDS } from './health.ts';
import { TAGS } from './overview.ts';
import { type Site, sourceExceptions, sourceVariables } from './series-source.ts';
import { sloSignals } from './slo-signals.ts';
import { sloPanels, sloRowTitle } from './slo-panels.ts';

/** More panels at once are slow to load and hard to take in. */
const MOST_VISIBLE = 24;

/** The page of one service and its SLOs, sorted by name. */
export function servicePage(service: Service, slos: readonly Slo[], site: Site): Dashboard {
  const head = headPanels(service, slos, site);
  let visible = head.length;
  const rows = slos.map((slo, index): Row => {
    const panels = sloPanels(slo, site);
    const fits = index === 0 || visible + panels.length <= MOST_VISIBLE;
    if (fits) visible += panels.length;
    return { ...row(sloRowTitle(slo), panels), collapsed: !fits };
  });
  const sets = [slos, ...slos.map((slo) => [slo])];
  return defineDashboard({
    uid: serviceUid(service.name),
    title: `Service / ${service.name}`,
    description: `${(service.description ?? service.name).replace(/\.$/, '')}. Team ${service.team}, tier ${service.tier}. SLOs: ${slos.map(({ id }) => id).join(', ')}.`,
    tags: [TAGS.all, 'service'],
    variables: sourceVariables(sets, site),
    links: pageLinks(service, slos),
    rows: [row('', head), ...rows],
    exceptions: sourceExceptions(sets, site),
  });
}

function pageLinks(service: Service, slos: readonly Slo[]): readonly DashboardLink[] {
  const own = Object.entries(service.links).map(([title, url]) => ({ title, url, newTab: true }));
  const runbooks = slos.flatMap(({ name, runbookUrl }) =>
    runbookUrl === undefined ? [] : [{ title: `Runbook: ${name}`, url: runbookUrl, newTab: true }],
  );
  return [{ title: 'SLOs', tag: TAGS.slo }, ...runbooks, ...own];
}

function headPanels(service: Service, slos: readonly Slo[], site: Site): readonly Panel[] {
  const matchers = `service="${service.name}"`;
  const whole = sloSignals({ slos, site, matchers, by: ['service'] });
  const each = sloSignals({ slos, site, matchers, by: ['slo'] });
  return [
    statPanel({
      title: 'Health',
      description: `The worst that is said of any SLO of the service: whether ${ALERTS.burn} or ${ALERTS.missing} fires.`,
      signals: [whole.health],
      states: HEALTH_WORDS,
      whenEmpty: 'Not measured yet',
    }),
    statPanel({
      title: 'Least budget left',
      description: `The lowest ${SERIES.budgetRemaining} of the service's SLOs.`,
      signals: [whole.budgetLeft],
      levels: BUDGET_LEVELS,
      whenEmpty: 'No traffic',
    }),
    statPanel({
      title: 'Budget left of each SLO',
      description: `${SERIES.budgetRemaining}, the worst group of each SLO.`,
      width: 12,
      signals: [each.budgetLeft],
      levels: BUDGET_LEVELS,
      whenEmpty: 'No traffic',
    }),
    statPanel({
      title: 'Fastest burn',
      description: `The highest ${SERIES.burnRate} over the window of the fastest alert. At 1 the budget lasts exactly its window.`,
      signals: [whole.burnRate],
      decimals: 2,
      whenEmpty: 'No traffic',
    }),
  ];
}
