/** The real Prometheus operator of a test: it selects rules in a Kubernetes API server, refuses the wrong ones and writes them for Prometheus. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { EntryInMaking } from './cache.ts';
import { requireProgram } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import { freePort } from './free-port.ts';
import { buildGoPrograms, downloadGoModule, goEntryProgram, takeOverGoModule } from './go-build.ts';
import type { GoModule } from './go-build.ts';
import type { KubernetesClient, KubernetesObject } from './kubernetes-client.ts';
import type { RunningKubernetes } from './kubernetes.ts';
import { answersOk, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

const MODULE: GoModule = {
  path: 'github.com/prometheus-operator/prometheus-operator',
  version: 'v0.85.0',
};

const STAMP = { variable: 'github.com/prometheus/common/version.Version', version: '0.85.0' };

/** The operator 0.85 and the kinds that it adds to Kubernetes, both as its own module has them. */
export const prometheusOperatorDistribution: Distribution = {
  name: 'prometheus-operator',
  entry: 'prometheus-operator-0.85.0',
  server: 'operator',
  tools: [],
  minutes: 2,
  remedy: 'install Go 1.26',
  // The kinds of an installed operator would not be known.
  onPath: () => undefined,
  inEntry: goEntryProgram,
  make: buildOperator,
};

/** Makes `PrometheusRule` known to the API server, with the operator's own definition. */
export async function definePrometheusRule(kubernetes: RunningKubernetes): Promise<void> {
  await defineKinds(kubernetes, ['prometheusrules']);
}

/** Starts the operator for the client's namespace, with the kinds that it needs to serve a Prometheus. */
export async function startPrometheusOperator(
  kubernetes: RunningKubernetes,
): Promise<RunningServer> {
  const program = await requireProgram(prometheusOperatorDistribution);
  await defineKinds(kubernetes, KINDS);
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  return startServer({
    name: 'prometheus-operator',
    program,
    args: [
      `--web.listen-address=${address}`,
      `--namespaces=${kubernetes.client.namespace}`,
      '--kubelet-endpoints=false',
    ],
    environment: { KUBECONFIG: kubernetes.kubeconfig },
    folder: temporaryFolder('prometheus-operator'),
    url,
    ready: () => answersOk(`${url}/healthz`),
  });
}

/**
 * What the operator would let a Prometheus of the namespace load, by the names of the `PrometheusRule`s: waits until it has
 * written all of them (default 30 s at most). The Prometheus is made, and selects every rule.
 */
export async function rulesOfOperator(
  client: KubernetesClient,
  names: readonly string[],
  timeoutMs = 30_000,
): Promise<Readonly<Record<string, unknown>>> {
  await client.applyManifest(PROMETHEUS);
  const written = new Map<string, unknown>();
  const areWritten = ({ metadata, ...map }: KubernetesObject): boolean => {
    if (!metadata.name.startsWith('prometheus-main-rulefiles-')) return false;
    for (const [file, text] of Object.entries((map['data'] ?? {}) as Record<string, string>)) {
      const name = nameOfRuleFile(client.namespace, file);
      if (names.includes(name)) written.set(name, parse(text));
    }
    return written.size === names.length;
  };
  await client.waitFor('v1', 'ConfigMap', areWritten, timeoutMs);
  return Object.fromEntries(written);
}

const PROMETHEUS = `apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main }
spec: { version: v3.5.0, ruleSelector: {} }
`;

/** `<namespace>-<name>-<uid>.yaml` */
function nameOfRuleFile(namespace: string, file: string): string {
  return file
    .slice(namespace.length + 1)
    .replace(/-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.yaml$/, '');
}

const DEFINITIONS = 'definitions';

const KINDS = [
  'podmonitors',
  'probes',
  'prometheuses',
  'prometheusrules',
  'scrapeconfigs',
  'servicemonitors',
];

async function defineKinds({ client }: RunningKubernetes, kinds: readonly string[]): Promise<void> {
  const { file } = await requireProgram(prometheusOperatorDistribution);
  const folder = join(dirname(dirname(file)), DEFINITIONS);
  const definitions = kinds.map((kind) =>
    readFileSync(join(folder, `monitoring.coreos.com_${kind}.yaml`), 'utf8'),
  );
  await Promise.all(definitions.map((definition) => client.defineKind(definition)));
}

async function buildOperator(making: EntryInMaking): Promise<void> {
  const published = join(
    await downloadGoModule(MODULE, making),
    'example',
    'prometheus-operator-crd',
  );
  const definitions = join(making.folder, DEFINITIONS);
  mkdirSync(definitions);
  for (const name of readdirSync(published).filter((name) => name.endsWith('.yaml'))) {
    // Not copied: the files of Go's module cache are read-only.
    writeFileSync(join(definitions, name), readFileSync(join(published, name)));
  }
  const source = await takeOverGoModule(MODULE, withoutFolders, making);
  await buildGoPrograms([`${MODULE.path}/cmd/operator`], source, STAMP, making);
}

/** Both folders that it replaces modules by are published under the version that it requires. */
function withoutFolders(goMod: string): string {
  return goMod.replace(/^.* => \.\/pkg\/\S+$/gm, '');
}
