/** Runs one command of a server's making: its output goes to a log file, its last line to the progress. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { Progress } from './progress.ts';

const SHOWN_LINES = 12;

export interface BuildCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where everything that the command says is appended. */
  readonly log: string;
}

/** A command of a server's making that was not there or failed; the message ends with what it said last. */
export class BuildFailed extends Error {
  override readonly name = 'BuildFailed';
}

/** Runs the command to its end and returns its standard output. Throws BuildFailed. */
export async function runBuildCommand(build: BuildCommand, progress: Progress): Promise<string> {
  const log = createWriteStream(build.log, { flags: 'a' });
  log.write(`$ ${build.command} ${build.args.join(' ')}\n`);
  const child = spawn(build.command, build.args, {
    cwd: build.folder,
    env: { ...process.env, ...build.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const last: string[] = [];
  let lines = 0;
  let output = '';
  const hear = (line: string): void => {
    log.write(`${line}\n`);
    if (line.trim() === '') return;
    lines += 1;
    last.push(line);
    if (last.length > SHOWN_LINES) last.shift();
    progress.busyWith(`${lines} lines, last: ${line.trim().slice(0, 90)}`);
  };
  createInterface({ input: child.stderr }).on('line', hear);
  createInterface({ input: child.stdout }).on('line', (line) => {
    output += `${line}\n`;
    hear(line);
  });
  const ended = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `ended with ${code ?? signal}`),
    );
  });
  log.end();
  await finished(log);
  if (ended === undefined) return output;
  throw new BuildFailed(
    `${build.command} ${build.args[0] ?? ''}: ${ended}${last.map((line) => `\n    ${line}`).join('')}\n    (all of it: ${build.log})`,
  );
}
