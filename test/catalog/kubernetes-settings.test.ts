import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generate, TARGETS, validate } from '../../catalog/index.ts';
import { resolveConfig } from '../../catalog/resolve-config.ts';
import * as ninefold from '../../index.ts';

const settingsOf = (kubernetes: unknown) =>
  resolveConfig({ kind: 'config', kubernetes }, '/workspace');

describe('labels of PrometheusRule resources', () => {
  it('are none unless the configuration says so', () => {
    expect(resolveConfig({ kind: 'config' }, '/workspace').value?.kubernetes).toBeUndefined();
    expect(settingsOf({}).value?.kubernetes).toEqual({ ruleLabels: {} });
  });

  it('are whatever Kubernetes takes', () => {
    const ruleLabels = {
      release: 'kube-prometheus-stack',
      'app.kubernetes.io/part-of': '',
      x: `${'v'.repeat(62)}1`,
      'Team_A.b': '1.2_3-4',
    };
    expect(settingsOf({ ruleLabels }).value?.kubernetes).toEqual({ ruleLabels });
  });

  it('stand on every resource that is made, and on nothing else', () => {
    const slo = ninefold.defineSlo({
      service: ninefold.defineService({ name: 'checkout', team: 'shop' }),
      name: 'availability',
      objective: '99.9%',
      sli: ninefold.prometheusRatio({ total: 'orders_total', bad: 'orders_failed_total' }),
    });
    const config = ninefold.defineConfig({
      connections: { prometheus: { default: { url: 'http://127.0.0.1:9090' } } },
      kubernetes: { ruleLabels: { release: 'monitoring' } },
    });
    const { catalog } = validate(
      [
        { file: 'ninefold.config.ts', path: 'default', value: config },
        { file: 'shop.slo.ts', path: 'slo', value: slo },
      ],
      '/',
    );
    if (catalog === undefined) throw new Error('the workspace is not clean');
    const { artifacts } = generate(catalog, {
      kinds: ['prometheus-rules', 'prometheus-rule-manifests'],
      targets: { prometheus: TARGETS.prometheus[0], alertmanager: TARGETS.alertmanager[0] },
    });
    const labelled = artifacts.filter(({ text }) => text.includes('monitoring"'));
    expect(labelled.map(({ path }) => path)).toEqual(['kubernetes/checkout.prometheusrule.yaml']);
    expect(parse(labelled[0]?.text ?? '')).toMatchObject({
      metadata: {
        labels: { 'app.kubernetes.io/managed-by': 'ninefold', release: 'monitoring' },
      },
    });
  });

  it.each([
    ['release', 'kube prometheus'],
    ['release', '-x'],
    ['release', 'x'.repeat(64)],
    ['release', 1],
    ['release', 'x\n  evil: y'],
    ['a b', 'x'],
    ['', 'x'],
    ['x'.repeat(64), 'x'],
    ['Example.org/part', 'x'],
    ['example..org/part', 'x'],
    ['/part', 'x'],
    ['a/b/c', 'x'],
    [`${'d'.repeat(254)}/part`, 'x'],
  ])('are told to be wrong in %j: %j', (name, label) => {
    const { value, diagnostics } = settingsOf({ ruleLabels: { [name]: label } });
    expect(value).toBeUndefined();
    expect(diagnostics).toEqual([expect.objectContaining({ code: 'not-a-label' })]);
    expect(diagnostics[0]?.path).toMatch(/^kubernetes\.ruleLabels/);
  });
});
