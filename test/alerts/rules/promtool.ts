// Runs promtool of both lines on generated files: it loads rules as Prometheus does, and evaluates them over given samples.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPromtool, type PrometheusVersion } from '../../services/prometheus.ts';
import { temporaryFolder } from '../../services/services.ts';

export const VERSIONS = ['2.42', '3.15'] as const satisfies readonly PrometheusVersion[];

/** One group of a test file: samples by series, and what expressions give at moments. */
export interface TestGroup {
  readonly interval: string;
  readonly name?: string;
  /** When the test begins; not before promtool 3. @default 1970 */
  readonly start_timestamp?: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test: readonly {
    readonly expr: string;
    readonly eval_time: string;
    readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
  }[];
  readonly alert_rule_test?: readonly {
    readonly alertname: string;
    readonly eval_time: string;
    readonly exp_alerts: readonly {
      readonly exp_labels: Readonly<Record<string, string>>;
      readonly exp_annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

export interface Verdict {
  readonly passes: boolean;
  readonly output: string;
}

/** `promtool check rules` on these files. */
export function checkRules(
  version: PrometheusVersion,
  files: Readonly<Record<string, string>>,
): Verdict {
  const folder = written(files);
  return run(version, ['check', 'rules', ...Object.keys(files).map((file) => join(folder, file))]);
}

/** `promtool test rules` on a test file that names rule files beside it. */
export function testRules(
  version: PrometheusVersion,
  files: Readonly<Record<string, string>>,
  test: string,
): Verdict {
  const folder = written(files);
  return run(version, ['test', 'rules', join(folder, test)]);
}

/** A test file over rule files, whose groups are evaluated in the order given, all as often; JSON is YAML, too. */
export function testFile(
  ruleFiles: readonly string[],
  order: readonly string[],
  tests: readonly TestGroup[],
  every = '30s',
): string {
  const settings = { evaluation_interval: every, group_eval_order: order };
  return JSON.stringify({ rule_files: ruleFiles, ...settings, tests });
}

function written(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(temporaryFolder('rules'), 'files-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function run(version: PrometheusVersion, args: readonly string[]): Verdict {
  const promtool = findPromtool(version);
  if (promtool.from === 'nowhere') throw new Error(promtool.reason);
  const result = spawnSync(promtool.file, args, {
    encoding: 'utf8',
    maxBuffer: 1e9,
    env: { ...process.env, ...('environment' in promtool ? promtool.environment : {}) },
  });
  return { passes: result.status === 0, output: `${result.stdout}${result.stderr}` };
}
