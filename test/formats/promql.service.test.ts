// The oracle of our PromQL check: a real promtool accepts and refuses the same expressions.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  PROMQL_AGGREGATIONS,
  PROMQL_FUNCTIONS,
  type PromqlType,
} from '../../formats/promql-functions.ts';
import { findPromtool } from '../services/prometheus.ts';
import { describeWithService } from '../services/services.ts';
import { INVALID_PROMQL, VALID_PROMQL } from './promql-expressions.ts';

const FEATURES =
  '--enable-feature=promql-experimental-functions,promql-duration-expr,promql-extended-range-selectors';

const run = promisify(execFile);

describeWithService(['promtool'], 'promtool', () => {
  it('accepts every expression that we accept', async () => {
    // A recording rule cannot hold text or ranges, so those stand in for what can.
    const expressions = VALID_PROMQL.filter(
      ([, type]) => type !== 'string' && type !== 'range vector',
    );
    expect(await refusedBy(expressions.map(([expression]) => expression))).toEqual([]);
  });

  it('knows every function of our table, with the arguments that we ask for', async () => {
    const calls = [...PROMQL_FUNCTIONS, ...PROMQL_AGGREGATIONS].map(
      ([name, { takes }]) => `${name}(${takes.map((type) => SAMPLES[type]).join(', ')})`,
    );
    // The second argument of info() picks labels, and is no vector of its own.
    const plain = calls.map((call) => (call === 'info(x, x)' ? 'info(x, {a="b"})' : call));
    expect(await refusedBy(plain)).toEqual([]);
  });

  it('refuses every expression that we refuse', async () => {
    const expressions = INVALID_PROMQL.map(([expression]) => expression);
    for (const expression of expressions)
      expect(await refusedBy([expression]), expression).toEqual([expression]);
  });
});

const SAMPLES: Readonly<Record<PromqlType, string>> = {
  scalar: '0.5',
  'instant vector': 'x',
  'range vector': 'x[5m]',
  string: '"a"',
};

/** The expressions when promtool refuses a rule file with them, else none. */
async function refusedBy(expressions: readonly string[]): Promise<readonly string[]> {
  const found = findPromtool();
  if (found.from === 'nowhere') throw new Error(found.reason);
  const folder = await mkdtemp(join(tmpdir(), 'ninefold-promql-'));
  const rules = expressions.map((expr, index) => ({ record: `rule_${index}`, expr }));
  try {
    const file = join(folder, 'rules.yaml');
    await writeFile(file, stringify({ groups: [{ name: 'all', rules }] }));
    await run(found.file, ['check', 'rules', FEATURES, file], {
      env: { ...process.env, ...found.environment },
    });
    return [];
  } catch (error) {
    if (expressions.length === 1) return expressions;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
