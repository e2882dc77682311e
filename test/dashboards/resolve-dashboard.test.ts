// A dashboard of a user's own is checked whatever it holds: units, labels, queries, uids and SLOs, each with a code.
import { describe, expect, it } from 'vitest';
import { defineDashboard, row } from '../../dashboards/dashboard.ts';
import { drawDashboard } from '../../dashboards/drawn-dashboard.ts';
import { statPanel, tablePanel, textPanel } from '../../dashboards/panel.ts';
import { resolveDashboard } from '../../dashboards/resolve-dashboard.ts';
import { counterSignal, gaugeSignal } from '../../dashboards/signal.ts';
import type { Diagnostic } from '../../slo/diagnostic.ts';
import { shopDashboard } from './shop-dashboard.ts';

const orders = counterSignal({
  name: 'orders',
  description: 'orders_total',
  unit: 'events per second',
  selector: 'orders_total{job=~"$job"}',
  labels: ['country'],
});
const memory = gaugeSignal({
  name: 'memory',
  description: 'memory_bytes',
  unit: 'bytes',
  selector: 'memory_bytes',
  labels: ['country'],
});
const words = { title: 'Orders', description: 'From orders_total.' };
const panel = statPanel({ ...words, signals: [orders] });

/** What a process sends: plain data, of which nothing is shared. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const dashboardWith = (changes: object): unknown => ({
  ...defineDashboard({ uid: 'own', ...words, rows: [row('Row', [panel])] }),
  ...changes,
});

const told = (definition: unknown): readonly string[] =>
  resolveDashboard(sent(definition), 'own').diagnostics.map(
    ({ path, code }: Diagnostic) => `${path} ${code}`,
  );

describe('a dashboard of a user’s own', () => {
  it('has nothing wrong with it as written, and is the same after a journey as plain data', () => {
    const { value, diagnostics } = resolveDashboard(sent(shopDashboard), 'shop');
    expect(diagnostics).toEqual([]);
    expect(value).toEqual(shopDashboard);
  });

  it('has tables whose columns still know their queries after that journey', () => {
    const table = tablePanel({
      ...words,
      columns: [
        { title: 'Country', label: 'country' },
        { title: 'Orders', signal: orders },
        { title: 'Memory', signal: memory },
      ],
      sortBy: 'Orders',
    });
    const { value } = resolveDashboard(sent(dashboardWith({ rows: [row('', [table])] })));
    if (value === undefined) throw new Error('refused');
    const [drawn] = drawDashboard(value, 'rules').rows.flatMap(({ panels }) => panels);
    expect(drawn?.columns.map(({ column, refId }) => [column.title, refId])).toEqual([
      ['Country', undefined],
      ['Orders', 'A'],
      ['Memory', 'B'],
    ]);
  });

  it.each([
    ['a unit that nobody knows', { ...orders, unit: 'reqps' }, 'signals[0].unit unknown-value'],
    [
      'a label that is no label',
      { ...orders, labels: ['country', 'the country'] },
      'signals[0].labels not-a-label',
    ],
    [
      'a legend of a label that is added up',
      { ...orders, queries: [{ ...orders.queries[0], legend: '{{city}}' }] },
      'signals[0].queries[0].legend unknown-label',
    ],
    [
      'PromQL that does not parse',
      { ...orders, queries: [{ ...orders.queries[0], expression: 'sum(rate(x' }] },
      'signals[0].queries[0].expression promql-syntax',
    ],
    [
      'LogQL that does not parse',
      {
        ...orders,
        telemetry: 'loki',
        queries: [{ ...orders.queries[0], expression: '{app=}' }],
      },
      'signals[0].queries[0].expression logql-syntax',
    ],
    ['a misspelt property', { ...orders, units: 'ratio' }, 'signals[0].units unknown-field'],
  ])('is told %s', (_, signal, expected) => {
    const rows = [row('Row', [{ ...panel, signals: [signal as typeof orders] }])];
    expect(told(dashboardWith({ rows }))).toContain(`own.rows[0].panels[0].${expected}`);
  });

  it('is told units that are mixed in one panel, and limits in another unit', () => {
    const mixed = { ...panel, signals: [orders, memory] };
    const level = { from: 1, unit: 'ratio', shade: 'good' } as const;
    expect(told(dashboardWith({ rows: [row('', [mixed])] }))).toContain(
      'own.rows[0].panels[0].signals[1] mixed-units',
    );
    expect(told(dashboardWith({ rows: [row('', [{ ...panel, levels: [level] }])] }))).toContain(
      'own.rows[0].panels[0].levels[0].unit mixed-units',
    );
  });

  it('is told a column of a label that no signal keeps, with the nearest one', () => {
    // Written out it would not compile.
    const label: string = 'countri';
    const table = tablePanel({
      ...words,
      columns: [
        { title: 'Country', label },
        { title: 'Orders', signal: orders },
      ],
      sortBy: 'Orders',
    });
    const { diagnostics } = resolveDashboard(sent(dashboardWith({ rows: [row('', [table])] })));
    expect(diagnostics).toMatchObject([
      { code: 'unknown-label', message: expect.stringContaining("'country'") as string },
    ]);
  });

  it.each([
    ['spaces', 'my page', 'own.uid not-a-uid'],
    ['more than forty characters', 'x'.repeat(41), 'own.uid not-a-uid'],
    ['the beginning of generated ones', 'ninefold-on-call', 'own.uid not-a-uid'],
  ])('is told a uid with %s', (_, uid, expected) => {
    expect(told(dashboardWith({ uid }))).toEqual([expected]);
  });

  it('is told what it lacks, what it repeats too often, and what is of another type', () => {
    expect(told(dashboardWith({ rows: undefined }))).toContain('own.rows missing-field');
    expect(told(dashboardWith({ rows: [row('Empty', [])] }))).toEqual(['own.rows missing-field']);
    expect(
      told(dashboardWith({ rows: Array.from({ length: 51 }, () => row('', [panel])) })),
    ).toEqual(['own.rows out-of-range']);
    expect(told(dashboardWith({ from: 'yesterday' }))).toEqual(['own.from not-a-duration']);
    expect(told(dashboardWith({ variables: [{ kind: 'label', name: 'a b' }] }))).toContain(
      'own.variables[0].name not-a-label',
    );
    expect(told('no dashboard')).toEqual(['own wrong-type']);
    expect(told({ kind: 'dashboard' })).toContain('own.uid missing-field');
  });

  it('may hold text alone', () => {
    expect(
      told(dashboardWith({ rows: [row('', [textPanel({ title: 'T', text: 'x' })])] })),
    ).toEqual([]);
  });
});
