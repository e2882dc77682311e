// Rules for the Prometheus operator come in as many resources as it takes, and every group is in one of them.
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  isTooLarge,
  prometheusRuleManifests,
} from '../../../alerts/rules/prometheus-rule-manifest.ts';
import type { RuleGroup } from '../../../alerts/rules/rule.ts';

/** A group whose text has about this many bytes. */
function groupOf(name: string, bytes: number): RuleGroup {
  const labels = { on: 'yes' };
  return {
    name,
    intervalSeconds: 30,
    rules: [{ record: 'r', expr: 'é'.repeat(bytes / 2), labels }],
  };
}

function namesIn(text: string): readonly string[] {
  const { spec } = parse(text) as { readonly spec: { readonly groups: readonly RuleGroup[] } };
  return spec.groups.map(({ name }) => name);
}

it('small groups stay together', () => {
  const groups = [groupOf('a', 200_000), groupOf('b', 200_000)];
  const manifests = prometheusRuleManifests({ service: 'shop', groups });
  expect(manifests.map(({ text }) => namesIn(text))).toEqual([['a', 'b']]);
});

it('groups that are too large together are parted, in their order and under names of their own', () => {
  const groups = ['a', 'b', 'c', 'd'].map((name) => groupOf(name, 240_000));
  const manifests = prometheusRuleManifests({ service: 'shop', groups });
  expect(manifests.map(({ name, text }) => [name, namesIn(text)])).toEqual([
    ['shop', ['a', 'b']],
    ['shop.2', ['c', 'd']],
  ]);
  expect(manifests.map(isTooLarge)).toEqual([false, false]);
  expect(manifests.every(({ text }) => Buffer.byteLength(text) < 512 * 1024)).toBe(true);
});

it('a group that is too large alone is told', () => {
  const groups = [groupOf('a', 1000), groupOf('b', 600_000), groupOf('c', 1000)];
  const manifests = prometheusRuleManifests({ service: 'shop', groups });
  expect(manifests.map(({ text }) => namesIn(text))).toEqual([['a'], ['b'], ['c']]);
  expect(manifests.map(isTooLarge)).toEqual([false, true, false]);
});

it('a service without groups has no manifest', () => {
  expect(prometheusRuleManifests({ service: 'shop', groups: [] })).toEqual([]);
});
