// ninefold validate: all that is wrong with a workspace, each mistake with file, path and remedy.
import { diagnosticsToJson, formatDiagnostics } from '../../formats/diagnostics.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { readWorkspace } from '../workspace.ts';

export async function validate(
  terminal: Terminal,
  folder: string,
  options: { readonly json?: true | undefined },
): Promise<ExitCode> {
  const { catalog, diagnostics } = await readWorkspace(folder);
  if (options.json === true) terminal.out(diagnosticsToJson(diagnostics).trimEnd());
  else {
    const text = formatDiagnostics(diagnostics, { colour: terminal.colour });
    if (text !== '') terminal.out(text.trimEnd());
    if (catalog !== undefined)
      terminal.out(
        `${folder} is valid: ${counted(catalog.slos.length, 'SLO')}${checks(catalog.checks.length)} of ${counted(catalog.services.length, 'service')}.`,
      );
  }
  return catalog === undefined ? EXIT_CODES.findings.code : EXIT_CODES.ok.code;
}

function checks(count: number): string {
  return count === 0 ? '' : ` and ${counted(count, 'check')}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
