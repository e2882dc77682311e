// The on-call page: what fires now, since when, how fast it burns, and where the runbook is.
import { ALERTS, pageUid, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { type Dashboard, defineDashboard, row } from '../dashboard.ts';
import {
  type Panel,
  stateTimelinePanel,
  statPanel,
  tablePanel,
  textPanel,
  timeSeriesPanel,
} from '../panel.ts';
import { promqlSignal } from '../signal.ts';
import { servicePageUrl } from '../service-page-url.ts';
import { FIRING_LEVELS, firingSince } from './firing.ts';
import { HEALTH, HEALTH_WORDS, healthExpression } from './health.ts';
import { FILTER_MATCHERS, filterVariables, TAGS } from './overview.ts';
import { dialectOf, type Site, sourceExceptions, sourceVariables } from './series-source.ts';
import type { SignalScope } from './signal-scope.ts';
import { sloSignals } from './slo-signals.ts';

/** The page for whoever is on call. */
export function onCallPage(slos: readonly Slo[], site: Site): Dashboard {
  const scope: SignalScope = { slos, site, matchers: FILTER_MATCHERS, by: ['slo'] };
  return defineDashboard({
    uid: pageUid('onCall', site.workspace),
    title: 'On call',
    description: 'What fires now, since when, and what to do.',
    tags: [TAGS.all, TAGS.slo],
    variables: [...sourceVariables([slos], site), ...filterVariables()],
    links: [{ title: 'Ninefold', tag: TAGS.all }],
    refreshSeconds: 30,
    from: 'now-3h',
    rows: [
      row('', [...counts(scope), firingTable(scope)]),
      row('How it came', history(scope)),
      row('What to do', [runbooks(slos)]),
    ],
    exceptions: sourceExceptions([slos], site),
  });
}

function counts({ slos, site }: SignalScope): readonly Panel[] {
  const dialect = dialectOf(slos, site);
  const count = (title: string, health: number, shade: 'critical' | 'warning' | 'unknown'): Panel =>
    statPanel({
      title,
      description: `SLOs whose state is that now, by the alerts ${ALERTS.burn} and ${ALERTS.missing}.`,
      width: 8,
      signals: [
        promqlSignal({
          name: title,
          description: 'health',
          unit: 'count',
          expression: `count(${healthExpression(dialect, FILTER_MATCHERS, ['slo'])} == ${health}) or vector(0)`,
        }),
      ],
      levels: [
        { from: null, unit: 'count', shade: 'good' },
        { from: 1, unit: 'count', shade },
      ],
      whenEmpty: 'No SLO is known',
    });
  return [
    count('Page', HEALTH.page, 'critical'),
    count('Ticket', HEALTH.ticket, 'warning'),
    count('Not measured', HEALTH.unmeasured, 'unknown'),
  ];
}

function firingTable(scope: SignalScope): Panel {
  const since = firingSince(scope);
  const names = [...new Set(scope.slos.map(({ service }) => service.name))];
  return tablePanel({
    title: 'Firing now, newest first',
    description: `Alerts ${ALERTS.burn} and ${ALERTS.missing} that fire, from ${since.description}.`,
    height: 8,
    sortBy: 'Active for',
    whenEmpty: 'Nothing fires',
    mayBeEmpty: 'Nothing fires.',
    columns: [
      { title: 'Severity', label: 'severity', width: 100 },
      { title: 'Alert', label: 'alert' },
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
      { title: 'Active for', signal: since, levels: FIRING_LEVELS },
    ],
  });
}

function history(scope: SignalScope): readonly Panel[] {
  const dialect = dialectOf(scope.slos, scope.site);
  const troubled = promqlSignal({
    name: 'health',
    description: 'health of what is not well',
    unit: 'state',
    labels: ['slo'],
    expression: `${healthExpression(dialect, FILTER_MATCHERS, ['slo'])} > ${HEALTH.kept}`,
  });
  const { burnRate } = sloSignals({ ...scope, worstOnly: true });
  return [
    stateTimelinePanel({
      title: 'Alerts over time',
      description: `SLOs of which ${ALERTS.burn} or ${ALERTS.missing} fired, and when.`,
      signals: [troubled],
      states: HEALTH_WORDS,
      width: 12,
      height: 9,
      whenEmpty: 'Nothing fired',
      mayBeEmpty: 'Nothing fired.',
    }),
    timeSeriesPanel({
      title: 'Burn rate of the ten with least budget left',
      description: `${SERIES.burnRate} over the window of each SLO's fastest alert.`,
      signals: [burnRate],
      min: 0,
      height: 9,
      whenEmpty: 'No events lately',
    }),
  ];
}

/** More would push all else off the page; the service pages have every link. */
const MOST_RUNBOOKS = 100;

function runbooks(slos: readonly Slo[]): Panel {
  const known = slos.filter(({ runbookUrl }) => runbookUrl !== undefined).slice(0, MOST_RUNBOOKS);
  const lines = known.map(({ id, runbookUrl }) => `- [${id}](${runbookUrl ?? ''})`);
  return textPanel({
    title: 'Runbooks',
    text:
      lines.length === 0
        ? 'No SLO has a runbook yet: publish the generated ones and say where with `runbooks.baseUrl` in `ninefold.config.ts`, or give an SLO its own with `runbookUrl`.'
        : `Before you act: what changed last?\n\n${lines.join('\n')}`,
    height: 8,
  });
}
