/** Starts etcd, an API server on it and the wanted controllers, in this order, and treats them as one server. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './distribution.ts';
import { freePorts } from './free-port.ts';
import { isHealthy } from './kubernetes-connection.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';
import { answersOk, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';

export interface ControlPlanePrograms {
  readonly etcd: Program;
  readonly apiServer: Program;
  readonly controllerManager: Program;
}

export interface ControlPlane extends RunningServer {
  readonly connection: KubernetesConnection;
}

/** Starts the parts; when one of them fails, none is left running. Without controllers there is no controller manager. */
export async function startControlPlane(
  programs: ControlPlanePrograms,
  folder: string,
  controllers: readonly string[],
): Promise<ControlPlane> {
  const [client, peer, api, manager] = (await freePorts(4)) as [number, number, number, number];
  const store = `http://127.0.0.1:${client}`;
  const secrets = writeSecrets(folder);
  const parts: RunningServer[] = [];
  try {
    parts.push(await startEtcd(programs.etcd, folder, store, `http://127.0.0.1:${peer}`));
    parts.push(await startApiServer(programs.apiServer, folder, secrets, store, api));
    const connection = connectionTo(folder, secrets, api);
    if (controllers.length > 0) {
      const kubeconfig = writeKubeconfig(join(folder, 'admin.kubeconfig'), connection, 'default');
      const args = [`--kubeconfig=${kubeconfig}`, `--controllers=${controllers.join(',')}`];
      parts.push(await startManager(programs.controllerManager, folder, secrets, manager, args));
    }
    return asOneServer(parts, folder, connection);
  } catch (error) {
    for (const part of parts.toReversed()) await part.stop();
    throw error;
  }
}

/** Writes what kubectl and controllers need to find the server, and returns the file's path. */
export function writeKubeconfig(
  file: string,
  { url, ca, token }: KubernetesConnection,
  namespace: string,
): string {
  const authority =
    ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, ...authority } }],
    users: [{ name: 'test', user: token === undefined ? {} : { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace } }],
    'current-context': 'test',
  };
  writeFileSync(file, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  return file;
}

interface Secrets {
  readonly token: string;
  readonly tokenFile: string;
  /** Signs the tokens of service accounts. */
  readonly keyFile: string;
}

function writeSecrets(folder: string): Secrets {
  const token = randomBytes(16).toString('hex');
  const tokenFile = join(folder, 'tokens.csv');
  writeFileSync(tokenFile, `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyFile = join(folder, 'service-accounts.key');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  return { token, tokenFile, keyFile };
}

function startEtcd(
  program: Program,
  folder: string,
  client: string,
  peer: string,
): Promise<RunningServer> {
  return startServer({
    name: 'etcd',
    program,
    args: [
      `--data-dir=${join(folder, 'data')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--log-level=warn',
    ],
    folder,
    url: client,
    ready: () => answersOk(`${client}/health`),
  });
}

/** Both programs make a certificate for themselves; its file has what it is checked against, too. */
const CERTIFICATES = 'certificates';

function startApiServer(
  program: Program,
  folder: string,
  secrets: Secrets,
  store: string,
  port: number,
): Promise<RunningServer> {
  mkdirSync(join(folder, CERTIFICATES), { recursive: true });
  return startServer({
    name: 'kube-apiserver',
    program,
    args: [
      `--etcd-servers=${store}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${join(folder, CERTIFICATES)}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      // It would announce its address inside the cluster, which may not be a loopback one.
      '--endpoint-reconciler-type=none',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${secrets.keyFile}`,
      `--service-account-signing-key-file=${secrets.keyFile}`,
      `--token-auth-file=${secrets.tokenFile}`,
      '--authorization-mode=RBAC',
    ],
    folder,
    url: `https://127.0.0.1:${port}`,
    ready: () => isHealthy(connectionTo(folder, secrets, port), '/readyz'),
  });
}

function connectionTo(folder: string, { token }: Secrets, port: number): KubernetesConnection {
  const ca = readFileSync(join(folder, CERTIFICATES, 'apiserver.crt'), 'utf8');
  return { url: `https://127.0.0.1:${port}`, ca, token };
}

function startManager(
  program: Program,
  folder: string,
  { keyFile }: Secrets,
  port: number,
  args: readonly string[],
): Promise<RunningServer> {
  const url = `https://127.0.0.1:${port}`;
  const certificate = join(folder, CERTIFICATES, 'kube-controller-manager.crt');
  return startServer({
    name: 'kube-controller-manager',
    program,
    args: [
      ...args,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${join(folder, CERTIFICATES)}`,
      `--service-account-private-key-file=${keyFile}`,
    ],
    folder,
    url,
    ready: () => isHealthy({ url, ca: readFileSync(certificate, 'utf8') }, '/healthz'),
  });
}

/** Stops from the last to the first, so that nothing complains of what it stands on. */
function asOneServer(
  parts: readonly RunningServer[],
  folder: string,
  connection: KubernetesConnection,
): ControlPlane {
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();
  };
  return {
    url: connection.url,
    connection,
    owned: true,
    folder,
    get pid() {
      return parts[1]?.pid ?? 0;
    },
    stop,
    async kill(signal) {
      await Promise.all(parts.map((part) => part.kill(signal)));
    },
    async restart() {
      await stop();
      for (const part of parts) await part.restart();
    },
    logs: () => parts.map((part) => part.logs()).join(''),
  };
}
