/** A real Kubernetes API server of a test, with the controllers that the test names and no nodes: whatever a Pod does, a test must do. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { unpackedProgram } from './debian-package.ts';
import {
  executableOnPath,
  locateProgram,
  locateUrl,
  requireProgram,
  versionedProgramOnPath,
} from './distribution.ts';
import type { Distribution, Program } from './distribution.ts';
import { goEntryProgram } from './go-build.ts';
import { buildKubernetes, KUBERNETES_VERSION } from './kubernetes-build.ts';
import { createKubernetesClient } from './kubernetes-client.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';
import { startControlPlane, writeKubeconfig } from './kubernetes-control-plane.ts';
import { environmentServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { registerServer, temporaryFolder, unregisterServer } from './started-servers.ts';

/** etcd, API server, controllers and kubectl 1.34; first time about six minutes on two cores. */
export const kubernetesDistribution: Distribution = {
  name: 'kubernetes',
  entry: `kubernetes-${KUBERNETES_VERSION}`,
  variable: 'NINEFOLD_TEST_KUBERNETES',
  server: 'kube-apiserver',
  tools: ['kube-controller-manager', 'etcd', 'kubectl'],
  minutes: 6,
  remedy:
    'install Go 1.26 on a Debian or put etcd, kube-apiserver and kube-controller-manager on PATH, or set NINEFOLD_TEST_KUBERNETES=http://host:port (of kubectl proxy)',
  onPath: kubernetesOnPath,
  inEntry: (program, folder) =>
    program === 'etcd' ? unpackedProgram(program, folder) : goEntryProgram(program, folder),
  make: buildKubernetes,
};

export interface KubernetesOptions {
  /** What kube-controller-manager runs, by its own names: `['cronjob', 'job', 'serviceaccount']`. Default: nothing, and no such process. */
  readonly controllers?: readonly string[];
}

export interface RunningKubernetes extends RunningServer {
  /** For a new namespace of this start. */
  readonly client: KubernetesClient;
  readonly connection: KubernetesConnection;
  /** File that tells programs where the server is, with the client's namespace as the one they use. */
  readonly kubeconfig: string;
  /** Runs kubectl to its end, in the client's namespace unless the arguments say else. */
  kubectl(args: readonly string[], input?: string): KubectlRun;
}

export interface KubectlRun {
  /** Exit code. */
  readonly status: number;
  /** Standard output and, after it, standard error. */
  readonly output: string;
}

/** kubectl on PATH or in the cache; builds nothing. Throws when it is nowhere. */
export function findKubectl(): string {
  const kubectl = locateProgram(kubernetesDistribution, 'kubectl');
  if (kubectl.from === 'nowhere') throw new Error(kubectl.reason);
  return kubectl.file;
}

/**
 * Starts an API server with an empty store and makes a namespace in it. Without options the one that
 * NINEFOLD_TEST_KUBERNETES names is used instead, if it is set; there the namespace is deleted on stop.
 */
export async function startKubernetes(options: KubernetesOptions = {}): Promise<RunningKubernetes> {
  const given = locateUrl(kubernetesDistribution);
  const folder = temporaryFolder('kubernetes');
  if (given !== undefined && Object.keys(options).length === 0) {
    const server = environmentServer(given, folder);
    return withNamespace(server, { url: given.url.replace(/\/$/, '') });
  }
  const [apiServer, controllerManager, etcd] = [
    await requireProgram(kubernetesDistribution),
    await requireProgram(kubernetesDistribution, 'kube-controller-manager'),
    await requireProgram(kubernetesDistribution, 'etcd'),
  ];
  const programs = { apiServer, controllerManager, etcd };
  const plane = await startControlPlane(programs, folder, options.controllers ?? []);
  return withNamespace(plane, plane.connection);
}

/** The server with a namespace of its own. */
async function withNamespace(
  server: RunningServer,
  connection: KubernetesConnection,
): Promise<RunningKubernetes> {
  const client = createKubernetesClient(connection, `ninefold-${randomBytes(4).toString('hex')}`);
  const { namespace } = client;
  // Whoever applies a Pod, or what makes Pods, is warned of everything that a restricted namespace would refuse.
  const labels = { 'pod-security.kubernetes.io/warn': 'restricted' };
  const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  await client.applyManifest(JSON.stringify(made));
  const kubeconfig = writeKubeconfig(join(server.folder, 'kubeconfig'), connection, namespace);
  const running = Object.assign(server, {
    client,
    connection,
    kubeconfig,
    kubectl: (args: readonly string[], input = '') => runKubectl(kubeconfig, args, input),
  });
  if (server.owned) return running;
  const stop = async (): Promise<void> => {
    await client.remove(made);
    unregisterServer(running);
  };
  registerServer(Object.assign(running, { stop }));
  return running;
}

function runKubectl(kubeconfig: string, args: readonly string[], input: string): KubectlRun {
  const run = spawnSync(findKubectl(), [`--kubeconfig=${kubeconfig}`, ...args], {
    encoding: 'utf8',
    input,
    timeout: KUBECTL_TIMEOUT_MS,
    maxBuffer: 1e9,
    // Its cache of what the server knows would otherwise lie in the user's home.
    env: { ...process.env, KUBECACHEDIR: `${kubeconfig}.cache` },
  });
  if (run.error !== undefined) throw run.error;
  return { status: run.status ?? -1, output: `${run.stdout}${run.stderr}` };
}

/** Programs of the machine are taken only together: an API server without its controllers is no cluster. */
function kubernetesOnPath(program: string): Program | undefined {
  const parts = [
    ['etcd', (major: number) => major === 3],
    ['kube-apiserver', fits],
    ['kube-controller-manager', fits],
  ] as const;
  const found = new Map(
    parts.map(([name, fits]) => [name as string, versionedProgramOnPath(name, fits)]),
  );
  if ([...found.values()].includes(undefined)) return undefined;
  if (program !== 'kubectl') return found.get(program);
  // It has no --version, and speaks with servers of its neighbouring versions.
  const kubectl = executableOnPath(program);
  return kubectl === undefined ? undefined : { file: kubectl, environment: {} };
}

const fits = (major: number, minor: number): boolean => major === 1 && minor >= 31;

const KUBECTL_TIMEOUT_MS = 60_000;
