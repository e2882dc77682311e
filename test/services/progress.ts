/** Progress lines on stderr: who, elapsed time, what; never silent for longer than ten seconds while a step runs. */

const SILENCE_MS = 10_000;

export interface Progress {
  /** Says that a new step begins. */
  step(text: string): void;
  /** Remembers what the step is busy with; shown by the next sign of life. */
  busyWith(detail: string): void;
  /** Ends the signs of life. */
  end(text?: string): void;
}

/** Progress of one server's making, written line by line to `write` (default: stderr). */
export function createProgress(
  name: string,
  write: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Progress {
  const startedAt = Date.now();
  let current = 'starting';
  let detail = '';
  const say = (text: string): void => {
    write(`[${name} ${elapsed(Date.now() - startedAt)}] ${text}`);
    signOfLife.refresh();
  };
  const signOfLife = setInterval(() => {
    say(detail === '' ? `${current} …` : `${current} … ${detail}`);
  }, SILENCE_MS);
  signOfLife.unref();
  return {
    step(text) {
      current = text;
      detail = '';
      say(text);
    },
    busyWith(text) {
      detail = text;
    },
    end(text) {
      clearInterval(signOfLife);
      if (text !== undefined) write(`[${name} ${elapsed(Date.now() - startedAt)}] ${text}`);
    },
  };
}

/** Milliseconds as minutes and seconds, for example `4:07`. */
function elapsed(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
