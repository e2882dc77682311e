// The watched checks on a terminal: drawn anew each second and soon after each run, never more often than the eye follows.
import type { WriteStream } from 'node:tty';
import { plainText } from '../plain-text.ts';
import { type Paint, tally, watchBoard } from './watch-board.ts';
import type { WatchedChecks } from './watched-checks.ts';

export interface WatchScreenOptions {
  readonly output: Pick<WriteStream, 'write' | 'on' | 'off'> & {
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly paint: Paint;
  readonly checks: WatchedChecks;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Whether keys are heard. */
  readonly keys: boolean;
}

export interface WatchScreen {
  /** Something changed: it is drawn soon. */
  changed(): void;
  /** The latest thing to be told to people stands below the checks. */
  note(text: string): void;
  /** Gives the terminal back; what was last known stays readable. */
  end(): void;
}

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const REDRAW_MS = 100;
const TICK_MS = 1000;
const NARROWEST = 40;

/** Takes over the terminal. */
export function openWatchScreen(options: WatchScreenOptions): WatchScreen {
  const { output, paint, checks, now, keys } = options;
  let note = '';
  let soon: NodeJS.Timeout | undefined;

  const size = (): { readonly width: number; readonly rows: number } => ({
    width: Math.max(NARROWEST, output.columns ?? 100),
    rows: Math.max(6, output.rows ?? 24),
  });

  const draw = (): void => {
    clearTimeout(soon);
    soon = undefined;
    const { width, rows } = size();
    const list = checks.list(now());
    const clock = new Date(now()).toTimeString().slice(0, 8);
    const top = [paint('bold', `${clock}  ${tally(list)}`.slice(0, width)), ''];
    const bottom = [
      '',
      ...(note === '' ? [] : [paint('yellow', note.slice(0, width))]),
      paint('cyan', keys ? 'q quits' : 'Ctrl-C quits'),
    ];
    const room = rows - top.length - bottom.length;
    const lines = [...top, ...watchBoard(list, { width, rows: room, paint }), ...bottom];
    output.write(`${HOME}${lines.map((line) => line + CLEAR_LINE).join('\r\n')}${CLEAR_BELOW}`);
  };
  const changed = (): void => void (soon ??= setTimeout(draw, REDRAW_MS));

  output.write(ENTER);
  draw();
  output.on('resize', changed);
  const ticks = setInterval(changed, TICK_MS);
  return {
    changed,
    note(text) {
      note = plainText(text);
      changed();
    },
    end() {
      clearInterval(ticks);
      clearTimeout(soon);
      output.off('resize', changed);
      const list = checks.list(now());
      const board = watchBoard(list, { width: size().width, rows: Infinity, paint });
      output.write(`${LEAVE}${board.join('\n')}\n${tally(list)}.\n`);
    },
  };
}
