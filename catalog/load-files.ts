// Loads a workspace's files in a process that can be stopped, whatever they do.
import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../slo/diagnostic.ts';
import type { LoadedFile, LoadOrder } from './load-process.ts';

const HEAP_MEGABYTES = 512;

/** An exported definition, with the file that it is in and the name under which it is exported. */
export interface FoundDefinition {
  readonly file: string;
  readonly path: string;
  readonly value: { readonly kind: string };
}

export interface LoadedFiles {
  readonly definitions: readonly FoundDefinition[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Loads the files in order. A file that fails is told; the others are loaded all the same. */
export async function loadFiles(
  folder: string,
  files: readonly string[],
  timeoutMs: number,
): Promise<LoadedFiles> {
  const definitions: FoundDefinition[] = [];
  const diagnostics: Diagnostic[] = [];
  let done = 0;
  const stopped = await runProcess(
    { folder: resolve(folder), files, door: siblingUrl('../index') },
    timeoutMs,
    (loaded) => {
      done += 1;
      const { file } = loaded;
      if ('error' in loaded)
        diagnostics.push(notLoadable(file, loaded.error.message, loaded.error.line));
      else
        for (const { name, value } of loaded.exports) definitions.push({ file, path: name, value });
    },
  );
  const stuck = files[done];
  if (stuck !== undefined)
    diagnostics.push(notLoadable(stuck, stopped ?? 'the program ended while it ran'));
  return { definitions, diagnostics };
}

/** Resolves when the process has ended; with the reason, when that was not its own doing. */
function runProcess(
  order: LoadOrder,
  timeoutMs: number,
  take: (loaded: LoadedFile) => void,
): Promise<string | undefined> {
  return new Promise((resolveRun) => {
    // What definitions print would spoil the output of whoever validates; nothing is inherited but the environment.
    const child = fork(fileURLToPath(siblingUrl('./load-process')), {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    });
    let reason: string | undefined;
    const kill = (): void => void child.kill('SIGKILL');
    const timer = setTimeout(() => {
      reason = `it did not finish within ${timeoutMs / 1000} seconds`;
      kill();
    }, timeoutMs);
    // A definition that never ends must not outlive the program.
    process.once('exit', kill);
    child.on('message', (message) => take(message as LoadedFile));
    child.on('error', (error) => {
      reason ??= error.message;
    });
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      process.off('exit', kill);
      reason ??=
        signal === null
          ? undefined
          : `its process was ended by ${signal}, perhaps for want of memory`;
      resolveRun(reason);
    });
    child.send(order);
  });
}

/** A module beside this one, with the ending that modules have here: .ts in the sources, .js when built. */
function siblingUrl(path: string): string {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`${path}.${ending}`, import.meta.url).href;
}

function notLoadable(file: string, reason: string, line?: number): Diagnostic {
  return {
    code: 'not-loadable',
    severity: 'error',
    file,
    ...(line === undefined ? {} : { line }),
    path: '(module)',
    value: file,
    message: `The file could not be loaded: ${/[.?]$/.test(reason) ? reason : `${reason}.`}`,
    remedy: 'Correct the file: it must run by itself, and export its definitions.',
  };
}
