// A signal: something that can be seen in telemetry, with its unit, its labels and the queries that give it.
import type { Unit } from './unit.ts';

export type Telemetry = 'prometheus' | 'loki' | 'tempo';

/** One text, or one for each dialect: the name of where the series come from, as `rules` or `collector`. */
export type DialectText = string | Readonly<Record<string, string>>;

export interface SignalQuery {
  readonly expression: DialectText;
  /** Grafana's legend: `{{code}}`; empty is the whole label set. */
  readonly legend: string;
  /** Points link to the traces behind them. */
  readonly exemplars: boolean;
}

/** A signal of one unit, told apart by some labels. */
export interface Signal<U extends Unit = Unit, L extends string = string> {
  readonly name: string;
  /** Says where the number comes from. */
  readonly description: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'info' | 'expression' | 'logs' | 'traces';
  readonly telemetry: Telemetry;
  readonly unit: U;
  readonly labels: readonly L[];
  readonly queries: readonly SignalQuery[];
}

interface SignalInput<U extends Unit, L extends string> {
  readonly name: string;
  readonly description: string;
  readonly unit: U;
  /** Labels that are kept; all others are added together. @default [] */
  readonly labels?: readonly L[];
  /** @default the name, or the labels when there are any */
  readonly legend?: string;
}

interface MetricInput<U extends Unit, L extends string> extends SignalInput<U, L> {
  /** A vector selector: `http_requests_total{job=~"$job"}`. */
  readonly selector: DialectText;
}

/** Things that happen, from a counter that only grows: how many a second. */
export function counterSignal<U extends Unit, const L extends string = never>(
  input: MetricInput<U, L>,
): Signal<U, L> {
  const expression = mapText(
    input.selector,
    (selector) => `sum${by(input)} (rate(${selector}[$__rate_interval]))`,
  );
  return signal('counter', input, [query(input, expression)]);
}

/** A value that goes up and down; of several series with the same labels the highest. */
export function gaugeSignal<U extends Unit, const L extends string = never>(
  input: MetricInput<U, L>,
): Signal<U, L> {
  const expression = mapText(input.selector, (selector) => `max${by(input)} (${selector})`);
  return signal('gauge', input, [query(input, expression)]);
}

/** Quantiles of a classic histogram, given by the selector of its buckets. */
export function histogramSignal<U extends Unit, const L extends string = never>(
  input: MetricInput<U, L> & {
    /** @default [0.5, 0.95, 0.99] */
    readonly quantiles?: readonly number[];
    /** How many units of the buckets are one of the signal: 1000 for milliseconds shown as seconds. @default 1 */
    readonly divideBy?: number;
  },
): Signal<U, L> {
  const labels = ['le', ...(input.labels ?? [])].join(', ');
  const division = input.divideBy === undefined ? '' : ` / ${input.divideBy}`;
  const queries = (input.quantiles ?? [0.5, 0.95, 0.99]).map((quantile) => ({
    expression: mapText(
      input.selector,
      (selector) =>
        `histogram_quantile(${quantile}, sum by (${labels}) (rate(${selector}[$__rate_interval])))${division}`,
    ),
    legend: [`p${Math.round(quantile * 1000) / 10}`, ...(input.labels ?? []).map(braced)].join(' '),
    exemplars: true,
  }));
  return signal('histogram', input, queries);
}

/** Facts in labels, of which the value is 1. */
export function infoSignal<const L extends string>(
  input: Omit<MetricInput<'count', L>, 'unit'>,
): Signal<'count', L> {
  const own = { ...input, unit: 'count' as const };
  const expression = mapText(input.selector, (selector) => `max${by(own)} (${selector})`);
  return signal('info', own, [query(own, expression)]);
}

/** Any PromQL, as it stands. */
export function promqlSignal<U extends Unit, const L extends string = never>(
  input: SignalInput<U, L> & { readonly expression: DialectText },
): Signal<U, L> {
  return signal('expression', input, [query(input, input.expression)]);
}

/** Log lines, or a number out of them, by LogQL as it stands. */
export function logqlSignal<U extends Unit, const L extends string = never>(
  input: SignalInput<U, L> & { readonly expression: DialectText },
): Signal<U, L> {
  return signal('logs', input, [query(input, input.expression)], 'loki');
}

/** Traces, by TraceQL as it stands. */
export function traceqlSignal<U extends Unit, const L extends string = never>(
  input: SignalInput<U, L> & { readonly expression: DialectText },
): Signal<U, L> {
  return signal('traces', input, [query(input, input.expression)], 'tempo');
}

/** The text in a dialect; undefined when there is none in it. */
export function textIn(text: DialectText, dialect: string): string | undefined {
  return typeof text === 'string' ? text : text[dialect];
}

function mapText(text: DialectText, map: (text: string) => string): DialectText {
  if (typeof text === 'string') return map(text);
  return Object.fromEntries(
    Object.entries(text).map(([dialect, expression]) => [dialect, map(expression)]),
  );
}

function signal<U extends Unit, L extends string>(
  type: Signal['type'],
  { name, description, unit, labels = [] }: SignalInput<U, L>,
  queries: readonly SignalQuery[],
  telemetry: Telemetry = 'prometheus',
): Signal<U, L> {
  return { name, description, type, telemetry, unit, labels, queries };
}

function query(
  { name, labels = [], legend }: SignalInput<Unit, string>,
  expression: DialectText,
): SignalQuery {
  const own = labels.length === 0 ? name : labels.map(braced).join(' ');
  return { expression, legend: legend ?? own, exemplars: false };
}

const braced = (label: string): string => `{{${label}}}`;

function by({ labels = [] }: SignalInput<Unit, string>): string {
  return labels.length === 0 ? '' : ` by (${labels.join(', ')})`;
}
