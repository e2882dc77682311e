// The SLA page: for each SLO and each of its groups, what was promised, what was kept, and by how much.
import { pageUid, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { collapsedRow, type Dashboard, defineDashboard, row, type Row } from '../dashboard.ts';
import { type Panel, type StateWord, statPanel, tablePanel } from '../panel.ts';
import { promqlSignal, type Signal } from '../signal.ts';
import { BUDGET_LEVELS } from './health.ts';
import { FILTER_MATCHERS, filterVariables, TAGS } from './overview.ts';
import { dialectOf, type Site, sourceExceptions, sourceVariables } from './series-source.ts';
import type { SignalScope } from './signal-scope.ts';
import { sloSignals } from './slo-signals.ts';
import { groupLabels, sloRowTitle } from './slo-panels.ts';

const PROMISE: readonly StateWord[] = [
  { value: 1, word: 'Kept', shade: 'good' },
  { value: 0, word: 'Missed', shade: 'critical' },
];

/** The page of all promises. */
export function slaPage(slos: readonly Slo[], site: Site): Dashboard {
  const scope: SignalScope = {
    slos,
    site,
    matchers: FILTER_MATCHERS,
    by: ['slo', 'service', 'team'],
  };
  const grouped = slos.filter(({ groupBy }) => groupBy !== undefined);
  const sets = [slos, ...grouped.map((slo) => [slo])];
  return defineDashboard({
    uid: pageUid('sla', site.workspace),
    title: 'Service levels',
    description: 'What was promised, what was kept, and by how much: for reports and reviews.',
    tags: [TAGS.all, TAGS.slo],
    variables: [...sourceVariables(sets, site), ...filterVariables()],
    links: [{ title: 'Ninefold', tag: TAGS.all }],
    from: 'now-30d',
    refreshSeconds: 300,
    rows: [
      row('', [...totals(scope), promises(scope)]),
      ...grouped.map((slo, index) => groupsRow(slo, site, index)),
    ],
    exceptions: sourceExceptions(sets, site),
  });
}

/** PromQL that gives 1 where the share of good events is at least the objective, in every instance with these labels. */
function keptExpression({ slos, site, matchers, by }: SignalScope): string {
  const { select } = dialectOf(slos, site);
  const kept = `${select(SERIES.sli, matchers)} >= bool ${select(SERIES.objective, matchers)}`;
  return `min by (${by.join(', ')}) (${kept})`;
}

function keptSignal(scope: SignalScope): Signal<'state'> {
  return promqlSignal({
    name: 'kept',
    description: `${SERIES.sli} and ${SERIES.objective}`,
    unit: 'state',
    labels: scope.by,
    expression: keptExpression(scope),
  });
}

function totals(scope: SignalScope): readonly Panel[] {
  const kept = keptExpression({ ...scope, by: ['slo'] });
  const count = (title: string, comparison: string, shade: 'good' | 'critical'): Panel =>
    statPanel({
      title,
      description: `SLOs of which ${SERIES.sli} is ${comparison === '== 1' ? 'at least' : 'below'} its ${SERIES.objective}, in every group.`,
      width: 12,
      signals: [
        promqlSignal({
          name: title,
          description: SERIES.sli,
          unit: 'count',
          expression: `count(${kept} ${comparison}) or vector(0)`,
        }),
      ],
      levels: [
        { from: null, unit: 'count', shade: 'neutral' },
        { from: 1, unit: 'count', shade },
      ],
      whenEmpty: 'No SLO is known',
    });
  return [count('Promises kept', '== 1', 'good'), count('Promises missed', '== 0', 'critical')];
}

function promises(scope: SignalScope): Panel {
  const { sli, objective, budgetLeft, total, bad } = sloSignals(scope);
  return tablePanel({
    title: 'Service levels, least budget left first',
    description: `${SERIES.sli} against ${SERIES.objective} in the window of each SLO. Of an SLO with groups the line tells of the worst one.`,
    height: 12,
    sortBy: 'Budget left',
    whenEmpty: 'No SLO is known',
    columns: [
      { title: 'Promise', signal: keptSignal(scope), states: PROMISE, width: 100 },
      { title: 'SLO', label: 'slo' },
      { title: 'Service', label: 'service' },
      { title: 'Owner', label: 'team' },
      { title: 'Objective', signal: objective },
      { title: 'Good events', signal: sli },
      { title: 'Budget left', signal: budgetLeft, levels: BUDGET_LEVELS },
      { title: 'Events', signal: total },
      { title: 'Bad events', signal: bad },
    ],
  });
}

/** The first one is open. */
function groupsRow(slo: Slo, site: Site, index: number): Row {
  const by = groupLabels(slo);
  const scope: SignalScope = { slos: [slo], site, matchers: `slo="${slo.id}"`, by };
  const { sli, budgetLeft, total, bad } = sloSignals(scope);
  const table = tablePanel({
    title: `Each ${by.join(', ')} of ${slo.id}`,
    description: `${SERIES.sli} of ${slo.id} for each ${by.join(', ')}, against ${slo.objective.text}.`,
    height: 12,
    sortBy: 'Budget left',
    whenEmpty: 'No traffic',
    columns: [
      { title: 'Promise', signal: keptSignal(scope), states: PROMISE, width: 100 },
      ...by.map((label) => ({ title: label, label })),
      { title: 'Good events', signal: sli },
      { title: 'Budget left', signal: budgetLeft, levels: BUDGET_LEVELS },
      { title: 'Events', signal: total },
      { title: 'Bad events', signal: bad },
    ],
  });
  const title = `${slo.service.name} / ${sloRowTitle(slo)}`;
  return index === 0 ? row(title, [table]) : collapsedRow(title, [table]);
}
