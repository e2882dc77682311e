// A dashboard of the shop's own: how many orders, from where, beside the budget that they spend.
import { defineDashboard, promqlSignal, row, sloRow, timeSeriesPanel } from 'ninefold';
import { checkoutAvailability } from './shop.slo.ts';

const orders = promqlSignal({
  name: 'orders',
  description: 'ninefold_slo_window_events of checkout/by-country',
  unit: 'count',
  labels: ['country'],
  expression:
    'sum by (country) (ninefold_slo_window_events{slo="checkout/by-country",job=~"$job",instance=~"$instance"})',
});

export const ordersDashboard = defineDashboard({
  uid: 'shop-orders',
  title: 'Shop / Orders',
  description: 'How many orders come from where, and how the checkout bears it.',
  variables: [
    { kind: 'label', name: 'job', selector: 'ninefold_slo_objective_ratio' },
    { kind: 'label', name: 'instance', selector: 'ninefold_slo_objective_ratio{job=~"$job"}' },
  ],
  rows: [
    row('Orders', [
      timeSeriesPanel({
        title: 'Orders in the window, by country',
        description: 'ninefold_slo_window_events of the SLO checkout/by-country, for each country.',
        signals: [orders],
        min: 0,
        stacked: true,
        whenEmpty: 'No orders yet',
      }),
    ]),
    sloRow(checkoutAvailability),
  ],
});
