/** The kinds that the Prometheus operator adds to Kubernetes, as its own module publishes them. */
import { copyFileSync, chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryInMaking } from './cache.ts';
import { requireProgram } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import { downloadGoModule } from './go-build.ts';
import type { GoModule } from './go-build.ts';

const MODULE: GoModule = {
  path: 'github.com/prometheus-operator/prometheus-operator',
  version: 'v0.85.0',
};

/** Definitions of custom resources; the program's file is the YAML of `PrometheusRule`. */
export const prometheusOperatorDistribution: Distribution = {
  name: 'prometheus-operator',
  entry: 'prometheus-operator-0.85.0',
  server: 'prometheusrules.yaml',
  tools: [],
  remedy: 'install Go 1.26',
  onPath: () => undefined,
  inEntry: (program, folder) => ({ file: join(folder, program), environment: {} }),
  make: copyDefinition,
};

/** The CustomResourceDefinition of `PrometheusRule` of monitoring.coreos.com/v1, as YAML. */
export async function prometheusRuleDefinition(): Promise<string> {
  const { file } = await requireProgram(prometheusOperatorDistribution);
  return readFileSync(file, 'utf8');
}

async function copyDefinition(making: EntryInMaking): Promise<void> {
  const published = await downloadGoModule(MODULE, making);
  const folder = join(published, 'example', 'prometheus-operator-crd');
  const copy = join(making.folder, 'prometheusrules.yaml');
  copyFileSync(join(folder, 'monitoring.coreos.com_prometheusrules.yaml'), copy);
  // Go's module cache is read-only, and so is the copy.
  chmodSync(copy, 0o644);
}
