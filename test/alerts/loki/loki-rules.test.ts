// Rules for Loki's ruler as text: which SLOs have some, under which labels, how often, and what is told of their limits.
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { generateLokiRules } from '../../../alerts/loki/loki-rules.ts';
import { timeSlices } from '../../../slo/define-slo.ts';
import { alertLabels, ALERTS } from '../../../slo/names.ts';
import { lokiRatio } from '../../../slo/sli/loki-ratio.ts';
import { slo } from '../team-workspace.ts';

const checkout = {
  name: 'checkout',
  team: 'shop',
  tier: 'critical',
  labels: { cell: '{{ a }}' },
} as const;
const logs = lokiRatio({
  total: '{app="web"} | logfmt # all\n',
  bad: '{app="web"} | logfmt | status >= 500',
});
const availability = slo(checkout, {
  sli: logs,
  runbookUrl: 'https://wiki.example/checkout',
  dashboardUrl: 'https://grafana.example/d/checkout',
});

interface ReadRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly keep_firing_for?: string;
}

interface ReadFile {
  readonly groups: readonly {
    readonly name: string;
    readonly interval: string;
    readonly rules: readonly ReadRule[];
  }[];
}

function read(text: string | undefined): ReadFile {
  return parse(text ?? '') as ReadFile;
}

it('writes a file for each service, with a group for each alert of an SLO', () => {
  const other = slo({ name: 'api', team: 'shop' }, { sli: logs });
  const counters = slo({ name: 'search', team: 'shop' });
  const { files } = generateLokiRules([availability, other, counters]);
  expect(files.map(({ path, sourceIds }) => [path, sourceIds])).toEqual([
    ['api.rules.yaml', ['api/availability']],
    ['checkout.rules.yaml', ['checkout/availability']],
  ]);
  const { groups } = read(files[1]?.text);
  expect(
    groups.map(({ name, interval, rules }) => [name, interval, rules.map(({ alert }) => alert)]),
  ).toEqual([
    ['ninefold-checkout-availability-page', '30s', ['ErrorBudgetBurn']],
    ['ninefold-checkout-availability-ticket', '5m', ['ErrorBudgetBurn']],
    ['ninefold-checkout-availability-silence', '1m', ['SliDataMissing']],
  ]);
});

it('gives alerts the labels that the collector gives them, and says where to look', () => {
  const { files } = generateLokiRules([availability]);
  const rules = read(files[0]?.text).groups.flatMap((group) => group.rules);
  const expected = (name: (typeof ALERTS)[keyof typeof ALERTS], severity: 'page' | 'ticket') => {
    const { alertname, ...labels } = alertLabels(name, availability, {}, severity);
    return { alert: alertname, labels: { ...labels, cell: '{{ "{{" }} a }}' } };
  };
  expect(rules.map(({ alert, labels }) => ({ alert, labels }))).toEqual([
    expected(ALERTS.burn, 'page'),
    expected(ALERTS.burn, 'ticket'),
    expected(ALERTS.missing, 'ticket'),
  ]);
  for (const { annotations } of rules)
    expect(annotations).toMatchObject({
      runbook_url: 'https://wiki.example/checkout',
      dashboard_url: 'https://grafana.example/d/checkout',
    });
  expect(rules[0]?.annotations['fired_by']).toBe('one of 1h/5m above 14.4×; 6h/30m above 6×');
  expect(rules.some((rule) => rule.keep_firing_for !== undefined)).toBe(false);
});

it('leaves a comment at the end of a query on its own line', () => {
  const { files } = generateLokiRules([availability]);
  expect(files[0]?.text).toMatch(/# all\n +\[1h\] offset 10s/);
});

it('writes the same bytes whatever the order of the SLOs', () => {
  const second = slo(checkout, { name: 'latency', sli: logs });
  expect(generateLokiRules([second, availability])).toEqual(
    generateLokiRules([availability, second]),
  );
});

it('tells what the ruler lacks and what long windows cost', () => {
  const grouped = slo(checkout, { sli: logs, groupBy: ['region'] });
  const reasons = generateLokiRules([grouped]).notes.map(({ severity, reason }) => [
    severity,
    reason.split(/[:,.]/)[0],
  ]);
  expect(reasons).toEqual([
    ['info', 'Loki alerts'],
    ['info', 'SliDataMissing is a ticket when Loki has had no line for 5m'],
    ['info', 'The page ends as soon as its windows are clear'],
    ['warning', 'Windows of 1d and 3d read all their lines at every evaluation'],
    ['info', 'Every set of region has alerts of its own'],
  ]);
});

it.each([
  [
    'slices of time',
    slo(checkout, { sli: logs, method: timeSlices({ slice: '1m', maxBadRatio: '5%' }) }),
    /slices of time.*the collector counts it/,
  ],
  [
    'a query that YAML cannot hold',
    slo(checkout, {
      sli: lokiRatio({ total: '{app="web"}', bad: '{app="web"} |= `\u0007`' }),
    }),
    /U\+0007.*\\u0007/,
  ],
])('refuses %s, with the reason', (_, refused, reason) => {
  const { files, notes } = generateLokiRules([refused]);
  expect(files).toEqual([]);
  expect(notes.map((note) => note.slo)).toEqual(['checkout/availability']);
  expect(notes[0]?.reason).toMatch(reason);
});
