import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readAlertmanagerConfiguration } from '../../../alerts/alertmanager/read-configuration.ts';
import { createRouting } from '../../../alerts/alertmanager/routing.ts';
import { formatMatcher } from '../../../alerts/alertmanager/matching.ts';
import { writeYaml } from '../../../formats/yaml-writer.ts';
import type { YamlData } from '../../../formats/yaml-writer.ts';
import { findAmtool } from '../../services/alertmanager.ts';
import { describeWithService, temporaryFolder } from '../../services/services.ts';
import { randomLabels, randomTree } from './random-trees.ts';
import { configuration, fileOf } from './written-configuration.ts';

const run = promisify(execFile);
const TREES = 22;
const LABEL_SETS = 25;
const SEED = 4242;

const cases = fc.sample(
  fc.tuple(
    randomTree({ inherits: true }),
    fc.array(randomLabels, { minLength: LABEL_SETS, maxLength: LABEL_SETS }),
  ),
  { numRuns: TREES, seed: SEED },
);

describeWithService(['amtool', 'amtool-0.25'], 'amtool config routes test', () => {
  // amtool takes one label set a process.
  it.each(['0.25', '0.34'] as const)(
    `of %s agrees on the receivers in order, ${TREES} trees × ${LABEL_SETS} label sets`,
    async (version) => {
      const amtool = findAmtool(version);
      if (amtool.from === 'nowhere') throw new Error(amtool.reason);
      const folder = temporaryFolder(`routes-${version}`);
      const reached = new Set<string>();
      for (const [index, [tree, labelSets]] of cases.entries()) {
        const file = join(folder, `tree-${index}.yml`);
        const text = writeYaml(fileOf(configuration({ route: tree })) as YamlData);
        writeFileSync(file, text);
        const { configuration: read, findings } = readAlertmanagerConfiguration(text, version);
        if (read === undefined) throw new Error(JSON.stringify(findings));
        const routing = createRouting(read, version);
        const ask = async (labels: Record<string, string>): Promise<void> => {
          const pairs = Object.entries(labels).map(([name, value]) =>
            formatMatcher({ name, operator: '=', value }),
          );
          const args = ['config', 'routes', 'test', `--config.file=${file}`, ...pairs];
          const { stdout } = await run(amtool.file, args, {
            env: { ...process.env, ...amtool.environment },
          });
          const receivers = routing.match(labels).map(({ receiver }) => receiver);
          expect({ tree: index, labels, receivers }).toEqual({
            tree: index,
            labels,
            receivers: stdout.trim().split(','),
          });
          for (const receiver of receivers) reached.add(`${index} ${receiver}`);
        };
        for (let start = 0; start < labelSets.length; start += 2)
          await Promise.all(labelSets.slice(start, start + 2).map(ask));
      }
      // The comparison would be an empty one if all alerts ended at the root.
      expect(reached.size).toBeGreaterThan(3 * TREES);
    },
    90_000,
  );
});
