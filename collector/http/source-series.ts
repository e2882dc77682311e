// Sources as Prometheus series: state, lag, watermark and their own counters.
import type { SourceStatus } from '../sources/source.ts';
import type { CollectorView } from '../view.ts';

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly values: (source: SourceStatus) => readonly (readonly [number | undefined, string])[];
}

const FAMILIES: readonly Family[] = [
  {
    name: 'ninefold_collector_source_up',
    type: 'gauge',
    help: '1 while the source reads as it should.',
    values: ({ state }) => [[state === 'live' || state === 'backfilling' ? 1 : 0, '']],
  },
  {
    name: 'ninefold_collector_source_lag_seconds',
    type: 'gauge',
    help: 'Seconds between now and what the source has read.',
    values: ({ lagSeconds }) => [[lagSeconds, '']],
  },
  {
    name: 'ninefold_collector_source_watermark_timestamp_seconds',
    type: 'gauge',
    help: 'Time up to which the source has read.',
    values: ({ watermark }) => [[watermark, '']],
  },
  {
    name: 'ninefold_collector_source_events_total',
    type: 'counter',
    help: 'What the source counted, by kind: events, samples, late, poison and so on.',
    values: ({ counters }) =>
      Object.entries(counters)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([kind, value]) => [value, `,kind=${JSON.stringify(kind)}`]),
  },
];

/** The exposition text of all sources. */
export function sourceSeries(view: CollectorView): string {
  const sources = view.sources();
  return FAMILIES.map(({ name, type, help, values }) => {
    const lines = sources.flatMap((source) =>
      values(source).flatMap(([value, extra]) =>
        value === undefined
          ? []
          : [`${name}{source=${JSON.stringify(source.name)}${extra}} ${value}\n`],
      ),
    );
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
  }).join('');
}
