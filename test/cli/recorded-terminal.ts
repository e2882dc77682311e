/** A terminal that keeps what commands write, for tests that run them within their own process. */
import { createProgress } from '../../cli/progress.ts';
import type { Terminal } from '../../cli/terminal.ts';

export interface RecordedTerminal extends Terminal {
  /** Everything on standard output, and on standard error. */
  stdout(): string;
  stderr(): string;
}

export function recordTerminal(
  environment: Readonly<Record<string, string>> = {},
): RecordedTerminal {
  const out: string[] = [];
  const err: string[] = [];
  return {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    paint: (_colour, text) => text,
    paintErr: (_colour, text) => text,
    colour: false,
    colourErr: false,
    interactive: false,
    interactiveErr: false,
    columns: 100,
    environment,
    progress: () =>
      createProgress({
        write(text: string | Uint8Array) {
          err.push(String(text));
          return true;
        },
      }),
    stopSignal: () => new AbortController().signal,
    stdout: () => out.join('\n'),
    stderr: () => err.join('\n'),
  };
}
