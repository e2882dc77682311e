// Gauges, expressions and calendar windows as rules, in promtool of both lines, to the event.
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { prometheusRuleManifests } from '../../../alerts/rules/prometheus-rule-manifest.ts';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import type { PrometheusTarget } from '../../../alerts/rules/prometheus-target.ts';
import { prometheusExpression } from '../../../slo/sli/prometheus-expression.ts';
import { prometheusGauge } from '../../../slo/sli/prometheus-gauge.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../slo/slo.ts';
import { calendar } from '../../../slo/window.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';
import { describeWithService } from '../../services/services.ts';
import { testFile, type TestGroup, testRules, VERSIONS } from './promtool.ts';

/** What promtool makes of the rules of one SLO; '' when everything is as expected. */
function complaints(
  version: (typeof VERSIONS)[number] & PrometheusTarget,
  slo: Slo,
  series: Readonly<Record<string, string>>,
  expected: readonly (readonly [expr: string, at: string, value: number])[],
  { start, every }: { readonly start?: string; readonly every?: string } = {},
): string {
  const { files, services } = generatePrometheusRules([slo], { target: version, firstDay: false });
  const rules = Object.fromEntries(files.map(({ path, text }) => [path, text]));
  const order = services.flatMap(({ groups }) => groups.map(({ name }) => name));
  const group: TestGroup = {
    interval: '30s',
    ...(start !== undefined && { start_timestamp: start }),
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: expected.map(([expr, at, value]) => ({
      expr: `sum(${expr})`,
      eval_time: at,
      exp_samples: [{ labels: '{}', value }],
    })),
  };
  const test = testFile(Object.keys(rules), order, [group], every);
  const { passes, output } = testRules(version, { ...rules, 'test.json': test }, 'test.json');
  return passes ? '' : output;
}

const requests = prometheusRatio({ total: 'r_total', bad: 'r_total{code="500"}' });
const steady = {
  'r_total{instance="a",code="200"}': '0+99x400',
  'r_total{instance="a",code="500"}': '0+1x400',
};

describeWithService(['promtool', 'promtool-2.42'], 'the rules', () => {
  it.each(VERSIONS)('judge a gauge once in each whole slice: %s', (version) => {
    const slo = sloOf('up', {
      sli: prometheusGauge({ expression: 'min(up{job="x"})', goodWhen: '== 1', slice: '1m' }),
    });
    // Down from ten minutes to a quarter of an hour: the slices that end at 10:00 … 15:00 hold a bad point.
    const series = { 'up{job="x",instance="a"}': '1x19 0x9 1x40' };
    expect(
      complaints(version, slo, series, [
        ['ninefold_slo_events_total', '30m', 30],
        ['ninefold_slo_bad_events_total', '30m', 6],
      ]),
    ).toBe('');
  });

  it.each(VERSIONS)('add an expression up once in each step: %s', (version) => {
    const slo = sloOf('batches', {
      sli: prometheusExpression({
        total: 'sum(done)',
        good: 'sum(done) - sum(failed)',
        step: '2m',
      }),
    });
    const series = { done: '10x100', failed: '3x100' };
    expect(
      complaints(version, slo, series, [
        ['ninefold_slo_events_total', '30m', 150],
        ['ninefold_slo_bad_events_total', '30m', 45],
      ]),
    ).toBe('');
  });

  it.each(VERSIONS)(
    'begin a local day with the tile that holds its first moment: %s',
    (version) => {
      // Midnight is at one o'clock of UTC all year.
      const slo = sloOf('day', { sli: requests, window: calendar('day', 'Atlantic/Cape_Verde') });
      expect(
        complaints(version, slo, steady, [
          ['ninefold_slo_window_events', '1h', 11_900],
          ['ninefold_slo_window_events', '1h30m', 6000],
          ['ninefold_slo_window_bad_events', '1h30m', 60],
        ]),
      ).toBe('');
    },
  );

  it.each([
    ['day', '2026-03-29T21:00:00Z'],
    ['week', '2026-03-29T21:00:00Z'],
    ['month', '2026-04-30T21:00:00Z'],
    ['quarter', '2026-06-30T21:00:00Z'],
    ['year', '2026-12-31T22:00:00Z'],
  ] as const)('know the clocks of a zone: the %s that begins an hour after %s', (unit, start) => {
    const slo = sloOf('zoned', { sli: requests, window: calendar(unit, 'Europe/Berlin') });
    expect(
      complaints(
        '3.15',
        slo,
        steady,
        [
          ['ninefold_slo_window_events', '1h', 11_900],
          ['ninefold_slo_window_events', '1h30m', 6000],
        ],
        { start },
      ),
    ).toBe('');
  });

  it('begin both counters of a group anew that was idle for the whole window', () => {
    const slo = sloOf('zones', { sli: requests, groupBy: { labels: ['zone'], limit: 10 } });
    const idle = 31 * 2880;
    // Of every ten minutes the rules are evaluated once, and then look at the sample half a minute ago.
    const series = {
      'r_total{zone="a",instance="a",code="500"}': `0x58 50x${idle + 200}`,
      'r_total{zone="a",instance="a",code="200"}': `0x58 1000x${idle - 41} 1100x19 1200x19 1300x100`,
    };
    expect(
      complaints(
        '3.15',
        slo,
        series,
        [
          ['ninefold_slo_bad_events_total', '30d', 50],
          ['ninefold_slo_events_total', '30d', 1050],
          ['ninefold_slo_events_total', '31d40m', 300],
          ['ninefold_slo_events{window="1h"}', '31d40m', 300],
          ['ninefold_slo_bad_events_total', '31d40m', 0],
          ['ninefold_slo_bad_events{window="1h"}', '31d40m', 0],
        ],
        { every: '10m' },
      ),
    ).toBe('');
  });
});

it('are wrapped for the Prometheus operator group by group', () => {
  const slo = sloOf('day', { sli: requests });
  const { files, services } = generatePrometheusRules([slo], { target: '3.15' });
  const [service] = services;
  if (service === undefined) throw new Error('there is no service');
  const [manifest, ...others] = prometheusRuleManifests(service, { release: 'main' });
  expect(others).toEqual([]);
  expect(parse(manifest?.text ?? '')).toEqual({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: 'ninefold-shop',
      labels: { 'app.kubernetes.io/managed-by': 'ninefold', release: 'main' },
    },
    spec: parse(files[0]?.text ?? '') as unknown,
  });
});
