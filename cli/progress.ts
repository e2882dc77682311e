// Progress of long work on standard error: one line that is rewritten on a terminal, else a plain line now and then.
import type { WriteStream } from 'node:tty';

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
const PLAIN_MS = 5000;

export interface Progress {
  /** `done` of `total` units of the work named `what`. */
  report(what: string, done: number, total: number): void;
  /** Takes the line away again. */
  end(): void;
}

export function createProgress(
  stream: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean },
  now: () => number = () => performance.now(),
): Progress {
  const interval = stream.isTTY === true ? REDRAW_MS : PLAIN_MS;
  // Work that is over soon is not worth a line in a log.
  let shownAt = stream.isTTY === true ? -Infinity : now();
  let told = false;
  let drawn = false;
  return {
    report(what, done, total) {
      const finished = done >= total && told;
      if (!finished && now() - shownAt < interval) return;
      shownAt = now();
      told = done < total;
      if (stream.isTTY !== true) stream.write(`${what}: ${done} of ${total}\n`);
      else {
        stream.write(`\r\u001b[2K${bar(done, total)} ${what}`);
        drawn = true;
      }
    },
    end() {
      if (drawn) stream.write('\r\u001b[2K');
      drawn = false;
    },
  };
}

function bar(done: number, total: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const full = Math.round(share * BAR_WIDTH);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${percent}`;
}
