// Every Kubernetes resource that is generated from a workspace of this repository is taken by a real cluster as it stands.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generate, GENERATORS, loadWorkspace } from '../../catalog/index.ts';
import type { KubernetesObject } from '../services/kubernetes-client.ts';
import { startKubernetes, type RunningKubernetes } from '../services/kubernetes.ts';
import { rulesOfOperator, startPrometheusOperator } from '../services/prometheus-operator.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';

const root = join(import.meta.dirname, '../..');

/** Every workspace of the repository that has SLOs. */
const WORKSPACES = ['platforms', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((workspace) =>
      readdirSync(join(root, workspace)).some((file) => file.endsWith('.slo.ts')),
    ),
);

interface Manifest {
  readonly path: string;
  readonly text: string;
}

async function artifactsOf(workspace: string): Promise<readonly Manifest[]> {
  const { catalog } = await loadWorkspace(join(root, workspace), { timeoutMs: 120_000 });
  if (catalog === undefined) throw new Error(`${workspace} is not clean`);
  const targets = { prometheus: '3.15', alertmanager: '0.34' };
  const { artifacts } = generate(catalog, { kinds: GENERATORS.map(({ kind }) => kind), targets });
  return artifacts.map(({ path, text }) => ({ path, text }));
}

/** The files that are for a cluster, whichever generator makes them. */
function manifestsIn(artifacts: readonly Manifest[]): readonly Manifest[] {
  return artifacts.filter(({ path }) => /(^|\/)kubernetes\/.*\.yaml$/.test(path));
}

function parsed({ text }: Manifest): KubernetesObject {
  return parse(text) as KubernetesObject;
}

describeWithService(['kubernetes', 'kubectl', 'prometheus-operator'], 'a cluster', () => {
  let kubernetes: RunningKubernetes;
  beforeAll(async () => {
    // Never one that the environment names: a cluster has at most one operator.
    kubernetes = await startKubernetes({ controllers: [] });
    await startPrometheusOperator(kubernetes);
  });

  it.each(WORKSPACES)('takes every manifest of %s and keeps what it says', async (workspace) => {
    const { client } = kubernetes;
    const artifacts = await artifactsOf(workspace);
    const manifests = manifestsIn(artifacts);
    expect(manifests.map((manifest) => parsed(manifest).kind)).toContain('ConfigMap');
    for (const manifest of manifests) {
      await client.dryRun(manifest.text);
      const [stored] = await client.applyManifest(manifest.text);
      expect(stored, manifest.path).toMatchObject(parsed(manifest));
    }
    const rules = manifests.map(parsed).filter(({ kind }) => kind === 'PrometheusRule');
    const ruleFiles = artifacts.filter(({ path }) =>
      /^prometheus-rules\/.*\.rules\.yaml$/.test(path),
    );
    expect(rules.length).toBeGreaterThanOrEqual(ruleFiles.length);
    const names = rules.map(({ metadata }) => metadata.name);
    expect(await rulesOfOperator(client, names)).toEqual(
      Object.fromEntries(rules.map(({ metadata, ...rule }) => [metadata.name, rule['spec']])),
    );
  });

  it.each(WORKSPACES)('takes the folder of %s from kubectl', async (workspace) => {
    const folder = join(temporaryFolder('manifests'), 'kubernetes');
    mkdirSync(folder);
    const manifests = manifestsIn(await artifactsOf(workspace));
    for (const { path, text } of manifests)
      writeFileSync(join(folder, path.replaceAll('/', '_')), text);
    // Workspaces have dashboards of the same names, and here they were applied before.
    const ours = ['--server-side', '--force-conflicts', `--filename=${folder}`];
    const dry = ['apply', '--validate=strict', '--dry-run=server', ...ours];
    const { status, output } = kubernetes.kubectl(dry);
    expect(status, output).toBe(0);
    // Among them: what would not run where Pods are restricted.
    expect(output).not.toContain('Warning');
    expect(output.match(/serverside-applied/g)).toHaveLength(manifests.length);
  });
});
