/** A real server of a test: started and awaited, stopped, killed, frozen or restarted at will, with its log at hand. */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocatedUrl, Program } from './distribution.ts';
import { registerServer, unregisterServer } from './started-servers.ts';
import { startWatchedProcess } from './watched-process.ts';
import type { WatchedProcess } from './watched-process.ts';

export interface RunningServer {
  /** Address on loopback, for example `http://127.0.0.1:17345`. */
  readonly url: string;
  /** False for a server that the environment named: it is never stopped, killed or restarted. */
  readonly owned: boolean;
  /** Folder with its configuration, log and data. */
  readonly folder: string;
  /** Process id; 0 when not owned. */
  readonly pid: number;
  /** SIGTERM, and SIGKILL after a grace time; resolves when the process is gone. A second call does nothing. */
  stop(): Promise<void>;
  /** Sends a signal (default SIGKILL). Resolves when the process is gone for SIGKILL and SIGTERM, else when it was sent. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stops it if it runs, starts it on the same ports with the same data, resolves when it is ready. */
  restart(): Promise<void>;
  /** Everything it wrote to standard output and error, over restarts. */
  logs(): string;
}

export interface ServerCommand {
  /** Name of its log file, for example `kafka-1`. */
  readonly name: string;
  readonly program: Program;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly url: string;
  /** Asked again and again until it is true; an exception counts as "not yet". */
  ready(logsSinceStart: () => string): Promise<boolean>;
  /** Default 60 s. */
  readonly readyWithinMs?: number;
  /** Time between SIGTERM and SIGKILL; default 10 s. */
  readonly graceMs?: number;
}

const POLL_MS = 50;
const SHOWN_LINES = 20;

/** A server that ended or did not get ready; the message ends with its last log lines. */
export class ServerDidNotStart extends Error {
  override readonly name = 'ServerDidNotStart';
}

/** Starts the server and resolves when it is ready. Throws ServerDidNotStart; nothing is left running then. */
export async function startServer(command: ServerCommand): Promise<RunningServer> {
  const log = join(command.folder, `${command.name}.log`);
  mkdirSync(command.folder, { recursive: true });
  let current = await launch(command, log);
  const stop = async (): Promise<void> => {
    await end(current, command.graceMs ?? 10_000);
    unregisterServer(server);
  };
  const server: RunningServer = {
    url: command.url,
    owned: true,
    folder: command.folder,
    get pid() {
      return current.pid;
    },
    stop,
    async kill(signal = 'SIGKILL') {
      if (current.exitCode() !== undefined) return;
      // At once: the watcher passes it on some time later, and until then the server would answer.
      if (signal === 'SIGSTOP') process.kill(current.pid, signal);
      else current.signal(signal);
      if (signal === 'SIGKILL' || signal === 'SIGTERM') await current.gone;
    },
    async restart() {
      await stop();
      current = await launch(command, log);
      registerServer(server);
    },
    logs: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
  };
  registerServer(server);
  return server;
}

/** The server that an environment variable names: used, but never touched. */
export function environmentServer({ url, variable }: LocatedUrl, folder: string): RunningServer {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new Error(`${variable} names a server that this test did not start; it is left alone`),
    );
  return {
    url,
    owned: false,
    folder,
    pid: 0,
    stop: () => Promise.resolve(),
    kill: refuse,
    restart: refuse,
    logs: () => '',
  };
}

/** True when the address answers GET with a 2xx status. */
export async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  await response.arrayBuffer();
  return response.ok;
}

async function launch(command: ServerCommand, log: string): Promise<WatchedProcess> {
  const offset = existsSync(log) ? statSync(log).size : 0;
  const logsSinceStart = (): string => readFileSync(log).subarray(offset).toString();
  const started = await startWatchedProcess({
    file: command.program.file,
    args: command.args,
    environment: { ...command.program.environment, ...command.environment },
    folder: command.folder,
    log,
  });
  const withinMs = command.readyWithinMs ?? 60_000;
  const deadline = performance.now() + withinMs;
  for (;;) {
    const ready = await isReady(command, logsSinceStart);
    const exitCode = started.exitCode();
    // Ready and gone: something else answers on its port.
    if (ready && exitCode === undefined) return started;
    const late = performance.now() > deadline;
    if (exitCode !== undefined || late) {
      await end(started, 0);
      const why =
        exitCode === undefined ? `not ready within ${withinMs / 1000} s` : `ended with ${exitCode}`;
      const last = logsSinceStart().trimEnd().split('\n').slice(-SHOWN_LINES);
      throw new ServerDidNotStart(`${command.name}: ${why}; ${log} ends with\n${last.join('\n')}`);
    }
    await sleep(POLL_MS);
  }
}

async function isReady(command: ServerCommand, logsSinceStart: () => string): Promise<boolean> {
  try {
    return await command.ready(logsSinceStart);
  } catch {
    return false;
  }
}

async function end(running: WatchedProcess, graceMs: number): Promise<void> {
  if (running.exitCode() !== undefined) return;
  // A frozen process (SIGSTOP) would never see the SIGTERM.
  running.signal('SIGCONT');
  running.signal(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
  const grace = new AbortController();
  const tooLate = sleep(graceMs, undefined, { signal: grace.signal }).then(
    () => running.signal('SIGKILL'),
    () => undefined,
  );
  await running.gone;
  grace.abort();
  await tooLate;
}
