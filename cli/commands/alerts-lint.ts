// ninefold alerts lint: everything that is wrong with an Alertmanager file, and what it does not say although it means it.
import type { AlertmanagerTarget } from '../../alerts/alertmanager/capability.ts';
import { type AlertmanagerLint, lintAlertmanager } from '../../alerts/alertmanager/lint.ts';
import { readAlertmanagerConfiguration } from '../../alerts/alertmanager/read-configuration.ts';
import { findingsToSarif } from '../../alerts/alertmanager/sarif.ts';
import {
  findingLines,
  readConfigurationText,
  targetOf,
} from '../alertmanager/alertmanager-file.ts';
import { readTemplateFiles } from '../alertmanager/template-files.ts';
import { CommandFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export interface AlertsLintOptions {
  readonly target?: string | undefined;
  readonly strict?: true | undefined;
  readonly json?: true | undefined;
  readonly sarif?: true | undefined;
}

/** Exits with 0 when the target would load the file, with 1 when it would not, with 2 when that cannot be told. */
export async function alertsLint(
  terminal: Terminal,
  file: string,
  options: AlertsLintOptions,
  version: string,
): Promise<0 | 1 | 2> {
  const target = targetOf(options.target);
  let text: string;
  try {
    text = await readConfigurationText(file);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    // Other commands tell a missing file by a code of its own; a linter has three.
    terminal.err(`ninefold: ${error.message}\n  → ${error.remedy}`);
    return 2;
  }
  const lint = await lintFile(file, text, target);
  if (options.sarif === true)
    terminal.out(JSON.stringify(findingsToSarif(lint.findings, { file, version })));
  else if (options.json === true) terminal.out(JSON.stringify(lint));
  else tell(terminal, file, target, lint);
  return !lint.accepted || (options.strict === true && lint.findings.length > 0) ? 1 : 0;
}

async function lintFile(
  file: string,
  text: string,
  target: AlertmanagerTarget,
): Promise<AlertmanagerLint> {
  const { configuration } = readAlertmanagerConfiguration(text, target);
  const templates = await readTemplateFiles(file, configuration?.templates ?? []);
  return lintAlertmanager(text, { target, templates });
}

function tell(
  terminal: Terminal,
  file: string,
  target: AlertmanagerTarget,
  { accepted, findings }: AlertmanagerLint,
): void {
  for (const line of findingLines(file, findings, (colour, line) => terminal.paint(colour, line)))
    terminal.out(line);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const counts = `${errors} ${errors === 1 ? 'error' : 'errors'}, ${findings.length - errors} warnings`;
  terminal.out(
    accepted
      ? `Alertmanager ${target} loads ${file}${findings.length === 0 ? '; nothing to complain about.' : ` (${counts}).`}`
      : `Alertmanager ${target} refuses ${file} (${counts}).`,
  );
}
