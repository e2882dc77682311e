// Loads a workspace for a command, or ends the command with everything that is wrong with it.
import { stat } from 'node:fs/promises';
import { type Catalog, loadWorkspace, type Validated } from '../catalog/index.ts';
import { formatDiagnostics } from '../formats/diagnostics.ts';
import { CommandFailure } from './failure.ts';
import { needFile } from './input-file.ts';
import type { Terminal } from './terminal.ts';

/** What a folder defines, right or wrong. @throws CommandFailure when there is no such folder */
export async function readWorkspace(folder: string, configFile?: string): Promise<Validated> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined)
    throw new CommandFailure(
      'noInput',
      `${folder === '' ? 'a folder without a name' : folder} does not exist`,
      'name the folder of a workspace',
    );
  if (!found.isDirectory())
    throw new CommandFailure(
      'noInput',
      `${folder} is not a folder`,
      'name the folder of a workspace',
    );
  return loadWorkspace(folder, configFile === undefined ? {} : { configFile });
}

/** The catalog of a folder; tells warnings. @throws CommandFailure after printing its errors */
export async function needCatalog(
  terminal: Terminal,
  folder: string,
  configFile?: string,
): Promise<Catalog> {
  if (configFile !== undefined) await needFile(configFile);
  const { catalog, diagnostics } = await readWorkspace(folder, configFile);
  const text = formatDiagnostics(diagnostics, { colour: terminal.colourErr });
  if (text !== '') terminal.err(text.trimEnd());
  if (catalog !== undefined) return catalog;
  throw new CommandFailure(
    'findings',
    `${folder} has errors`,
    `correct them; \`ninefold validate ${folder}\` shows them again`,
  );
}
