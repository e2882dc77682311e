// A user's own dashboard compiles in twenty lines; a wrong unit, kind or property does not.
import { defineDashboard, row } from '../../dashboards/dashboard.ts';
import {
  barGaugePanel,
  gaugePanel,
  heatmapPanel,
  nodeGraphPanel,
  stateTimelinePanel,
  tablePanel,
  timeSeriesPanel,
  tracesPanel,
} from '../../dashboards/panel.ts';
import {
  counterSignal,
  gaugeSignal,
  histogramSignal,
  infoSignal,
  traceqlSignal,
} from '../../dashboards/signal.ts';

const orders = counterSignal({
  name: 'orders',
  description: 'orders_total',
  unit: 'events per second',
  selector: 'orders_total{job=~"$job"}',
  labels: ['country'],
});
const words = { title: 'Orders', description: 'From orders_total.' };
const panel = timeSeriesPanel({
  ...words,
  signals: [orders],
  limits: [{ at: 100, unit: 'events per second', shade: 'critical', name: 'capacity' }],
});
defineDashboard({
  uid: 'shop-orders',
  title: 'Shop / Orders',
  description: 'Who orders how much.',
  rows: [row('Traffic', [panel])],
});

const memory = gaugeSignal({
  name: 'memory',
  description: 'memory_bytes',
  unit: 'bytes',
  selector: { rules: 'memory_bytes', collector: 'process_memory_bytes' },
});
gaugePanel({ ...words, signals: [memory], min: 0, max: 1e9 });
barGaugePanel({ ...words, signals: [memory] });
const latency = histogramSignal({
  name: 'latency',
  description: 'seconds_bucket',
  unit: 'seconds',
  selector: 'seconds_bucket',
  quantiles: [0.5],
});
heatmapPanel({ ...words, signals: [latency] });
const traces = traceqlSignal({
  name: 'slow',
  description: 'slow orders',
  unit: 'count',
  expression: '{ duration > 2s }',
});
tracesPanel({ ...words, signals: [traces] });
nodeGraphPanel({ ...words, signals: [traces] });
infoSignal({
  name: 'build',
  description: 'build_info',
  selector: 'build_info',
  labels: ['version'],
});

const country = { title: 'Country', label: 'country' } as const;
tablePanel({ ...words, columns: [country, { title: 'Orders', signal: orders }], sortBy: 'Orders' });

const limit = { at: 1, unit: 'events per second', shade: 'critical', name: 'x' } as const;
const ratio = { ...limit, unit: 'ratio' } as const;
const red = { ...limit, shade: 'red' } as const;

// @ts-expect-error a unit is one of ours
counterSignal({ name: 'x', description: 'x', unit: 'reqps', selector: 'x_total' });
// @ts-expect-error a limit is in the unit of the panel
timeSeriesPanel({ ...words, signals: [orders], limits: [ratio] });
// @ts-expect-error all signals of a panel are of one unit
timeSeriesPanel({ ...words, signals: [orders, memory] });
// @ts-expect-error a panel shows something
timeSeriesPanel({ ...words, signals: [] });
// @ts-expect-error a level is in the unit of the panel
gaugePanel({ ...words, signals: [memory], levels: [{ from: 1, unit: 'ratio', shade: 'good' }] });
// @ts-expect-error a timeline shows states
stateTimelinePanel({ ...words, signals: [memory], states: [] });
// @ts-expect-error a shade says what it means
timeSeriesPanel({ ...words, signals: [orders], limits: [red] });
// @ts-expect-error a panel says where its numbers come from
timeSeriesPanel({ title: 'Orders', signals: [orders] });
tablePanel({
  ...words,
  columns: [
    // @ts-expect-error a column shows a label that one of the signals keeps
    { title: 'City', label: 'city' },
    { title: 'Orders', signal: orders },
  ],
  sortBy: 'Orders',
});
// @ts-expect-error a misspelt property
defineDashboard({ uid: 'x', title: 'x', description: 'x', row: [] });
