// Watched checks as lines of text: one each, with what its runs were like lately, and why the bad ones are bad.
import { printMilliseconds } from '../../synthetics/assertion.ts';
import type { Verdict } from '../../synthetics/run.ts';
import { plainText } from '../plain-text.ts';
import { type Column, formatTable } from '../table.ts';
import type { Colour } from '../terminal.ts';
import { medianMs, type WatchedCheck } from './watched-checks.ts';

export type Paint = (colour: Colour, text: string) => string;

interface VerdictLook {
  readonly colour: Colour;
  readonly word: string;
}

const LOOKS: Readonly<Record<Verdict, VerdictLook>> = {
  passed: { colour: 'green', word: 'passed' },
  degraded: { colour: 'yellow', word: 'degraded' },
  failed: { colour: 'red', word: 'failed' },
  error: { colour: 'red', word: 'not tried' },
};

/** Columns below which history, and then the median, give way. */
const ROOMY = 84;
const NARROW = 60;
const HISTORY = 24;

/**
 * A heading, a line for each check, and as many reasons as there is room for: no more than `rows` lines, none longer
 * than `width` where that is 60 or more.
 */
export function watchBoard(
  checks: readonly WatchedCheck[],
  { width, rows, paint }: { readonly width: number; readonly rows: number; readonly paint: Paint },
): readonly string[] {
  const room = Math.max(1, rows - 1);
  const shown = checks.slice(0, checks.length > room ? room - 1 : room);
  const [heading = '', ...lines] = formatTable(shown, columnsOf(width, paint), width);
  const hidden = checks.length - shown.length;
  const more =
    hidden === 0 ? [] : [paint('dim', `and ${hidden} more: ${tally(checks.slice(-hidden))}`)];
  const all = [paint('dim', heading), ...lines, ...more];
  return [...all, ...reasonLines(shown, width, paint).slice(0, Math.max(0, rows - all.length))];
}

function columnsOf(width: number, paint: Paint): readonly Column<WatchedCheck>[] {
  return [
    {
      title: 'STATE',
      value: stateOf,
      paint: (text, { last }) =>
        last === undefined ? text : paint(LOOKS[last.verdict].colour, text),
    },
    { title: 'CHECK', value: ({ id }) => id },
    {
      title: 'LAST',
      value: ({ last }) => (last === undefined ? '–' : printMilliseconds(last.durationMs)),
      align: 'right',
    },
    ...(width < NARROW
      ? []
      : [{ title: 'P50', value: medianText, align: 'right' } satisfies Column<WatchedCheck>]),
    ...(width < ROOMY
      ? []
      : [
          {
            title: 'HISTORY'.padEnd(HISTORY),
            value: historyOf,
            paint: (text, { past }) => paintHistory(text, past, paint),
          } satisfies Column<WatchedCheck>,
        ]),
    { title: 'NEXT', value: nextOf, align: 'right' },
  ];
}

function stateOf({ last, running }: WatchedCheck): string {
  if (last !== undefined) return LOOKS[last.verdict].word;
  return running ? 'running' : 'waiting';
}

function medianText(check: WatchedCheck): string {
  const median = medianMs(check);
  return median === undefined ? '–' : printMilliseconds(median);
}

function nextOf({ running, nextInMs }: WatchedCheck): string {
  if (running) return 'now';
  const seconds = Math.ceil(nextInMs / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** What has no time that counts. */
const MARKS: Readonly<Partial<Record<Verdict, string>>> = { failed: '×', error: '?' };

/** A bar a run, the newest last; the slowest run shown is the highest. */
function historyOf({ past }: WatchedCheck): string {
  const shown = past.slice(-HISTORY);
  const slowest = Math.max(...shown.map(({ durationMs }) => durationMs), 0.001);
  return shown
    .map(({ verdict, durationMs }) => {
      const height = Math.ceil((durationMs / slowest) * BARS.length) - 1;
      return MARKS[verdict] ?? BARS[Math.max(0, height)] ?? '';
    })
    .join('');
}

function paintHistory(text: string, past: WatchedCheck['past'], paint: Paint): string {
  const shown = past.slice(-HISTORY);
  return text
    .split('')
    .map((bar, index) => {
      const verdict = shown[index]?.verdict;
      return verdict === undefined ? bar : paint(LOOKS[verdict].colour, bar);
    })
    .join('');
}

function reasonLines(
  checks: readonly WatchedCheck[],
  width: number,
  paint: Paint,
): readonly string[] {
  const lines = checks.flatMap(({ id, last }) =>
    last?.reason === undefined
      ? []
      : [paint(LOOKS[last.verdict].colour, cut(`${id}: ${plainText(last.reason.message)}`, width))],
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** `3 passed, 1 failed`. */
export function tally(checks: readonly WatchedCheck[]): string {
  const counts = new Map<string, number>();
  for (const check of checks) counts.set(stateOf(check), (counts.get(stateOf(check)) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
