// The collector's own page: whether what all other pages rest on is read, counted, judged and told.
import { pageUid, SERIES } from '../../slo/names.ts';
import { type Dashboard, defineDashboard, row } from '../dashboard.ts';
import { type Panel, statPanel, tablePanel, timeSeriesPanel } from '../panel.ts';
import { counterSignal, gaugeSignal, promqlSignal } from '../signal.ts';
import { TAGS } from './overview.ts';
import type { Site } from './series-source.ts';

/** Names of the collector's own metrics, as its /metrics has them. */
const METRIC = {
  up: 'ninefold_collector_source_up',
  lag: 'ninefold_collector_source_lag_seconds',
  events: 'ninefold_collector_source_events_total',
  poll: 'ninefold_collector_poll_seconds',
  commit: 'ninefold_collector_commit_seconds',
  evaluation: 'ninefold_collector_evaluation_seconds',
  evaluated: 'ninefold_collector_evaluated_instances',
  omitted: 'ninefold_collector_omitted_instances',
  transitions: 'ninefold_collector_alert_transitions_total',
  sent: 'ninefold_collector_alerts_sent_total',
  dropped: 'ninefold_collector_alerts_dropped_total',
  queue: 'ninefold_collector_sink_queue_alerts',
  cpu: 'process_cpu_seconds_total',
  memory: 'process_resident_memory_bytes',
  loop: 'nodejs_eventloop_lag_p99_seconds',
} as const;

const OWN = 'job=~"$job",instance=~"$instance"';
const of = (metric: string, ...matchers: readonly string[]): string =>
  `${metric}{${[...matchers, OWN].join(',')}}`;

/** The page of all collectors of a site. */
export function collectorPage({ workspace }: Pick<Site, 'workspace'>): Dashboard {
  return defineDashboard({
    uid: pageUid('collector', workspace),
    title: 'Collector',
    description: 'Whether telemetry is read, counted, judged and told, and how the process fares.',
    tags: [TAGS.all],
    variables: [
      { kind: 'label', name: 'job', selector: METRIC.evaluated },
      { kind: 'label', name: 'instance', selector: `${METRIC.evaluated}{job=~"$job"}` },
    ],
    links: [{ title: 'Ninefold', tag: TAGS.all }],
    rows: [
      row('', head()),
      row('Telemetry in', telemetry()),
      row('Budgets and alerts', judgement()),
      row('Process', processPanels()),
    ],
  });
}

function head(): readonly Panel[] {
  return [
    statPanel({
      title: 'Sources that do not read',
      description: `Sources with ${METRIC.up} at 0.`,
      width: 6,
      signals: [
        promqlSignal({
          name: 'down',
          description: METRIC.up,
          unit: 'count',
          expression: `count(${of(METRIC.up)} == 0) or 0 * count(${of(METRIC.up)})`,
        }),
      ],
      levels: [
        { from: null, unit: 'count', shade: 'good' },
        { from: 1, unit: 'count', shade: 'critical' },
      ],
      whenEmpty: 'No source is configured',
    }),
    statPanel({
      title: 'Greatest lag',
      description: `The highest ${METRIC.lag}: how far the slowest source is behind now.`,
      width: 6,
      signals: [
        gaugeSignal({
          name: 'lag',
          description: METRIC.lag,
          unit: 'seconds',
          selector: of(METRIC.lag),
        }),
      ],
      levels: [
        { from: null, unit: 'seconds', shade: 'good' },
        { from: 300, unit: 'seconds', shade: 'critical' },
      ],
      whenEmpty: 'No source is configured',
    }),
    statPanel({
      title: 'Budgets judged',
      description: `${METRIC.evaluated}: SLO instances in the last round.`,
      width: 6,
      signals: [
        gaugeSignal({
          name: 'judged',
          description: METRIC.evaluated,
          unit: 'count',
          selector: of(METRIC.evaluated),
        }),
      ],
      whenEmpty: 'No collector is scraped',
    }),
    statPanel({
      title: 'Budgets not shown',
      description: `${METRIC.omitted}: instances past the limit of what /metrics shows; their ${SERIES.budgetRemaining} is missing in all pages.`,
      width: 6,
      signals: [
        gaugeSignal({
          name: 'omitted',
          description: METRIC.omitted,
          unit: 'count',
          selector: of(METRIC.omitted),
        }),
      ],
      levels: [
        { from: null, unit: 'count', shade: 'good' },
        { from: 1, unit: 'count', shade: 'warning' },
      ],
      whenEmpty: 'No collector is scraped',
    }),
  ];
}

