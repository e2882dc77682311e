// Which files of a workspace are loaded: every *.slo.ts, *.checks.ts, *.alerts.ts, *.runbooks.ts and *.dashboards.ts, and its ninefold.config.ts.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../slo/diagnostic.ts';

export const CONFIG_FILE = 'ninefold.config.ts';
const DEFINITIONS = ['.slo.ts', '.checks.ts', '.alerts.ts', '.runbooks.ts', '.dashboards.ts'];

const MOST_FILES = 5000;
const DEEPEST = 20;
const LARGEST_FILE = 1_048_576;

export interface FoundFiles {
  /** Paths relative to the workspace with forward slashes, sorted; the configuration first when there is one. */
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Finds the files. `node_modules`, folders that begin with a dot and symbolic links to folders are not entered. */
export async function findFiles(folder: string): Promise<FoundFiles> {
  const found: string[] = [];
  const diagnostics: Diagnostic[] = [];
  const refuse = (file: string, value: string, message: string, remedy: string): void => {
    const place = file === '' ? {} : { file };
    diagnostics.push({
      code: 'not-loadable',
      severity: 'error',
      ...place,
      path: '(module)',
      value,
      message,
      remedy,
    });
  };
  await walk('', 0);
  const configs = found.filter((file) => file === CONFIG_FILE);
  const definitions = found.filter((file) => file !== CONFIG_FILE).sort();
  if (definitions.length > MOST_FILES) {
    const count = String(definitions.length);
    refuse(
      '',
      count,
      `The workspace has ${count} definition files.`,
      `Keep at most ${MOST_FILES} in one workspace.`,
    );
    definitions.length = MOST_FILES;
  }
  return { files: [...configs, ...definitions], diagnostics };

  async function walk(below: string, depth: number): Promise<void> {
    const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        refuse(
          below,
          below === '' ? folder : below,
          `The folder cannot be read: ${reason}.`,
          'Name a folder that can be read.',
        );
        return [];
      },
    );
    for (const entry of entries) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        const entered = !entry.name.startsWith('.') && entry.name !== 'node_modules';
        if (entered && depth < DEEPEST && found.length <= MOST_FILES) await walk(path, depth + 1);
      } else if (isDefinitions(entry.name) || path === CONFIG_FILE) await take(path);
    }
  }

  async function take(path: string): Promise<void> {
    const size = (await stat(join(folder, path)).catch(() => undefined))?.size ?? 0;
    if (size <= LARGEST_FILE) found.push(path);
    else
      refuse(
        path,
        String(size),
        `The file has ${size} bytes.`,
        `Split it: at most ${LARGEST_FILE} bytes are loaded.`,
      );
  }
}

function isDefinitions(name: string): boolean {
  return DEFINITIONS.some((ending) => name.endsWith(ending));
}
