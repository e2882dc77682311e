/** Runs the real command line in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';

export const LAUNCH = path.join(import.meta.dirname, '../../cli/launch.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Text for standard input. */
  readonly input?: string;
}

/** Starts it; the caller ends it. */
export function startNinefold(
  args: readonly string[],
  options: RunOptions = {},
): ChildProcessWithoutNullStreams {
  const { NINEFOLD_URL: _url, NINEFOLD_TOKEN: _token, ...inherited } = process.env;
  return spawn(process.execPath, [LAUNCH, ...args], {
    cwd: options.cwd,
    env: { ...inherited, NO_COLOR: '1', ...options.env },
  });
}

/** Runs it to its end. */
export async function ninefold(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const child = startNinefold(args, options);
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
