// The checks that a command line means: of a workspace or of one file, chosen by words and location.
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { loadWorkspace } from '../../catalog/index.ts';
import { formatDiagnostics } from '../../formats/diagnostics.ts';
import { type Check, chooseChecks, unknownChoices } from '../../synthetics/index.ts';
import { CommandFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export interface MeantChecks {
  readonly checks: readonly Check[];
  /** Where relative paths of the checks start. */
  readonly folder: string;
}

/** The checks to run. @throws CommandFailure when there are none, or the workspace has errors */
export async function needChecks(
  terminal: Terminal,
  place: string,
  choice: { readonly only?: readonly string[]; readonly location?: string },
): Promise<MeantChecks> {
  const found = await stat(place).catch(() => undefined);
  if (found === undefined)
    throw new CommandFailure(
      'noInput',
      `${place} does not exist`,
      'name the folder of a workspace, or a file that ends in .checks.ts',
    );
  const folder = found.isDirectory() ? place : dirname(place);
  const { catalog, diagnostics } = await loadWorkspace(
    folder,
    found.isDirectory() ? {} : { only: resolve(place) },
  );
  // What is missing for SLOs is no concern of checks.
  const told = diagnostics.filter(({ code }) => code !== 'config-missing');
  const text = formatDiagnostics(told, { colour: terminal.colourErr });
  if (text !== '') terminal.err(text.trimEnd());
  if (catalog === undefined)
    throw new CommandFailure('usage', `${place} has errors`, 'correct them, and probe again');
  const { checks } = catalog;
  const unknown = unknownChoices(checks, choice.only ?? []);
  if (unknown.length > 0)
    throw new CommandFailure(
      'usage',
      `no check has the id, name, service or tag ${unknown.join(', ')}`,
      checks.length === 0
        ? 'define a check with defineCheck'
        : `there are: ${checks
            .slice(0, 20)
            .map(({ id }) => id)
            .join(', ')}`,
    );
  const chosen = chooseChecks(checks, choice);
  if (chosen.length === 0)
    throw new CommandFailure(
      'usage',
      `${place} has no check${choice.location === undefined ? '' : ` for the location ${choice.location}`}`,
      'export what defineCheck returns from a file whose name ends in .checks.ts',
    );
  return { checks: chosen, folder: resolve(folder) };
}
