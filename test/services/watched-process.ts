/** A child process under a tiny watcher that kills it as soon as the process that started it is gone, however it went. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Writable } from 'node:stream';

/**
 * The watcher reads signal names from its standard input and passes them on. The other end of that pipe is
 * held by our process alone: when we die, even by SIGKILL, the kernel closes it and the watcher kills the server.
 */
const WATCHER = `
exec 4<&0 </dev/null
"$@" 3>&- 4<&- &
server=$!
echo "$server" >&3
exec 3>&-
{ while read -r signal <&4; do kill -s "$signal" "$server"; done; kill -s KILL "$server"; } >/dev/null 2>&1 &
reader=$!
exec 4<&-
wait "$server"
code=$?
kill "$reader" 2>/dev/null
exit "$code"
`;

export interface WatchedCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Standard output and error are appended here. */
  readonly log: string;
}

export interface WatchedProcess {
  /** Process id of the server itself, not of its watcher. */
  readonly pid: number;
  /** Sends the signal to the server. */
  signal(signal: NodeJS.Signals): void;
  /** Exit code (128 + number for a signal) once it is gone. */
  exitCode(): number | undefined;
  /** Resolves with the exit code when the server is gone. */
  readonly gone: Promise<number>;
}

/** Starts the command; resolves when it has a process id. Its life does not keep our process running. */
export async function startWatchedProcess(command: WatchedCommand): Promise<WatchedProcess> {
  const log = openSync(command.log, 'a');
  const child = spawn('/bin/sh', ['-c', WATCHER, 'watcher', command.file, ...command.args], {
    cwd: command.folder,
    env: { ...process.env, ...command.environment },
    // Its own process group: Ctrl-C at the terminal reaches our process only, which ends the server in order.
    detached: true,
    stdio: ['pipe', log, log, 'pipe'],
  });
  closeSync(log);
  let exitCode: number | undefined;
  const gone = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      exitCode = code ?? 128;
      resolve(exitCode);
    });
  });
  gone.catch(() => {
    // The same failure is reported by the wait for the process id below.
  });
  const orders = child.stdin as Writable;
  orders.on('error', () => {
    // The watcher is gone: there is nobody left to give orders to.
  });
  const pid = await Promise.race([announcedPid(child), gone.then(() => 0)]);
  child.unref();
  (orders as unknown as { unref(): void }).unref();
  return {
    pid,
    signal(signal) {
      orders.write(`${signal.replace(/^SIG/, '')}\n`);
    },
    exitCode: () => exitCode,
    get gone() {
      if (exitCode === undefined) child.ref();
      return gone;
    },
  };
}

function announcedPid(child: ChildProcess): Promise<number> {
  const channel = child.stdio[3] as NodeJS.ReadableStream;
  return new Promise((resolve) => {
    let text = '';
    channel.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    channel.once('end', () => resolve(Number(text.trim())));
  });
}
