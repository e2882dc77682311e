// What a dashboard asks for a stretch of time: its queries with Grafana's variables filled in, everything chosen.
import { formatDuration } from '../../slo/duration.ts';
import type { DrawnDashboard, DrawnPanel } from '../drawn-dashboard.ts';
import type { Telemetry } from '../signal.ts';
import type { Variable } from '../variable.ts';

/** Epoch seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Question {
  /** Panel and query: what its answer is found by. */
  readonly key: string;
  readonly telemetry: Telemetry;
  readonly expression: string;
  /** Asks for the end of the span only. */
  readonly instant: boolean;
  /** Seconds between points. */
  readonly step: number;
}

/** As Grafana assumes it of a Prometheus that says nothing else. */
const SCRAPE_SECONDS = 15;
const POINTS = 240;

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};

/** Seconds that `now-6h` goes back; undefined when it is no such text. */
export function secondsBack(from: string): number | undefined {
  const [, count = '', unit = ''] = /^now-([1-9]\d{0,4})([smhdwMy])$/.exec(from) ?? [];
  const seconds = UNIT_SECONDS[unit];
  return seconds === undefined ? undefined : Number(count) * seconds;
}

export function keyOf({ id }: DrawnPanel, refId: string): string {
  return `${id}/${refId}`;
}

/** The questions of a dashboard, closed rows included. */
export function questionsOf(drawn: DrawnDashboard, { from, to }: Span): readonly Question[] {
  const step = stepOf({ from, to });
  const values = { ...chosen(drawn.dashboard.variables), ...builtIn(to - from, step) };
  return drawn.rows.flatMap(({ panels }) =>
    panels.flatMap((panel) =>
      panel.queries.map(({ refId, telemetry, expression, instant }) => ({
        key: keyOf(panel, refId),
        telemetry,
        expression: fillIn(expression, values),
        instant,
        step,
      })),
    ),
  );
}

/** Seconds between two points of a chart. */
export function stepOf({ from, to }: Span): number {
  const least = (to - from) / POINTS;
  return Math.max(SCRAPE_SECONDS, Math.ceil(least / SCRAPE_SECONDS) * SCRAPE_SECONDS);
}

function builtIn(range: number, step: number): Readonly<Record<string, string>> {
  const rate = Math.max(step + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS);
  return {
    __rate_interval: formatDuration(rate),
    __interval: formatDuration(step),
    __auto: formatDuration(step),
    __range: formatDuration(range),
  };
}

/** What a reader sees first: all, the first choice, the text as given. */
function chosen(variables: readonly Variable[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    variables.flatMap((variable) => {
      if (variable.kind === 'datasource') return [];
      if (variable.kind === 'choice') return [[variable.name, variable.values[0]]];
      if (variable.kind === 'text') return [[variable.name, variable.initial]];
      return [[variable.name, variable.allowsNone === true ? '.*' : '.+']];
    }),
  );
}

/** `$name`, `${name}` and `${name:regex}`; what nobody chose stays. */
function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::\w+)?\}|([A-Za-z_]\w*))/g,
    (whole, braced?: string, plain?: string) => values[braced ?? plain ?? ''] ?? whole,
  );
}
