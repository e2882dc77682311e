// The overview: every SLO in one table, the one with the least budget left on top.
import { ALERTS, pageUid, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { type Dashboard, defineDashboard, row } from '../dashboard.ts';
import { type Panel, statPanel, tablePanel, timeSeriesPanel } from '../panel.ts';
import { promqlSignal } from '../signal.ts';
import { servicePageUrl } from '../service-page-url.ts';
import type { LabelVariable } from '../variable.ts';
import { BUDGET_LEVELS, HEALTH, HEALTH_WORDS, healthExpression } from './health.ts';
import {
  dialectOf,
  type SeriesDialect,
  type Site,
  sourceExceptions,
  sourceVariables,
} from './series-source.ts';
import type { SignalScope } from './signal-scope.ts';
import { sloSignals } from './slo-signals.ts';

/** Tags of all that Ninefold makes: the first finds every page, the second those about SLOs. */
export const TAGS = { all: 'ninefold', slo: 'slo' } as const;

const FILTERS = ['team', 'tier', 'service'] as const;
export const FILTER_MATCHERS = FILTERS.map((label) => `${label}=~"$${label}"`).join(',');

/** By what people tell SLOs apart; the groups of an SLO are told on its service's page. */
const IDENTITY = ['slo', 'service', 'team', 'tier'];

/** The page of all SLOs. */
export function overviewPage(slos: readonly Slo[], site: Site): Dashboard {
  const scope = { slos, site, matchers: FILTER_MATCHERS, by: IDENTITY };
  return defineDashboard({
    uid: pageUid('overview', site.workspace),
    title: 'SLO overview',
    description: 'All error budgets, the one with the least left on top.',
    tags: [TAGS.all, TAGS.slo],
    variables: [...sourceVariables([slos], site), ...filterVariables()],
    links: [{ title: 'Ninefold', tag: TAGS.all }],
    rows: [
      row('', countPanels(dialectOf(slos, site))),
      row('Error budgets', [budgetTable(scope)]),
      row('Where it goes', worstOverTime(scope)),
    ],
    exceptions: sourceExceptions([slos], site),
  });
}

/** Variables by which pages about many SLOs are narrowed down. */
export function filterVariables(): readonly LabelVariable[] {
  return FILTERS.map((name) => ({ kind: 'label', name, selector: SERIES.objective }));
}

function countPanels(dialect: SeriesDialect): readonly Panel[] {
  const { select } = dialect;
  const count = (
    title: string,
    description: string,
    expression: string,
    shade?: 'warning' | 'critical' | 'unknown',
  ): Panel =>
    statPanel({
      title,
      description,
      whenEmpty: 'No SLO is known',
      signals: [
        promqlSignal({
          name: title,
          description,
          unit: 'count',
          expression,
        }),
      ],
      levels: shade === undefined ? [] : [{ from: 1, unit: 'count', shade }],
    });
  const inHealth = (health: number): string =>
    `count(${healthExpression(dialect, FILTER_MATCHERS, ['slo'])} == ${health}) or vector(0)`;
  const overspent = `count(min by (slo) (${select(SERIES.budgetRemaining, FILTER_MATCHERS)}) < 0) or vector(0)`;
  return [
    count(
      'SLOs',
      `SLOs that have an objective: ${SERIES.objective}.`,
      `count(max by (slo) (${select(SERIES.objective, FILTER_MATCHERS)}))`,
    ),
    count(
      'Page now',
      `SLOs of which the ${ALERTS.burn} alert with severity page fires.`,
      inHealth(HEALTH.page),
      'critical',
    ),
    count(
      'Ticket now',
      `SLOs of which only the ${ALERTS.burn} alert with severity ticket fires.`,
      inHealth(HEALTH.ticket),
      'warning',
    ),
    count(
      'Not measured',
      `SLOs of which the ${ALERTS.missing} alert fires: nobody knows how they fare.`,
      inHealth(HEALTH.unmeasured),
      'unknown',
    ),
    count(
      'Budget overspent',
      `SLOs with ${SERIES.budgetRemaining} below 0: they missed their objective in the window.`,
      overspent,
      'critical',
    ),
  ];
}

function budgetTable(scope: SignalScope): Panel {
  const { health, budgetLeft, burnRate, runsOut, sli, objective, coverage, total } =
    sloSignals(scope);
  const names = [...new Set(scope.slos.map(({ service }) => service.name))];
  return tablePanel({
    title: 'Error budgets, least left first',
    description:
      `One line for each SLO, from ${SERIES.budgetRemaining}. Of an SLO with groups the line tells of the worst one. ` +
      'The burn rate is the one that the fastest alert looks at; at 1 the budget lasts exactly its window. ' +
      'It runs out when it goes on like that, as if no old failures dropped out meanwhile; a spent one, now. Empty cells: no events, or nothing burns.',
    height: 14,
    sortBy: 'Budget left',
    whenEmpty: 'No SLO is known: nothing is measured yet, or the rules are not loaded',
    columns: [
      { title: 'State', signal: health, states: HEALTH_WORDS, width: 110 },
      { title: 'SLO', label: 'slo' },
      {
        title: 'Service',
        label: 'service',
        link: {
          title: 'Open the service',
          url: servicePageUrl('Service', names, scope.site.workspace),
        },
      },
      { title: 'Owner', label: 'team' },
      { title: 'Tier', label: 'tier', width: 90 },
      { title: 'Budget left', signal: budgetLeft, levels: BUDGET_LEVELS },
      { title: 'Burn rate', signal: burnRate },
      { title: 'Runs out', signal: runsOut, mayBeEmpty: 'Nothing burns.' },
      { title: 'Good events', signal: sli },
      { title: 'Objective', signal: objective },
      { title: 'Events', signal: total },
      { title: 'Measured time', signal: coverage },
    ],
  });
}

function worstOverTime(scope: SignalScope): readonly Panel[] {
  const slo = { ...scope, by: ['slo'], worstOnly: true };
  const { budgetLeft, burnRate } = sloSignals(slo);
  return [
    timeSeriesPanel({
      title: 'Budget left: the ten with least',
      description: `${SERIES.budgetRemaining} over time of the SLOs that have least left now.`,
      signals: [budgetLeft],
      max: 1,
      limits: [{ at: 0, unit: 'ratio', shade: 'critical', name: 'the budget is spent' }],
      whenEmpty: 'No events in any window',
    }),
    timeSeriesPanel({
      title: 'Burn rate of the same ten',
      description: `${SERIES.burnRate} over the window of each SLO's fastest alert. At 1 the budget lasts exactly its window.`,
      signals: [burnRate],
      min: 0,
      limits: [{ at: 1, unit: 'multiple', shade: 'notice', name: '1: all of the budget, no more' }],
      whenEmpty: 'No events lately',
    }),
  ];
}
