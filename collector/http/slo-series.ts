// Budgets as Prometheus series: one line per instance and fact, in the text format, without a registry in between.
import { instanceLabels, SERIES } from '../../slo/names.ts';
import type { Labels } from '../../slo/instance.ts';
import type { Slo } from '../../slo/slo.ts';
import { formatDuration } from '../../slo/duration.ts';
import type { CollectorView, InstanceView } from '../view.ts';

/** How many instances `/metrics` shows at most, in order of id; a gauge says how many were left out. */
const MAX_INSTANCES = 5000;

interface Family {
  readonly name: string;
  readonly help: string;
  /** The values of one instance with the labels they add; null values are left out. */
  readonly values: (instance: InstanceView) => readonly (readonly [number | null, Labels])[];
}

const one = (value: number | null): readonly (readonly [number | null, Labels])[] => [[value, {}]];

/** Every family in the order shown. All are gauges: a rolling window forgets, so its counts go down as well. */
const FAMILIES: readonly Family[] = [
  {
    name: SERIES.objective,
    help: 'Target share of good events.',
    values: ({ objective }) => one(objective),
  },
  {
    name: SERIES.total,
    help: 'Events in the compliance window.',
    values: ({ total }) => one(total),
  },
  {
    name: SERIES.bad,
    help: 'Bad events in the compliance window.',
    values: ({ bad }) => one(bad),
  },
  {
    name: SERIES.sli,
    help: 'Share of good events in the compliance window.',
    values: ({ sli }) => one(sli),
  },
  {
    name: SERIES.budgetRemaining,
    help: 'Error budget left as a ratio of the whole; negative once overspent.',
    values: ({ budgetRemaining }) => one(budgetRemaining),
  },
  {
    name: SERIES.coverage,
    help: 'Measured time ÷ elapsed time of the compliance window.',
    values: ({ coverage }) => one(coverage),
  },
  {
    name: SERIES.burnRate,
    help: 'Error ratio ÷ error budget over an alert window.',
    values: ({ conditions }) => burnRates(conditions),
  },
  {
    name: SERIES.alertFiring,
    help: '1 while the alert fires.',
    values: ({ alerts }) =>
      alerts.map(({ name, severity, phase }) => [
        phase === 'firing' ? 1 : 0,
        { alert: name, severity },
      ]),
  },
  {
    name: SERIES.watermark,
    help: 'Time up to which telemetry has been read.',
    values: ({ watermark }) => one(watermark),
  },
];

/** Each window once, though several conditions may share it. */
function burnRates(
  conditions: InstanceView['conditions'],
): readonly (readonly [number | null, Labels])[] {
  const byWindow = new Map<number, number | null>();
  for (const { longWindowSeconds, shortWindowSeconds, long, short } of conditions) {
    byWindow.set(longWindowSeconds, long.burnRate);
    byWindow.set(shortWindowSeconds, short.burnRate);
  }
  return [...byWindow]
    .sort(([a], [b]) => a - b)
    .map(([seconds, rate]) => [rate, { window: formatDuration(seconds) }]);
}

/** The exposition text of all budgets. */
export function sloSeries(view: CollectorView, limit = MAX_INSTANCES): string {
  const slos = new Map(view.slos().map((slo) => [slo.id, slo]));
  const all = view.instances();
  const shown = all.slice(0, limit).flatMap((instance) => {
    const slo = slos.get(instance.slo);
    return slo === undefined ? [] : [{ instance, labels: labelText(slo, instance.group) }];
  });
  const families = FAMILIES.map(({ name, help, values }) => {
    const lines = shown.flatMap(({ instance, labels }) =>
      values(instance).flatMap(([value, extra]) =>
        value === null ? [] : [`${name}{${labels}${extraText(extra)}} ${value}\n`],
      ),
    );
    return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
  });
  const omitted = 'ninefold_collector_omitted_instances';
  return `${families.join('')}# HELP ${omitted} SLO instances left out of these series.\n# TYPE ${omitted} gauge\n${omitted} ${all.length - shown.length}\n`;
}

function labelText(slo: Slo, group: Labels): string {
  return Object.entries(instanceLabels(slo, group))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(pairText)
    .join(',');
}

function extraText(labels: Labels): string {
  return Object.entries(labels)
    .map((pair) => `,${pairText(pair)}`)
    .join('');
}

/** A label name that Prometheus accepts (group fields may be dotted), and a value in its quoting. */
function pairText([name, value]: readonly [string, string]): string {
  const quoted = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `${name.replace(/[^A-Za-z0-9_]/g, '_')}="${quoted}"`;
}
