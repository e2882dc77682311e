// The resources for the Prometheus operator against a real API server and the real operator.
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { prometheusRuleManifests } from '../../../alerts/rules/prometheus-rule-manifest.ts';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import type { RuleGroup } from '../../../alerts/rules/rule.ts';
import type { SloInput } from '../../../slo/define-slo.ts';
import { ratioSlo } from '../../collector/sources/prometheus/slo-fixture.ts';
import { startKubernetes, type RunningKubernetes } from '../../services/kubernetes.ts';
import {
  definePrometheusRule,
  rulesOfOperator,
  startPrometheusOperator,
} from '../../services/prometheus-operator.ts';
import { describeWithService } from '../../services/services.ts';

/** The manifest of one SLO. */
function manifestOf(
  input: Partial<SloInput>,
  resourceLabels?: Readonly<Record<string, string>>,
): string {
  const { services } = generatePrometheusRules([ratioSlo('checkout', input)], { target: '3.15' });
  const [manifest] = services.flatMap((rules) => prometheusRuleManifests(rules, resourceLabels));
  return manifest?.text ?? '';
}

/** A manifest with one rule. */
function manifestWith(service: string, expr: string): string {
  const rules = [{ record: 'r', expr, labels: {} }];
  const groups = [{ name: service, intervalSeconds: 30, rules }];
  return prometheusRuleManifests({ service, groups })[0]?.text ?? '';
}

function specOf(manifest: string): { readonly groups: readonly RuleGroup[] } {
  return (parse(manifest) as { readonly spec: { readonly groups: readonly RuleGroup[] } }).spec;
}

describeWithService(['kubernetes', 'prometheus-operator'], 'a PrometheusRule', () => {
  let kubernetes: RunningKubernetes;
  beforeAll(async () => {
    // Never one that the environment names: a cluster has at most one operator.
    kubernetes = await startKubernetes({ controllers: [] });
    await definePrometheusRule(kubernetes);
  });

  it.each([
    [
      'called like words of YAML 1.1',
      { on: 'yes', no: 'off', y: '012', null: '~', True: '1e3', _: '2026-11-22' },
    ],
    [
      'of quotes, line ends and signs of every kind',
      { place: 'a"b\'c\\d\n\t\u0085\u2028 # %: {{ x }} – Zürich 🛒' },
    ],
  ])('keeps labels that are %s', async (_, labels) => {
    const manifest = manifestOf({ labels });
    const [stored] = await kubernetes.client.applyManifest(manifest);
    expect(stored?.['spec']).toEqual(specOf(manifest));
    const rules = specOf(manifest).groups.flatMap((group) => group.rules);
    expect(rules.map((rule) => rule.labels)).toContainEqual(expect.objectContaining(labels));
  });

  it('has the labels by which a Prometheus selects it', async () => {
    const labels = { release: 'monitoring', 'example.org/part': '', on: 'y' };
    const [stored] = await kubernetes.client.applyManifest(manifestOf({}, labels));
    expect(stored?.metadata).toMatchObject({
      name: 'ninefold-shop',
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'ninefold' },
    });
  });

  it.each([
    ['an unknown field', /keep_firing_for:/, 'keep_firing:', 'keep_firing'],
    ['a number where text belongs', /interval: .*/, 'interval: 30', 'interval'],
    ['a duration that is none', /interval: .*/, 'interval: soon', 'interval'],
    ['a name that is none', /ninefold-shop/, 'Ninefold_shop', 'Ninefold_shop'],
    ['two groups of one name', /name: "ninefold-shop-\w+/g, 'name: "same', 'duplicate'],
  ])('is refused with %s', async (_, right, wrong, named) => {
    const manifest = manifestOf({});
    expect(manifest).toMatch(right);
    await expect(kubernetes.client.dryRun(manifest.replace(right, wrong))).rejects.toThrow(named);
  });

  describe('and the operator', () => {
    beforeAll(async () => {
      await startPrometheusOperator(kubernetes);
    });

    it('go together up to the largest one that is made', async () => {
      const { client } = kubernetes;
      const groups = ['a', 'b'].map((name) => ({
        name,
        intervalSeconds: 30,
        // Long expressions in lines, as they are written, and names that need quotes.
        rules: Array.from({ length: 195 }, (_, index) => ({
          record: `r${index}`,
          expr: `sum(\n  r{a="é"}\n)\n${'or up == 1\n'.repeat(50)}or x`,
          labels: {},
        })),
      }));
      const [manifest, ...others] = prometheusRuleManifests({ service: 'large', groups });
      const text = manifest?.text ?? '';
      expect(Buffer.byteLength(text)).toBeGreaterThan(480_000);
      expect(others).toEqual([]);
      await client.applyManifest(text);
      expect(await rulesOfOperator(client, ['ninefold-large'])).toEqual({
        'ninefold-large': specOf(text),
      });
    });

    it('part over one that is larger, and over an expression that is none', async () => {
      const { client } = kubernetes;
      await client.applyManifest(manifestWith('larger', `up ${' or up'.repeat(100_000)}`));
      await client.applyManifest(manifestWith('broken', 'sum('));
      await client.applyManifest(manifestWith('right', 'sum(up)'));
      const written = await rulesOfOperator(client, ['ninefold-right']);
      expect(Object.keys(written)).toEqual(['ninefold-right']);
      for (const refused of ['ninefold-larger', 'ninefold-broken'])
        await expect(rulesOfOperator(client, [refused], 0)).rejects.toThrow('no fitting ConfigMap');
    });
  });
});
