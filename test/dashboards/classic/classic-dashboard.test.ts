// Grafana's classic JSON: what Grafana needs is there, the SDK's gaps are filled, and the bytes are always the same.
import { describe, expect, it } from 'vitest';
import { classicDashboard } from '../../../dashboards/classic/classic-dashboard.ts';
import { defineDashboard, row } from '../../../dashboards/dashboard.ts';
import { drawDashboard } from '../../../dashboards/drawn-dashboard.ts';
import { jsonText } from '../../../dashboards/json-text.ts';
import { statPanel, tablePanel, timeSeriesPanel } from '../../../dashboards/panel.ts';
import { gaugeSignal, promqlSignal } from '../../../dashboards/signal.ts';
import { shopDashboard } from '../shop-dashboard.ts';

const drawn = classicDashboard(drawDashboard(shopDashboard, 'rules'));
const [traffic, orders, latency, logs] = drawn.panels ?? [];

describe('a dashboard in the classic format', () => {
  it('is what Grafana 10 to 13 call schema version 42, and nobody edits it there', () => {
    expect(drawn).toMatchObject({
      id: null,
      uid: 'shop-orders',
      schemaVersion: 42,
      editable: false,
      timezone: 'browser',
      time: { from: 'now-6h', to: 'now' },
      refresh: '60s',
      graphTooltip: 1,
    });
  });

  it('numbers panels and rows in reading order, and queries by letters', () => {
    expect([traffic, orders, latency, logs].map((each) => [each?.type, each?.id])).toEqual([
      ['row', 1],
      ['stat', 2],
      ['timeseries', 3],
      ['row', 4],
    ]);
    expect(latency).toMatchObject({
      targets: [
        { refId: 'A', legendFormat: 'p50', exemplar: true, range: true, instant: false },
        { refId: 'B', legendFormat: 'p95' },
        { refId: 'C', legendFormat: 'p99' },
      ],
    });
    expect(logs).toMatchObject({ collapsed: true, panels: [{ id: 5, type: 'logs' }] });
  });

  it('asks for the datasource by variables, each named for its telemetry when there are two', () => {
    expect(drawn.templating.list?.map(({ name, label, type }) => [name, label, type])).toEqual([
      ['prometheus_datasource', 'Prometheus data source', 'datasource'],
      ['loki_datasource', 'Loki data source', 'datasource'],
      ['job', 'job', 'query'],
    ]);
    expect(orders).toMatchObject({
      datasource: { type: 'prometheus', uid: '${prometheus_datasource}' },
      targets: [{ datasource: { type: 'prometheus', uid: '${prometheus_datasource}' } }],
    });
  });

  it('shows legends, which the SDK hides', () => {
    expect(latency).toMatchObject({ options: { legend: { showLegend: true } } });
  });

  it('draws a limit as a line where the alert has its number, and names it', () => {
    expect(latency).toMatchObject({
      description: 'From order_seconds.\n\nLines: promised: 2 s.',
      fieldConfig: {
        defaults: {
          unit: 's',
          custom: { thresholdsStyle: { mode: 'dashed' } },
          thresholds: { steps: [{ value: null }, { value: 2, color: 'red' }] },
        },
      },
    });
  });

  it('is the same text each time', () => {
    const text = (): string => jsonText(classicDashboard(drawDashboard(shopDashboard, 'rules')));
    expect(text()).toBe(text());
    expect(text().endsWith('}\n')).toBe(true);
  });
});

describe('a table of several signals', () => {
  const left = gaugeSignal({
    name: 'left',
    description: 'd',
    unit: 'ratio',
    selector: 'left_ratio',
    labels: ['slo'],
  });
  const rate = gaugeSignal({
    name: 'rate',
    description: 'd',
    unit: 'multiple',
    selector: { rules: 'rate_of{job=""}' },
    labels: ['slo'],
  });
  const table = tablePanel({
    title: 'All',
    description: 'd',
    columns: [
      { title: 'SLO', label: 'slo', link: { title: 'Open', url: '/d/x' } },
      { title: 'Budget left', signal: left, levels: [{ from: 0.5, unit: 'ratio', shade: 'good' }] },
      { title: 'Burn rate', signal: rate },
    ],
    sortBy: 'Budget left',
  });
  const dashboard = defineDashboard({
    uid: 'all',
    title: 'All',
    description: 'd',
    rows: [row('', [table])],
  });

  it('is joined by labels, renamed, and sorted', () => {
    const [panel] = classicDashboard(drawDashboard(dashboard, 'rules')).panels ?? [];
    expect(panel).toMatchObject({
      type: 'table',
      targets: [{ format: 'table', instant: true }, { format: 'table' }],
      transformations: [
        { id: 'merge' },
        {
          id: 'organize',
          options: {
            indexByName: { slo: 0, 'Value #A': 1, 'Value #B': 2, Value: 1 },
            renameByName: {
              slo: 'SLO',
              'Value #A': 'Budget left',
              'Value #B': 'Burn rate',
              // So Grafana calls it when only one query has an answer.
              Value: 'Budget left',
            },
          },
        },
        { id: 'sortBy', options: { sort: [{ field: 'Budget left', desc: false }] } },
      ],
    });
  });

  it('leaves out what another dialect does not know', () => {
    const [panel] = classicDashboard(drawDashboard(dashboard, 'collector')).panels ?? [];
    expect(panel).toMatchObject({ targets: [{ refId: 'A' }] });
    expect(JSON.stringify(panel)).not.toContain('Burn rate');
  });
});

describe('matchers of a whole dashboard', () => {
  it('are put into every selector, and panels without a query of the dialect are left out', () => {
    const dashboard = defineDashboard({
      uid: 'x',
      title: 'x',
      description: 'd',
      selectors: [{ name: 'cluster', operator: '=~', value: '$cluster' }],
      rows: [
        row('Rates', [
          timeSeriesPanel({
            title: 'Share',
            description: 'd',
            signals: [
              promqlSignal({
                name: 'share',
                description: 'd',
                unit: 'ratio',
                expression:
                  'rate(a_total{x="y"}[$__rate_interval]) / rate(b_total[$__rate_interval])',
              }),
            ],
          }),
          statPanel({
            title: 'Only elsewhere',
            description: 'd',
            signals: [
              promqlSignal({
                name: 'e',
                description: 'd',
                unit: 'count',
                expression: { collector: 'up' },
              }),
            ],
          }),
        ]),
      ],
    });
    const panels = classicDashboard(drawDashboard(dashboard, 'rules')).panels ?? [];
    expect(panels).toHaveLength(2);
    expect(panels[1]).toMatchObject({
      targets: [
        {
          expr: 'rate(a_total{x="y",cluster=~"$cluster"}[$__rate_interval]) / rate(b_total{cluster=~"$cluster"}[$__rate_interval])',
        },
      ],
    });
  });
});
