// The program's surroundings: answers on standard output, everything else on standard error, colours only for eyes.
import process from 'node:process';
import { styleText } from 'node:util';
import { CommandFailure } from './failure.ts';
import { fileFailure } from './file-failure.ts';
import { createProgress, type Progress } from './progress.ts';

/** What a shell says of a program that SIGPIPE ended. */
const READER_GONE = 141;

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';

export interface Terminal {
  /** Writes a line of the answer. */
  out(text: string): void;
  /** Writes a line for people. */
  err(text: string): void;
  /** Colours text for standard output, unless it is no terminal or NO_COLOR is set. */
  paint(colour: Colour, text: string): string;
  /** The same for standard error. */
  paintErr(colour: Colour, text: string): string;
  /** Whether standard output, and standard error, is shown in colour. */
  readonly colour: boolean;
  readonly colourErr: boolean;
  /** Whether standard output is a terminal. */
  readonly interactive: boolean;
  /** Whether standard error is a terminal. */
  readonly interactiveErr: boolean;
  /** Columns of standard output; 100 where it is no terminal. */
  readonly columns: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A bar on a terminal, a plain line every few seconds elsewhere; on standard error. */
  progress(): Progress;
  /** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
  stopSignal(): AbortSignal;
}

export function createTerminal(): Terminal {
  let stopping: AbortController | undefined;
  process.stdout.on('error', endWithoutOutput);
  // Whom could one tell that nobody reads what is told to people?
  process.stderr.on('error', () => {});
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    paint: (colour, text) => styleText(colour, text, { stream: process.stdout }),
    paintErr: (colour, text) => styleText(colour, text, { stream: process.stderr }),
    colour: styleText('red', 'x', { stream: process.stdout }) !== 'x',
    colourErr: styleText('red', 'x', { stream: process.stderr }) !== 'x',
    get interactive() {
      return process.stdout.isTTY;
    },
    get interactiveErr() {
      return process.stderr.isTTY;
    },
    get columns() {
      return process.stdout.columns ?? 100;
    },
    environment: process.env,
    progress: () => createProgress(process.stderr),
    stopSignal() {
      stopping ??= listen();
      return stopping.signal;
    },
  };
}

/** Nobody gets the answer: a reader that went away, such as `head`, ends us as it ends every program. */
function endWithoutOutput(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(READER_GONE);
  const { message, remedy, exitCode } =
    fileFailure(error, 'standard output') ??
    new CommandFailure('cannotWrite', `standard output cannot be written (${error.message})`);
  process.stderr.write(`ninefold: ${message}${remedy === undefined ? '' : `\n  → ${remedy}`}\n`);
  process.exit(exitCode);
}

function listen(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
      controller.abort(signal);
    });
  return controller;
}
