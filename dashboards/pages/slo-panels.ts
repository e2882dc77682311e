// The panels about one SLO: its budget, what spends it, its alerts, and how much of the time it was measured.
import { toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { ALERTS, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import {
  type Limit,
  type Panel,
  stateTimelinePanel,
  statPanel,
  tablePanel,
  timeSeriesPanel,
} from '../panel.ts';
import { leadWindow } from './budget-outlook.ts';
import { BUDGET_LEVELS, HEALTH_WORDS } from './health.ts';
import type { Site } from './series-source.ts';
import type { SignalScope } from './signal-scope.ts';
import {
  burnRatesOf,
  eventRatesOf,
  objectiveNumber,
  type SloSignals,
  sloSignals,
  windowEventsOf,
} from './slo-signals.ts';

/** `availability · 99.9% over 30d` */
export function sloRowTitle(slo: Slo): string {
  return `${slo.name} · ${slo.objective.text} ${windowText(slo)}`;
}

/** What tells the groups of an SLO apart: label names as Prometheus takes them, whatever the fields of events are called. */
export function groupLabels({ groupBy }: Slo): readonly string[] {
  return (groupBy?.labels ?? []).map((label) => label.replace(/[^A-Za-z0-9_]/g, '_'));
}

/** All panels of an SLO; of one with groups, charts show the ten with the least budget left. */
export function sloPanels(slo: Slo, site: Site): readonly Panel[] {
  const matchers = `slo="${slo.id}"`;
  const whole = { slos: [slo], site, matchers, by: [] };
  const groups = groupLabels(slo);
  const scope: SignalScope =
    groups.length === 0 ? whole : { ...whole, by: groups, worstOnly: true };
  return [
    ...numbers(slo, sloSignals(whole), sloSignals({ ...whole, by: ['slo'] })),
    ...charts(slo, scope),
    ...(groups.length === 0 ? [] : [groupTable(slo, { ...whole, by: groups })]),
  ];
}

function numbers(slo: Slo, signals: SloSignals, named: SloSignals): readonly Panel[] {
  const about = `of ${slo.id}`;
  const ofGroups = slo.groupBy === undefined ? '' : ' Of the worst group.';
  return [
    statPanel({
      title: 'State',
      description: `Whether ${ALERTS.burn} or ${ALERTS.missing} ${about} fires now.`,
      signals: [named.health],
      states: HEALTH_WORDS,
      whenEmpty: 'Not measured yet',
    }),
    statPanel({
      title: 'Budget left',
      description: `${SERIES.budgetRemaining} ${about}: 100% is all of it, below 0% the objective is missed.${ofGroups}`,
      signals: [signals.budgetLeft],
      levels: BUDGET_LEVELS,
      decimals: 1,
      whenEmpty: 'No traffic',
    }),
    statPanel({
      title: 'Budget lasts',
      description: `${SERIES.budgetRemaining} over ${SERIES.burnRate}: how long the budget ${about} lasts at the rate of the last ${formatDuration(leadWindow(slo))}, as if no old failures dropped out meanwhile.${ofGroups}`,
      signals: [signals.lasts],
      states: [{ value: 0, word: 'Spent', shade: 'critical' }],
      whenEmpty: 'Nothing burns',
      mayBeEmpty: 'No failures lately: the budget does not burn.',
    }),
    statPanel({
      title: 'Good events',
      description: `${SERIES.sli} ${about} ${windowText(slo)}; the objective is ${slo.objective.text}.${ofGroups}`,
      signals: [signals.sli],
      levels: [
        { from: null, unit: 'ratio', shade: 'critical' },
        { from: objectiveNumber(slo), unit: 'ratio', shade: 'good' },
      ],
      decimals: decimalsOf(slo),
      whenEmpty: 'No traffic',
    }),
    statPanel({
      title: 'Events',
      description: `${SERIES.total} ${about} ${windowText(slo)}.`,
      signals: [signals.total],
      whenEmpty: 'Not measured yet',
    }),
    statPanel({
      title: 'Bad events',
      description: `${SERIES.bad} ${about} ${windowText(slo)}.`,
      signals: [signals.bad],
      whenEmpty: 'Not measured yet',
    }),
  ];
}

function charts(slo: Slo, scope: SignalScope): readonly Panel[] {
  const { sli, budgetLeft, coverage, burnRate, forecast } = sloSignals(scope);
  const { health, age } = sloSignals({ ...scope, by: ['slo'], worstOnly: false });
  const about = `of ${slo.id}`;
  const grouped = slo.groupBy !== undefined;
  return [
    timeSeriesPanel({
      title: 'Good events and objective',
      description: `${SERIES.sli} ${about}: the share of good events ${windowText(slo)}, at each moment.`,
      signals: [sli],
      max: 1,
      decimals: decimalsOf(slo),
      limits: [
        {
          at: objectiveNumber(slo),
          unit: 'ratio',
          shade: 'critical',
          name: `objective ${slo.objective.text}`,
        },
      ],
      whenEmpty: 'No traffic',
    }),
    timeSeriesPanel({
      title: 'Budget burn-down',
      description: `${SERIES.budgetRemaining} ${about}. It rises again when old failures drop out of the window.${grouped ? '' : ` The forecast is what is left in a day at the ${SERIES.burnRate} of the last ${formatDuration(leadWindow(slo))}.`}`,
      signals: grouped ? [budgetLeft] : [budgetLeft, forecast],
      max: 1,
      decimals: 1,
      limits: [{ at: 0, unit: 'ratio', shade: 'critical', name: 'the budget is spent' }],
      whenEmpty: 'No traffic',
    }),
    timeSeriesPanel({
      title: grouped ? 'Burn rate of the worst groups' : 'Burn rates',
      description: `${SERIES.burnRate} ${about}: how many times faster than the budget allows. ${ALERTS.burn} fires when both windows of a pair are above its line.`,
      signals: [grouped ? burnRate : burnRatesOf(scope)],
      min: 0,
      limits: burnLimits(slo),
      whenEmpty: 'No traffic',
    }),
    timeSeriesPanel({
      title: 'Good and bad events a second',
      description: `ninefold_slo_events_total and ninefold_slo_bad_events_total ${about}, which the rules count.`,
      signals: eventRatesOf({ ...scope, by: [], worstOnly: false }),
      min: 0,
      stacked: true,
      whenEmpty: 'No traffic',
    }),
    timeSeriesPanel({
      title: 'Events in the window',
      description: `${SERIES.total} and ${SERIES.bad} ${about}, ${windowText(slo)}. The collector shows counts of whole windows, not of every second.`,
      signals: windowEventsOf({ ...scope, by: [], worstOnly: false }),
      min: 0,
      whenEmpty: 'No traffic',
    }),
    stateTimelinePanel({
      title: 'Alerts',
      description: `When ${ALERTS.burn} and ${ALERTS.missing} ${about} fired.`,
      signals: [health],
      states: HEALTH_WORDS,
      width: 12,
      height: 5,
      whenEmpty: 'Not measured yet',
    }),
    timeSeriesPanel({
      title: 'Measured time',
      description: `${SERIES.coverage} ${about}: the share of the window that was measured. What was not measured counts as neither good nor bad.`,
      signals: [coverage],
      width: 6,
      height: 5,
      min: 0,
      max: 1,
      whenEmpty: 'Not measured yet',
    }),
    statPanel({
      title: 'Newest telemetry',
      description: `How old the newest telemetry ${about} is, by ${age.description}. ${ALERTS.missing} fires when none comes for five minutes.`,
      signals: [age],
      width: 6,
      height: 5,
      levels: [{ from: 300, unit: 'seconds', shade: 'unknown' }],
      whenEmpty: 'None for over an hour',
    }),
  ];
}

function groupTable(slo: Slo, scope: SignalScope): Panel {
  const { budgetLeft, burnRate, sli, total, bad, lasts } = sloSignals(scope);
  return tablePanel({
    title: 'Groups, least budget left first',
    description: `${SERIES.budgetRemaining} of ${slo.id} for each ${scope.by.join(', ')}.`,
    height: 8,
    sortBy: 'Budget left',
    whenEmpty: 'No traffic',
    columns: [
      ...scope.by.map((label) => ({ title: label, label })),
      { title: 'Budget left', signal: budgetLeft, levels: BUDGET_LEVELS },
      { title: 'Burn rate', signal: burnRate },
      { title: 'Lasts', signal: lasts, mayBeEmpty: 'Nothing burns.' },
      { title: 'Good events', signal: sli },
      { title: 'Events', signal: total },
      { title: 'Bad events', signal: bad },
    ],
  });
}

/** The lines of a burn policy, at the numbers of its conditions; equal ones once. */
function burnLimits({ burnPolicy }: Slo): readonly Limit<'multiple'>[] {
  const byRate = Map.groupBy(burnPolicy.conditions, ({ burnRate }) => toNumber(burnRate));
  return [...byRate].map(([at, conditions]) => {
    const pages = conditions.some(({ severity }) => severity === 'page');
    const pairs = conditions.map(
      ({ severity, longWindow, shortWindow }) =>
        `${severity} above it over ${formatDuration(longWindow)} and ${formatDuration(shortWindow)}`,
    );
    return {
      at,
      unit: 'multiple',
      shade: pages ? 'critical' : 'warning',
      name: `${Number(at.toPrecision(6))}: ${pairs.join(', ')}`,
    };
  });
}

function windowText({ window }: Slo): string {
  return window.kind === 'rolling'
    ? `over ${formatDuration(window.seconds)}`
    : `in each ${window.unit} (${window.zone})`;
}

/** One digit more than the objective has. */
function decimalsOf({ objective }: Slo): number {
  return objective.text.replace(/^[^.]*\.?|%$/g, '').length + 1;
}
