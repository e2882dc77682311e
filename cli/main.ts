// The command line's entry: runs one command and leaves its exit code behind.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { CommanderError } from '@commander-js/extra-typings';
import { asFailure } from './any-failure.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { plainText } from './plain-text.ts';
import { createProgram } from './program.ts';
import { createTerminal, type Terminal } from './terminal.ts';

const terminal = createTerminal();
process.exitCode = await main(terminal, process.argv);

async function main(terminal: Terminal, argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODES.ok.code;
  const program = createProgram(terminal, version(), (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    // Commander has said its piece already; help and version end this way as well.
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.usage.code;
    return tell(terminal, error, program.opts().debug === true);
  }
}

function tell(terminal: Terminal, error: unknown, debug: boolean): ExitCode {
  const { message, remedy, exitCode } = asFailure(error);
  const advice = remedy === undefined ? '' : `\n  → ${remedy}`;
  terminal.err(`${terminal.paintErr('red', 'ninefold:')} ${plainText(message)}${advice}`);
  if (debug && error instanceof Error) terminal.err(error.stack ?? '');
  return exitCode;
}

/** The version of the package that this file is part of, in a checkout or in dist. */
function version(): string {
  for (const up of ['..', '../..']) {
    try {
      const text = readFileSync(path.join(import.meta.dirname, up, 'package.json'), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      // The file is one folder higher in the published package.
    }
  }
  return 'unknown';
}
