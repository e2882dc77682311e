// A service's page: how it fares now, and for each of its SLOs the budget, what spends it, and how well that is known.
import { ALERTS, SERIES, serviceUid } from '../../slo/names.ts';
import type { Service } from '../../slo/service.ts';
import type { Slo } from '../../slo/slo.ts';
import {
  collapsedRow,
  type Dashboard,
  defineDashboard,
  type LintException,
  row,
  type Row,
} from '../dashboard.ts';
import type { ServiceTelemetry } from '../define-telemetry.ts';
import type { DashboardLink } from '../link.ts';
import { type Panel, statPanel } from '../panel.ts';
import { BUDGET_LEVELS, HEALTH_WORDS } from './health.ts';
import { needsTable } from './needs-table.ts';
import { TAGS } from './overview.ts';
import { type Site, sourceExceptions, sourceVariables } from './series-source.ts';
import { sloSignals } from './slo-signals.ts';
import { sloPanels, sloRowTitle } from './slo-panels.ts';
import { recordPanels, saturationPanels } from './telemetry-panels.ts';
import { logPanels, trafficPanels } from './traffic-panels.ts';

/** More panels at once are slow to load and hard to take in. */
const MOST_VISIBLE = 24;

/** What is known of a service beside its SLOs. */
export interface ServiceSurroundings {
  /** Those of its SLOs whose own series Grafana can be asked for. */
  readonly counted: readonly Slo[];
  readonly telemetry?: ServiceTelemetry | undefined;
  /** SLOs of the services that it needs. */
  readonly needed: readonly Slo[];
}

/** The page of one service and its SLOs, sorted by name. */
export function servicePage(
  service: Service,
  slos: readonly Slo[],
  site: Site,
  around: ServiceSurroundings,
): Dashboard {
  const head = headPanels(service, slos, site);
  const traffic = trafficPanels(around.counted);
  const closed = closedRows(around, site);
  let visible = head.length + traffic.length;
  const rows = slos.map((slo, index): Row => {
    const panels = sloPanels(slo, site);
    const fits = index === 0 || visible + panels.length <= MOST_VISIBLE;
    if (fits) visible += panels.length;
    return { ...row(sloRowTitle(slo), panels), collapsed: !fits };
  });
  const sets = [
    slos,
    ...slos.map((slo) => [slo]),
    ...(around.needed.length > 0 ? [around.needed] : []),
  ];
  const asCounted = traffic.length > 0 || around.telemetry?.processes !== undefined;
  return defineDashboard({
    uid: serviceUid(service.name, site.workspace),
    title: `Service / ${service.name}`,
    description: `${(service.description ?? service.name).replace(/\.$/, '')}. Team ${service.team}, tier ${service.tier}. SLOs: ${slos.map(({ id }) => id).join(', ')}.`,
    tags: [TAGS.all, 'service'],
    variables: sourceVariables(sets, site),
    links: pageLinks(service, slos),
    rows: [
      row('', head),
      ...(traffic.length > 0 ? [row('Traffic, as the SLIs count it', traffic)] : []),
      ...rows,
      ...closed,
    ],
    exceptions: withOwnSelectors(sourceExceptions(sets, site), asCounted),
  });
}

/** What is asked for only when somebody opens it. */
function closedRows({ counted, telemetry, needed }: ServiceSurroundings, site: Site): Row[] {
  const rows: [string, readonly Panel[]][] = [
    ['What it needs', needed.length > 0 ? [needsTable(needed, site)] : []],
    ['Saturation', telemetry === undefined ? [] : saturationPanels(telemetry)],
    [
      'Logs and traces',
      [...logPanels(counted), ...(telemetry === undefined ? [] : recordPanels(telemetry))],
    ],
  ];
  return rows.flatMap(([title, panels]) =>
    panels.length > 0 ? [collapsedRow(title, panels)] : [],
  );
}

/** A page with series as SLIs and users select them cannot follow the choice of a collector in all of its selectors. */
function withOwnSelectors(
  exceptions: readonly LintException[],
  asCounted: boolean,
): readonly LintException[] {
  if (!asCounted) return exceptions;
  const known = new Set(exceptions.map(({ rule }) => rule));
  const reason = 'What an SLI counts is shown as it counts: by its own selector.';
  const added = ['target-job-rule', 'target-instance-rule'].filter((rule) => !known.has(rule));
  return [...exceptions, ...added.map((rule) => ({ rule, reason }))];
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
