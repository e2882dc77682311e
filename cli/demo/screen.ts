// The demo on a terminal: a table that is drawn anew each second, the story under it, alerts as they happen, keys.
import type { WriteStream } from 'node:tty';
import type { EpochSeconds } from '../../slo/counts.ts';
import { plainText } from '../plain-text.ts';
import type { Colour } from '../terminal.ts';
import { type AlertNews, alertNews, wrap } from './alert-news.ts';
import { bar, formatBoard, type Paint } from './board.ts';
import { createOutlook } from './outlook.ts';
import type { Opening, Reporter } from './reporter.ts';
import type { Scene } from './scene.ts';
import { type KeepFiring, story } from './story.ts';

export interface ScreenOptions {
  readonly output: Pick<WriteStream, 'write' | 'on' | 'off'> & {
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly paint: Paint;
  readonly keepFiring: KeepFiring;
  /** Whether keys are heard. */
  readonly keys: boolean;
}

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const KEPT_ALERTS = 20;
const REDRAW_MS = 60;
const KEYS = 'b break checkout · s break storefront · l slow storefront · r repair · q quit';

const COLOURS: Readonly<Record<AlertNews['severity'], Colour>> = {
  page: 'red',
  ticket: 'yellow',
  resolved: 'green',
};

export function createScreen({ output, paint, keepFiring, keys }: ScreenOptions): Reporter {
  const outlook = createOutlook();
  const alerts: { readonly at: EpochSeconds; readonly news: AlertNews }[] = [];
  let opening: Opening | undefined;
  let scene: Scene | undefined;
  let note: string | undefined;
  /** Share of the history that was told; undefined once live. */
  let told: number | undefined = 0;
  let drawnAt = -Infinity;

  const width = (): number => Math.max(40, output.columns ?? 100);
  const line = (text: string): string => text.slice(0, width());

  const top = (): string[] => [
    paint('bold', line('Ninefold · a small shop, its telemetry counted as it comes')),
    '',
  ];

  /** Without colour, a line each. */
  const tale = (shown: Scene): readonly string[] =>
    told === undefined
      ? story(shown, outlook, keepFiring, keys)
      : [`Three days in fast motion, now ${day(shown.at)}: ${bar(told, 20)}`];

  const bottom = (): string[] => [
    '',
    paint('dim', line(`API ${opening?.url}/api/v1/slos · docs ${opening?.url}/docs`)),
    ...wrap(keys ? KEYS : 'Ctrl-C quits', width()).map((text) => paint('cyan', text)),
  ];

  const middle = (shown: Scene): string[] => [
    ...formatBoard(shown.budgets, width(), paint),
    '',
    ...tale(shown).flatMap((text) => wrap(text, width())),
    ...(note === undefined ? [] : wrap(plainText(note), width()).map((t) => paint('yellow', t))),
  ];

  /** Alerts, newest first, as many lines as there are; the newest tells all. */
  const news = (lines: number): string[] => {
    const told = alerts.flatMap(({ at, news }, index) => [
      ...wrap(`${clock(at)}  ${plainText(news.title)}`, width()).map((text) =>
        paint(COLOURS[news.severity], text),
      ),
      ...(index > 0 ? [] : news.details.flatMap((detail) => indented(plainText(detail), width()))),
    ]);
    return told.length === 0 ? [] : ['', ...told].slice(0, Math.max(0, lines));
  };

  const draw = (): void => {
    if (scene === undefined || opening === undefined) return;
    const [above, below] = [[...top(), ...middle(scene)], bottom()];
    const rows = output.rows ?? 24;
    const all = [...above, ...news(rows - above.length - below.length), ...below].slice(0, rows);
    output.write(`${HOME}${all.map((text) => text + CLEAR_LINE).join('\r\n')}${CLEAR_BELOW}`);
  };

  return {
    open(told) {
      opening = told;
      output.write(ENTER);
      output.on('resize', draw);
    },
    history(done, total, sceneNow) {
      if (performance.now() - drawnAt < REDRAW_MS) return;
      drawnAt = performance.now();
      told = done / total;
      scene = sceneNow();
      draw();
    },
    live() {
      told = undefined;
    },
    show(next) {
      scene = next;
      outlook.observe(next.at, next.budgets);
      draw();
    },
    alert(alert, at) {
      alerts.unshift({ at, news: alertNews(alert) });
      alerts.splice(KEPT_ALERTS);
      draw();
    },
    note(text) {
      note = text;
      draw();
    },
    end() {
      if (opening === undefined) return;
      opening = undefined;
      output.off('resize', draw);
      // What happened stays readable after the screen is gone.
      const board = scene === undefined ? [] : [...formatBoard(scene.budgets, width(), paint), ''];
      const titles = alerts
        .toReversed()
        .flatMap(({ at, news }) => wrap(`${clock(at)}  ${plainText(news.title)}`, width()));
      const lines = [...board, ...titles, 'Stopped; nothing is left behind.'];
      output.write(`${LEAVE}${lines.join('\n')}\n`);
    },
  };
}

function indented(text: string, width: number): string[] {
  return wrap(text, width - 10).map((part) => `          ${part}`);
}

/** Day of the week and hour, local. */
function day(at: EpochSeconds): string {
  return `${new Date(at * 1000).toString().slice(0, 3)} ${clock(at).slice(0, 5)}`;
}

/** Local time of day, as on the clock beside the terminal. */
function clock(at: EpochSeconds): string {
  return new Date(at * 1000).toTimeString().slice(0, 8);
}
