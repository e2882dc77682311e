/** Plays the kubelet for a Pod of one container: gives its command what the Pod says, runs it here, and reports how it ended. */
import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import type { KubernetesClient, KubernetesObject } from './kubernetes-client.ts';
import { environmentOf, mountVolumes } from './kubernetes-pod.ts';
import type { Container, Mount, Pod } from './kubernetes-pod.ts';
import { temporaryFolder } from './started-servers.ts';

export interface PodRunOptions {
  /** What the image would bring: the name of a program → the words that start it here. Others are looked for on PATH. */
  readonly programs?: Readonly<Record<string, readonly [string, ...string[]]>>;
  /** Killed, and so failed, after this time; default 60 s. */
  readonly timeoutMs?: number;
}

export interface PodRun {
  /** 137 when it was killed. */
  readonly exitCode: number;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

/**
 * Runs the Pod's command with the environment of the Pod and no other (but PATH), and its ConfigMaps, Secrets and empty
 * folders at paths of this machine, which replace the Pod's in command, arguments and environment. The Pod is Running
 * meanwhile and then Succeeded or Failed, so its Job ends, too. There is no image and no isolation.
 */
export async function runPod(
  client: KubernetesClient,
  pod: KubernetesObject,
  { programs = {}, timeoutMs = 60_000 }: PodRunOptions = {},
): Promise<PodRun> {
  const { spec, metadata } = pod as Pod;
  const [container, ...others] = spec.containers;
  if (container === undefined || others.length > 0)
    throw new Error(
      `Pod ${metadata.name} has ${spec.containers.length} containers; one can be run`,
    );
  const folder = temporaryFolder('pod');
  const mounts = await mountVolumes(client, pod as Pod, container, folder);
  const environment = await environmentOf(client, pod as Pod, container);
  const words = commandOf(container, programs).map((word) => expanded(word, environment));
  const startedAt = new Date().toISOString();
  await client.reportStatus(pod, {
    phase: 'Running',
    startTime: startedAt,
    containerStatuses: [statusOf(container, { running: { startedAt } })],
  });
  const run = await runCommand(
    words.map((word) => relocated(word, mounts)),
    Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, relocated(value, mounts)]),
    ),
    relocated(container.workingDir ?? folder, mounts),
    timeoutMs,
  );
  const finishedAt = new Date().toISOString();
  const terminated = { exitCode: run.exitCode, startedAt, finishedAt };
  await client.reportStatus(pod, {
    phase: run.exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [statusOf(container, { terminated })],
  });
  return run;
}

function statusOf({ name, image }: Container, state: object): object {
  return { name, image, imageID: '', ready: 'running' in state, restartCount: 0, state };
}

/** Without a command the image's own would run, which is not here. */
function commandOf(
  { name, command = [], args = [] }: Container,
  programs: PodRunOptions['programs'] & object,
): readonly string[] {
  const [program, ...rest] = command;
  if (program === undefined)
    throw new Error(`container ${name} has no command of its own, and its image is not here`);
  return [...(programs[program] ?? programs[basename(program)] ?? [program]), ...rest, ...args];
}

/** `$(NAME)` is the value of the environment; of an unknown name it stays, and `$$(NAME)` is `$(NAME)`. */
function expanded(word: string, environment: Readonly<Record<string, string>>): string {
  return word.replaceAll(/\$(\$?)\((\w+)\)/g, (whole, escaped: string, name: string) =>
    escaped === '' ? (environment[name] ?? whole) : `$(${name})`,
  );
}

function relocated(text: string, mounts: readonly Mount[]): string {
  return mounts.reduce((moved, { path, folder }) => moved.replaceAll(path, folder), text);
}

function runCommand(
  [program = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
  folder: string,
  timeoutMs: number,
): Promise<PodRun> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: join(folder), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const hear = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? 137, output }));
  });
}
