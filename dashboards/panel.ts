// Panels: one idea each, seen in one way, in one unit.
import type { DataLink } from './link.ts';
import type { Shade } from './shade.ts';
import type { Signal } from './signal.ts';
import type { Unit } from './unit.ts';

/** A line across a time series, at the very number that an alert compares with. */
export interface Limit<U extends Unit = Unit> {
  readonly at: number;
  readonly unit: U;
  readonly shade: Shade;
  /** What it means to be past it; becomes part of the panel's description. */
  readonly name: string;
}

/** From this number on, the value has this shade. */
export interface Level<U extends Unit = Unit> {
  /** null: from below everything. */
  readonly from: number | null;
  readonly unit: U;
  readonly shade: Shade;
}

/** The word that is shown instead of a number. */
export interface StateWord {
  readonly value: number;
  readonly word: string;
  readonly shade: Shade;
}

export const PANEL_KINDS = [
  'time series',
  'stat',
  'gauge',
  'bar gauge',
  'table',
  'state timeline',
  'heatmap',
  'logs',
  'traces',
  'node graph',
  'text',
] as const;

export type PanelKind = (typeof PANEL_KINDS)[number];

/** A column of a table: a signal's value, or a label. */
export interface Column {
  readonly title: string;
  /** The label it shows; absent for a signal's value. */
  readonly label?: string;
  readonly signal?: Signal;
  readonly levels?: readonly Level[];
  readonly states?: readonly StateWord[];
  readonly link?: DataLink;
  /** Why a healthy system may show nothing in it at all. */
  readonly mayBeEmpty?: string;
  /** Pixels. @default shared out by Grafana */
  readonly width?: number;
}

export interface TableShape {
  readonly columns: readonly Column[];
  /** Title of the column that the table is sorted by. */
  readonly sortBy: string;
  readonly descending: boolean;
}

export interface Panel {
  readonly kind: PanelKind;
  readonly title: string;
  readonly description: string;
  readonly signals: readonly Signal[];
  /** Columns of 24, at least; what is left over in a line goes to its panels. */
  readonly width: number;
  /** Grid units of 30 pixels; all panels of a line are as high as the highest. */
  readonly height: number;
  readonly limits: readonly Limit[];
  readonly levels: readonly Level[];
  readonly states: readonly StateWord[];
  readonly links: readonly DataLink[];
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly stacked: boolean;
  /** What is shown when there is nothing: never a number. */
  readonly whenEmpty: string;
  /** Why a healthy system may show nothing here; absent: emptiness is a fault. */
  readonly mayBeEmpty?: string;
  readonly table?: TableShape;
  /** Markdown, of a text panel. */
  readonly text?: string;
}

interface PanelInput<U extends Unit> {
  readonly title: string;
  /** What it answers and where the number comes from. */
  readonly description: string;
  /** One at least, and all of one unit: the first one's. */
  readonly signals: readonly [Signal<U>, ...Signal<NoInfer<U>>[]];
  readonly width?: number;
  readonly height?: number;
  readonly links?: readonly DataLink[];
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** @default 'No data' */
  readonly whenEmpty?: string;
  readonly mayBeEmpty?: string;
}

interface LeveledInput<U extends Unit> extends PanelInput<U> {
  readonly levels?: readonly Level<NoInfer<U>>[];
  readonly states?: readonly StateWord[];
}

/** Lines over time. */
export function timeSeriesPanel<U extends Unit>(
  input: PanelInput<U> & {
    readonly limits?: readonly Limit<NoInfer<U>>[];
    readonly stacked?: boolean;
  },
): Panel {
  return panel('time series', input, { width: 12, height: 8 });
}

/** One number now, large. */
export function statPanel<U extends Unit>(input: LeveledInput<U>): Panel {
  return panel('stat', input, { width: 4, height: 4 });
}

/** One number now on a scale; `min` and `max` are its ends. */
export function gaugePanel<U extends Unit>(input: LeveledInput<U>): Panel {
  return panel('gauge', input, { width: 6, height: 6 });
}

/** Numbers now as bars, one below the other. */
export function barGaugePanel<U extends Unit>(input: LeveledInput<U>): Panel {
  return panel('bar gauge', input, { width: 8, height: 8 });
}

/** States over time, one band for each label set. */
export function stateTimelinePanel(
  input: PanelInput<'state'> & { readonly states: readonly StateWord[] },
): Panel {
  return panel('state timeline', input, { width: 24, height: 6 });
}

/** How values are spread over time, out of a histogram's buckets. */
export function heatmapPanel<U extends Unit>(input: PanelInput<U>): Panel {
  return panel('heatmap', input, { width: 12, height: 8 });
}

/** Log lines. */
export function logsPanel<U extends Unit>(input: PanelInput<U>): Panel {
  return panel('logs', input, { width: 24, height: 10 });
}

/** Traces in a list, or one trace. */
export function tracesPanel<U extends Unit>(input: PanelInput<U>): Panel {
  return panel('traces', input, { width: 24, height: 10 });
}

/** Who calls whom. */
export function nodeGraphPanel<U extends Unit>(input: PanelInput<U>): Panel {
  return panel('node graph', input, { width: 12, height: 10 });
}

/** The labels that some signal of these columns keeps. */
type KeptLabel<C extends Column> = C extends { readonly signal: Signal<Unit, infer L> } ? L : never;

/** Columns of labels that no signal keeps do not compile; labels that are computed are checked later. */
type FilledColumns<C extends readonly Column[]> = {
  readonly [K in keyof C]: C[K] extends { readonly label: infer L }
    ? string extends L
      ? C[K]
      : L extends KeptLabel<C[number]>
        ? C[K]
        : C[K] & { readonly label: KeptLabel<C[number]> }
    : C[K];
};

/** Rows of labels with a number of several signals each. */
export function tablePanel<const C extends readonly Column[]>(
  input: Omit<PanelInput<Unit>, 'signals'> & {
    readonly columns: C & FilledColumns<C>;
    readonly sortBy: string;
    /** @default false */
    readonly descending?: boolean;
  },
): Panel {
  const { columns, sortBy, descending = false, ...rest } = input;
  const signals = columns.flatMap(({ signal }) => signal ?? []);
  return {
    ...panel('table', { ...rest, signals }, { width: 24, height: 10 }),
    table: { columns, sortBy, descending },
  };
}

/** Markdown. */
export function textPanel(input: {
  readonly title: string;
  readonly text: string;
  readonly width?: number;
  readonly height?: number;
}): Panel {
  const { text, ...rest } = input;
  const description = `Says how to read the panels around it.`;
  return {
    ...panel('text', { ...rest, description, signals: [] }, { width: 24, height: 4 }),
    text,
  };
}

type AnyInput = Omit<PanelInput<Unit>, 'signals'> &
  Pick<Panel, 'signals'> &
  Partial<Pick<Panel, 'limits' | 'levels' | 'states' | 'stacked'>>;

function panel(
  kind: PanelKind,
  input: AnyInput,
  size: { readonly width: number; readonly height: number },
): Panel {
  const { width = size.width, height = size.height, whenEmpty = 'No data' } = input;
  const { limits = [], levels = [], states = [], links = [], stacked = false } = input;
  return {
    ...input,
    kind,
    width,
    height,
    whenEmpty,
    limits,
    levels,
    states,
    links,
    stacked,
  };
}
