// A dashboard as a user writes it: own signals, a variable, two rows.
import { collapsedRow, defineDashboard, row } from '../../dashboards/dashboard.ts';
import { logsPanel, statPanel, timeSeriesPanel } from '../../dashboards/panel.ts';
import { counterSignal, histogramSignal, logqlSignal } from '../../dashboards/signal.ts';

const placed = counterSignal({
  name: 'orders placed',
  description: 'orders_total of the checkout',
  unit: 'events per second',
  selector: 'orders_total{job=~"$job"}',
  labels: ['country'],
});

const latency = histogramSignal({
  name: 'latency',
  description: 'how long an order takes',
  unit: 'seconds',
  selector: 'order_seconds_bucket{job=~"$job"}',
});

const failures = logqlSignal({
  name: 'failed orders',
  description: 'log lines of failed orders',
  unit: 'count',
  expression: '{app="checkout"} | json | level="error"',
});

export const shopDashboard = defineDashboard({
  uid: 'shop-orders',
  title: 'Shop / Orders',
  description: 'Who orders how much, and how long it takes.',
  tags: ['shop'],
  variables: [{ kind: 'label', name: 'job', selector: 'orders_total' }],
  links: [
    { title: 'Shop', tag: 'shop' },
    { title: 'Wiki', url: 'https://wiki.example/orders', newTab: true },
  ],
  rows: [
    row('Traffic', [
      statPanel({ title: 'Orders now', description: 'From orders_total.', signals: [placed] }),
      timeSeriesPanel({
        title: 'Time for an order',
        description: 'From order_seconds.',
        signals: [latency],
        limits: [{ at: 2, unit: 'seconds', shade: 'critical', name: 'promised: 2 s' }],
      }),
    ]),
    collapsedRow('Logs', [
      logsPanel({
        title: 'Failures',
        description: 'From the checkout’s log.',
        signals: [failures],
      }),
    ]),
  ],
});
