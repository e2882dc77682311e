// The rules of every workspace of this repository: both lines of Prometheus load them and pass the tests made with them.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { generateRuleTests } from '../../../alerts/rules/rule-tests.ts';
import { loadWorkspace } from '../../../catalog/load.ts';
import { describeWithService } from '../../services/services.ts';
import { checkRules, testRules, VERSIONS } from './promtool.ts';

const root = join(import.meta.dirname, '../../..');

/** The new line runs the tests of all of them, the old one those of the workspaces that together have every kind of SLI. */
const WORKSPACES = [
  { folder: 'platforms/api-governance', tested: ['3.15'] },
  { folder: 'platforms/clipper', tested: ['2.42', '3.15'] },
  { folder: 'examples/shop', tested: ['2.42', '3.15'] },
  { folder: 'examples/first-slo', tested: ['2.42'] },
  { folder: 'examples/observers', tested: [] },
] as const;

const each = WORKSPACES.flatMap(({ folder, tested }) =>
  VERSIONS.map((version) => ({ folder, version, runs: tested.some((one) => one === version) })),
);

describeWithService(['promtool', 'promtool-2.42'], 'the rules of', () => {
  it.each(each)(
    '$folder load in $version and pass their tests',
    async ({ folder, version, runs }) => {
      const { catalog } = await loadWorkspace(join(root, folder), { timeoutMs: 120_000 });
      const slos = catalog?.slos ?? [];
      const rules = generatePrometheusRules(slos, { target: version });
      const tests = generateRuleTests(slos, rules);
      const ruled = new Set(rules.files.flatMap(({ sourceIds }) => sourceIds));
      // Whatever has no rule is told, whatever has a rule has no warning.
      expect(slos.filter(({ id }) => !ruled.has(id)).map(({ id }) => id)).toEqual(
        rules.notes.filter(({ reason }) => reason.includes('No rule')).map(({ slo }) => slo),
      );
      const files = Object.fromEntries(
        [...rules.files, ...tests.files].map(({ path, text }) => [path, text]),
      );
      const names = rules.files.map(({ path }) => path);
      const checked = checkRules(
        version,
        Object.fromEntries(names.map((name) => [name, files[name] ?? ''])),
      );
      expect(checked.output.match(/SUCCESS/g), checked.output).toHaveLength(names.length);
      if (!runs) return;
      for (const { path } of tests.files) {
        const { passes, output } = testRules(version, files, path);
        expect(passes ? '' : `${path}: ${output.slice(0, 3000)}`).toBe('');
      }
    },
    600_000,
  );
});
