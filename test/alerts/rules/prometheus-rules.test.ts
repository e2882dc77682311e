import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  generatePrometheusRules,
  type PrometheusRules,
} from '../../../alerts/rules/prometheus-rules.ts';
import { PROMETHEUS_TARGETS } from '../../../alerts/rules/prometheus-target.ts';
import { checkPromql } from '../../../formats/promql.ts';
import { defineService } from '../../../slo/define-service.ts';
import { timeSlices } from '../../../slo/define-slo.ts';
import { ALERTS, alertLabels } from '../../../slo/names.ts';
import { prometheusLatency } from '../../../slo/sli/prometheus-latency.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../slo/slo.ts';
import { ratioSlo, sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';

const hostile = 'a "quoted" {{ $value }} \\ back\nline ​ é 漢';
const shop = defineService({ name: 'shop', team: 'shop', labels: { site: hostile } });

interface WrittenRule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

function writtenRules({ files }: PrometheusRules): readonly WrittenRule[] {
  return files
    .flatMap(({ text }) => (parse(text) as { groups: { rules: WrittenRule[] }[] }).groups)
    .flatMap(({ rules }) => rules);
}

const slos: readonly Slo[] = [
  ...Array.from({ length: 11 }, (_, index) => ratioSlo(`shared-${index}`)),
  ratioSlo('api'),
  ratioSlo('routes', { groupBy: ['route', 'job'], description: hostile }),
  sloOf('latency', { service: shop, sli: prometheusLatency({ histogram: 'h', atMost: '1s' }) }),
];

describe('the rules', () => {
  it.each(PROMETHEUS_TARGETS)('are PromQL, and read back as they were meant: %s', (target) => {
    const rules = generatePrometheusRules(slos, { target });
    const written = writtenRules(rules);
    const meant = rules.services.flatMap(({ groups }) => groups.flatMap((group) => group.rules));
    expect(written).toHaveLength(meant.length);
    written.forEach((rule, index) => {
      const own = meant[index];
      expect(rule.expr).toBe(own?.expr);
      expect(rule.labels ?? {}).toEqual(own?.labels);
      expect(rule.annotations).toEqual(
        own !== undefined && 'annotations' in own ? own.annotations : undefined,
      );
      expect(checkPromql(rule.expr).problems, rule.expr).toEqual([]);
    });
  });

  it('are the same bytes whatever the order of the SLOs', () => {
    const texts = (all: readonly Slo[]): readonly string[] =>
      generatePrometheusRules(all, { target: '3.15' }).files.map(({ text }) => text);
    expect(texts(slos.toReversed())).toEqual(texts(slos));
  });

  it('give alerts the labels that the collector gives them', () => {
    const written = writtenRules(generatePrometheusRules([ratioSlo('api')], { target: '3.15' }));
    for (const severity of ['page', 'ticket'] as const) {
      const { alertname, ...labels } = alertLabels(ALERTS.burn, ratioSlo('api'), {}, severity);
      const own = written.find(
        ({ alert, labels: its }) => alert === alertname && its?.['severity'] === severity,
      );
      expect(own?.labels).toEqual(labels);
    }
  });

  it('let no text of a definition become a template', () => {
    const written = writtenRules(generatePrometheusRules(slos, { target: '3.15' }));
    const texts = written.flatMap(({ alert, labels, annotations }) =>
      alert === undefined
        ? []
        : [...Object.values(labels ?? {}), annotations?.['description'] ?? ''],
    );
    const told = texts.filter((text) => text.includes('quoted'));
    expect(told.length).toBeGreaterThan(2);
    for (const text of told) expect(text).toContain('{{ "{{" }} $value }}');
  });

  it('refuse what they could only guess, and say why', () => {
    const refused = [
      sloOf('slices', {
        method: timeSlices({ slice: '1m', maxBadRatio: '5%' }),
        sli: prometheusRatio({ total: 'a_total', bad: 'a_total{code="500"}' }),
      }),
      sloOf('names', { sli: prometheusRatio({ total: '{__name__=~"a|b"}', bad: 'b' }) }),
    ];
    const { files, notes } = generatePrometheusRules(refused, { target: '3.15' });
    expect(files).toEqual([]);
    expect(notes.map(({ slo, reason }) => `${slo}: ${reason}`)).toEqual([
      expect.stringMatching(/^shop\/names: .*names no metric.*Name one metric/),
      expect.stringMatching(/^shop\/slices: It counts slices of time/),
    ]);
  });

  it('give the alerts of SLOs that share them what each would have by itself', () => {
    const alerts = (shared: boolean): readonly unknown[] =>
      writtenRules(generatePrometheusRules(many, { target: '3.15', shared }))
        .filter(({ alert }) => alert !== undefined)
        .map(({ alert, labels, annotations }) => JSON.stringify([alert, labels, annotations]))
        .sort();
    const many = Array.from({ length: 12 }, (_, index) =>
      ratioSlo(`api-${index}`, { labels: { index: String(index) }, description: `API ${index}` }),
    );
    const { files } = generatePrometheusRules([...many, ratioSlo('web', { window: '7d' })], {
      target: '3.15',
    });
    expect(files.map(({ path, sourceIds }) => [path, sourceIds.length])).toEqual([
      ['shop.rules.yaml', 1],
      [expect.stringMatching(/^shared\.requests-total-[0-9a-f]{8}\.rules\.yaml$/), 12],
    ]);
    // Others of the service are not read with those that are elsewhere.
    expect(files[0]?.text).not.toContain('{service=');
    expect(alerts(true)).toEqual(alerts(false));
  });

  it('are split into groups when a service has many SLOs', () => {
    const many = Array.from({ length: 95 }, (_, index) => ratioSlo(`api-${index}`));
    const options = { target: '3.15', firstDay: false, shared: false } as const;
    const { services } = generatePrometheusRules(many, options);
    expect(services[0]?.groups.map(({ name }) => name)).toEqual(
      ['', '-2', '-3'].flatMap((shard) =>
        ['alerts', 'slow-alerts', 'budgets'].map((what) => `ninefold-shop-${what}${shard}`),
      ),
    );
  });
});

describe('both counters', () => {
  const tiles = (total: string, bad: string): readonly string[] => {
    const slo = sloOf('api', { sli: prometheusRatio({ total, bad }) });
    const written = writtenRules(generatePrometheusRules([slo], { target: '3.15' }));
    return written.flatMap(({ record, expr }) =>
      record?.includes('_tile_') === true ? [expr] : [],
    );
  };

  it.each([
    ['a{job="x"}', 'a{job="x",code=~"5.."}', '"bad", "code", "5.."'],
    ['a{job="x"}', 'a{code="a.b",job="x"}', String.raw`"bad", "code", "a\\.b"`],
    ['a', 'a{code!~"2.."}', '"good", "code", "2.."'],
    ['a', 'a{code!=""}', '"good", "code", ""'],
  ])('are fed by one look at %s, of which %s are bad', (total, bad, told) => {
    expect(tiles(total, bad)).toEqual([expect.stringContaining(told)]);
  });

  it.each([
    ['a{job="x"}', 'b{job="x",code="500"}'],
    ['a{job="x"}', 'a{job="y",code="500"}'],
    ['a{job="x",zone="z"}', 'a{job="x",job="x",code="500"}'],
    ['a', 'a{code="500",method="GET"}'],
  ])('are fed apart where one label does not tell: %s and %s', (total, bad) => {
    expect(tiles(total, bad)).toEqual([]);
  });
});
