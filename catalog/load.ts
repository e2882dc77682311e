// Loads a workspace: from a folder of files to a catalog, or to all that is wrong with them.
import { relative, resolve } from 'node:path';
import type { Diagnostic } from '../slo/diagnostic.ts';
import { documentPaths } from '../synthetics/index.ts';
import { readDocuments } from './documents.ts';
import { CONFIG_FILE, findFiles } from './find-files.ts';
import { loadFiles } from './load-files.ts';
import { validate, type Validated } from './validate.ts';

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Loads and checks the workspace in a folder: its ninefold.config.ts and every file that ends in
 * .slo.ts, .checks.ts, .alerts.ts, .runbooks.ts or .dashboards.ts, at any depth.
 * The files run in a process of their own, which is stopped after `timeoutMs`. Never rejects for what files hold.
 */
export async function loadWorkspace(
  folder: string,
  options: {
    /** Milliseconds for all files together. @default 30000 */
    readonly timeoutMs?: number;
    /** Another configuration file than the workspace's own; its relative paths start at the workspace all the same. */
    readonly configFile?: string;
    /** One file in the folder, instead of all; then there is no configuration either. */
    readonly only?: string;
  } = {},
): Promise<Validated> {
  const root = resolve(folder);
  const found =
    options.only === undefined
      ? await findFiles(root)
      : { files: [relative(root, resolve(options.only))], diagnostics: [] };
  const configFile =
    options.configFile === undefined ? CONFIG_FILE : relative(root, resolve(options.configFile));
  const files =
    options.configFile === undefined
      ? found.files
      : [configFile, ...found.files.filter((file) => file !== CONFIG_FILE)];
  const loaded = await loadFiles(root, files, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const earlier = [...found.diagnostics, ...loaded.diagnostics];
  const { catalog, diagnostics } = validate(loaded.definitions, root, configFile);
  // Files that failed to load explain a missing configuration or SLO better than its absence does.
  const failed = new Set(earlier.map((each) => each.file));
  const kept = diagnostics.filter(
    (each) =>
      !(each.code === 'no-definitions' && earlier.length > 0) &&
      !(each.code === 'config-missing' && failed.has(configFile)),
  );
  const all = sortedByFile([...earlier, ...kept]);
  if (catalog === undefined || earlier.length > 0) return { diagnostics: all };
  const documents = await readDocuments(root, documentPaths(catalog.checks));
  const complete =
    Object.keys(documents).length === 0 ? catalog : Object.freeze({ ...catalog, documents });
  return { catalog: complete, diagnostics: all };
}

/** By file, each file's in the order found; what belongs to no file comes first. */
function sortedByFile(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => {
    const [left, right] = [a.file ?? '', b.file ?? ''];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}
