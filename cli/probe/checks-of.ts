// The checks that a command line means: of a workspace or of one file, chosen by words and location.
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { loadWorkspace } from '../../catalog/index.ts';
import { formatDiagnostics } from '../../formats/diagnostics.ts';
import {
  awaitsReports,
  type Check,
  CHECK_FILE_ENDING,
  chooseChecks,
  parseCheckFile,
  unknownChoices,
} from '../../synthetics/index.ts';
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
  choice: Choice,
): Promise<MeantChecks> {
  const found = await stat(place).catch(() => undefined);
  // Whoever runs probes in a pipeline has three codes, and this is no failure of the target.
  if (found === undefined)
    throw new CommandFailure(
      'usage',
      `${place} does not exist`,
      'name the folder of a workspace, or a file that ends in .checks.ts',
    );
  const folder = found.isDirectory() ? place : dirname(place);
  if (place.endsWith(CHECK_FILE_ENDING))
    return { checks: chosenOf(await readChecks(place), place, choice), folder: resolve(folder) };
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
  return { checks: chosenOf(catalog.checks, place, choice), folder: resolve(folder) };
}

async function readChecks(place: string): Promise<readonly Check[]> {
  try {
    return parseCheckFile(await readFile(place, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'CheckFileError')) throw error;
    throw new CommandFailure(
      'usage',
      `${place} holds no checks: ${error.message}`,
      'make it again with ninefold build',
      error,
    );
  }
}

interface Choice {
  readonly only?: readonly string[];
  readonly location?: string;
}

function chosenOf(checks: readonly Check[], place: string, choice: Choice): readonly Check[] {
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
  const meant = chooseChecks(checks, choice);
  // A job reports to a collector: from here nobody can see whether it did.
  const chosen = meant.filter((check) => !awaitsReports(check));
  if (chosen.length < meant.length && (chosen.length === 0 || choice.only !== undefined))
    throw new CommandFailure(
      'usage',
      `${meant
        .filter(awaitsReports)
        .map(({ id }) => id)
        .join(', ')} cannot be run from here: a job reports to the collector`,
      'ask GET /api/v1/heartbeats of the collector, or ninefold explain',
    );
  if (chosen.length === 0)
    throw new CommandFailure(
      'usage',
      `${place} has no check${choice.location === undefined ? '' : ` for the location ${choice.location}`}`,
      'export what defineCheck returns from a file whose name ends in .checks.ts',
    );
  return chosen;
}
