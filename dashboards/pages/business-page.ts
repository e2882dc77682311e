// The business page: who uses what, how much, and whether that grows, by the groups of SLOs: APIs, subscriptions, countries.
import { pageUid, RECORDED, SERIES } from '../../slo/names.ts';
import type { Slo } from '../../slo/slo.ts';
import { collapsedRow, type Dashboard, defineDashboard, row, type Row } from '../dashboard.ts';
import { barGaugePanel, type Panel, statPanel, timeSeriesPanel } from '../panel.ts';
import { promqlSignal } from '../signal.ts';
import { TAGS } from './overview.ts';
import { dialectOf, type Site, sourceExceptions, sourceVariables } from './series-source.ts';
import { groupLabels } from './slo-panels.ts';

/** The page of all SLOs that tell groups apart; undefined when there are none. */
export function businessPage(slos: readonly Slo[], site: Site): Dashboard | undefined {
  const grouped = slos.filter(({ groupBy }) => groupBy !== undefined);
  if (grouped.length === 0) return undefined;
  const sets = grouped.map((slo) => [slo]);
  return defineDashboard({
    uid: pageUid('business', site.workspace),
    title: 'Adoption',
    description: 'Who uses what, how much, and whether that grows.',
    tags: [TAGS.all],
    variables: sourceVariables(sets, site),
    links: [{ title: 'Ninefold', tag: TAGS.all }],
    from: 'now-30d',
    refreshSeconds: 300,
    rows: grouped.flatMap((slo, index) =>
      groupLabels(slo).map((label, at): Row => {
        const title = `${slo.service.name} / ${slo.name} by ${label}`;
        const panels = adoption(slo, label, site);
        return index === 0 && at === 0 ? row(title, panels) : collapsedRow(title, panels);
      }),
    ),
    exceptions: sourceExceptions(sets, site),
  });
}

/** How the values of one label came, went and grew; what is past a grouping's limit counts as one. */
function adoption(slo: Slo, label: string, site: Site): readonly Panel[] {
  const { select } = dialectOf([slo], site);
  const series = select(SERIES.total, `slo="${slo.id}"`);
  const events = (offset = ''): string =>
    `sum by (${label}) (max without (job, instance, pod, ${RECORDED.name}) (${series}${offset} > 0))`;
  const about = `${SERIES.total} of ${slo.id}`;
  const count = (name: string, expression: string) =>
    promqlSignal({ name, description: about, unit: 'count', expression });
  const young = 'There is no week of history yet.';
  return [
    statPanel({
      title: `Active: ${label}`,
      description: `How many values of ${label} had events in the window, from ${about}.`,
      width: 6,
      signals: [count('active', `count(${events()})`)],
      whenEmpty: 'Nobody',
    }),
    statPanel({
      title: 'New this week',
      description: `Values of ${label} with events now and none a week ago, from ${about}.`,
      width: 6,
      signals: [count('new', `count(${events()} unless on (${label}) ${events(' offset 7d')})`)],
      whenEmpty: 'None is new',
      mayBeEmpty: 'Nobody came within a week.',
    }),
    statPanel({
      title: 'Gone this week',
      description: `Values of ${label} with events a week ago and none now, from ${about}.`,
      width: 6,
      signals: [count('gone', `count(${events(' offset 7d')} unless on (${label}) ${events()})`)],
      whenEmpty: 'None is gone',
      mayBeEmpty: 'Nobody left within a week.',
    }),
    statPanel({
      title: 'Growth in a week',
      description: `Events in the window now over those a week ago, less one, from ${about}.`,
      width: 6,
      signals: [
        promqlSignal({
          name: 'growth',
          description: about,
          unit: 'ratio',
          expression: `sum(${events()}) / sum(${events(' offset 7d')}) - 1`,
        }),
      ],
      whenEmpty: 'No week of history yet',
      mayBeEmpty: young,
    }),
    timeSeriesPanel({
      title: `Active ${label} over time`,
      description: `How many values of ${label} had events in the window, from ${about}.`,
      signals: [count('active', `count(${events()})`)],
      min: 0,
      whenEmpty: 'Nobody',
    }),
    barGaugePanel({
      title: `The ten busiest: ${label}`,
      description: `${about}, by ${label}.`,
      width: 12,
      signals: [
        promqlSignal({
          name: 'events',
          description: about,
          unit: 'count',
          labels: [label],
          expression: `topk(10, ${events()})`,
        }),
      ],
      whenEmpty: 'Nobody',
    }),
  ];
}
