// Loads a workspace's files in a thread that can be stopped, whatever they do.
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Diagnostic } from '../slo/diagnostic.ts';
import type { LoadedFile, LoadOrder } from './load-worker.ts';

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
  const stopped = await runWorker(
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

/** Resolves when the thread has ended; with the reason, when that was not its own doing. */
function runWorker(
  order: LoadOrder,
  timeoutMs: number,
  take: (loaded: LoadedFile) => void,
): Promise<string | undefined> {
  return new Promise((resolveRun) => {
    // What definitions print would spoil the output of whoever validates; nothing is inherited but the environment.
    const worker = new Worker(new URL(siblingUrl('./load-worker')), {
      workerData: order,
      stdout: true,
      stderr: true,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    });
    worker.stdout.resume();
    worker.stderr.resume();
    let reason: string | undefined;
    const timer = setTimeout(() => {
      reason = `it did not finish within ${timeoutMs / 1000} seconds`;
      void worker.terminate();
    }, timeoutMs);
    worker.on('message', take);
    worker.on('error', (error) => {
      reason ??= error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      clearTimeout(timer);
      resolveRun(reason);
    });
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