function telemetry(): readonly Panel[] {
  return [
    tablePanel({
      title: 'Sources',
      description: `${METRIC.up} and ${METRIC.lag} of each source.`,
      width: 12,
      height: 8,
      sortBy: 'Lag',
      descending: true,
      whenEmpty: 'No source is configured',
      columns: [
        { title: 'Source', label: 'source' },
        {
          title: 'State',
          signal: gaugeSignal({
            name: 'up',
            description: METRIC.up,
            unit: 'state',
            selector: of(METRIC.up),
            labels: ['source'],
          }),
          states: [
            { value: 1, word: 'Reads', shade: 'good' },
            { value: 0, word: 'Does not read', shade: 'critical' },
          ],
        },
        {
          title: 'Lag',
          signal: gaugeSignal({
            name: 'lag',
            description: METRIC.lag,
            unit: 'seconds',
            selector: of(METRIC.lag),
            labels: ['source'],
          }),
          mayBeEmpty: 'Sources that are pushed to have no lag until something comes.',
        },
      ],
    }),
    rates('Events a second', METRIC.events, ['source', 'kind'], 'No events'),
    rates('Failed polls a second', `${METRIC.poll}_count`, ['source'], 'None failed', {
      matcher: 'outcome="failed"',
      mayBeEmpty: 'No poll failed.',
    }),
    slowest('Slowest polls', METRIC.poll, ['source'], 'Nothing is polled', 'All is pushed.'),
    slowest('Slowest commits', METRIC.commit, ['source'], 'Nothing was committed'),
  ];
}

function judgement(): readonly Panel[] {
  return [
    slowest('Slowest rounds of judgement', METRIC.evaluation, [], 'No round yet'),
    rates('Changes of alerts a second', METRIC.transitions, ['severity', 'transition'], 'None', {
      mayBeEmpty: 'No alert changed since the collector began.',
    }),
    rates('Alerts sent a second', METRIC.sent, ['sink', 'outcome'], 'Nothing was sent', {
      mayBeEmpty: 'No alert was sent since the collector began.',
    }),
    rates('Alerts given up a second', METRIC.dropped, ['sink'], 'None', {
      mayBeEmpty: 'None was given up.',
    }),
    timeSeriesPanel({
      title: 'Alerts that wait for a sink',
      description: `${METRIC.queue}, by sink.`,
      signals: [
        gaugeSignal({
          name: 'waiting',
          description: METRIC.queue,
          unit: 'count',
          selector: of(METRIC.queue),
          labels: ['sink'],
        }),
      ],
      min: 0,
      whenEmpty: 'None waits',
      mayBeEmpty: 'No alert waited since the collector began.',
    }),
  ];
}

function processPanels(): readonly Panel[] {
  const gauge = (title: string, metric: string, unit: 'bytes' | 'seconds'): Panel =>
    timeSeriesPanel({
      title,
      description: `${metric} of each collector.`,
      width: 8,
      signals: [
        gaugeSignal({
          name: title,
          description: metric,
          unit,
          selector: of(metric),
          labels: ['instance'],
        }),
      ],
      min: 0,
      whenEmpty: 'No collector is scraped',
    });
  return [
    timeSeriesPanel({
      title: 'Processor',
      description: `${METRIC.cpu} a second: 100% is one whole core.`,
      width: 8,
      signals: [
        counterSignal({
          name: 'processor',
          description: METRIC.cpu,
          unit: 'ratio',
          selector: of(METRIC.cpu),
          labels: ['instance'],
        }),
      ],
      min: 0,
      whenEmpty: 'No collector is scraped',
    }),
    gauge('Memory', METRIC.memory, 'bytes'),
    gauge('Event loop, slowest hundredth', METRIC.loop, 'seconds'),
  ];
}

function rates(
  title: string,
  metric: string,
  labels: readonly string[],
  whenEmpty: string,
  more: { readonly matcher?: string; readonly mayBeEmpty?: string } = {},
): Panel {
  const { matcher = '', mayBeEmpty } = more;
  return timeSeriesPanel({
    title,
    description: `${metric}, by ${labels.join(' and ')}.`,
    signals: [
      counterSignal({
        name: title,
        description: metric,
        unit: 'events per second',
        selector: matcher === '' ? of(metric) : of(metric, matcher),
        labels,
      }),
    ],
    min: 0,
    whenEmpty,
    ...(mayBeEmpty !== undefined && { mayBeEmpty }),
  });
}

/** The 99th percentile. */
function slowest(
  title: string,
  metric: string,
  labels: readonly string[],
  whenEmpty: string,
  mayBeEmpty?: string,
): Panel {
  const by = ['le', ...labels].join(', ');
  return timeSeriesPanel({
    title,
    description: `The 99th percentile of ${metric}${labels.length === 0 ? '' : `, by ${labels.join(' and ')}`}.`,
    signals: [
      promqlSignal({
        name: title,
        description: metric,
        unit: 'seconds',
        labels,
        expression: `histogram_quantile(0.99, sum by (${by}) (rate(${of(`${metric}_bucket`)}[$__rate_interval])))`,
      }),
    ],
    min: 0,
    whenEmpty,
    ...(mayBeEmpty !== undefined && { mayBeEmpty }),
  });
}
