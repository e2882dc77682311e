// A dashboard as frozen plain data, in our own words; `defineDashboard` is what users write theirs with.
import type { LabelMatcher } from '../formats/label-matcher.ts';
import type { SloDefinition } from '../slo/define-slo.ts';
import type { DashboardLink } from './link.ts';
import type { Panel } from './panel.ts';
import type { Variable } from './variable.ts';

export interface Row {
  readonly title: string;
  /** Closed until the reader opens it: its panels then load. */
  readonly collapsed: boolean;
  readonly panels: readonly Panel[];
  /** Id of an SLO whose panels take the place of the row's own, when the dashboard is made. */
  readonly slo?: string;
}

/** A rule of the linter that a dashboard may break, and why. */
export interface LintException {
  readonly rule: string;
  readonly reason: string;
}

export interface Dashboard {
  readonly kind: 'dashboard';
  /** Stable for ever: links point at it. Letters, digits, `-` and `_`, at most 40. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
  readonly links: readonly DashboardLink[];
  /** What is seen first: `now-6h`. */
  readonly from: string;
  /** Seconds between two refreshes. */
  readonly refreshSeconds: number;
  /** Put into every selector of every query that has no matcher of that label. */
  readonly selectors: readonly LabelMatcher[];
  readonly exceptions: readonly LintException[];
}

export interface DashboardInput {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
  /** @default [] */
  readonly tags?: readonly string[];
  /** Datasources that the panels need are added in front. @default [] */
  readonly variables?: readonly Variable[];
  /** @default [] */
  readonly links?: readonly DashboardLink[];
  /** @default 'now-6h' */
  readonly from?: string;
  /** @default 60 */
  readonly refreshSeconds?: number;
  /** @default [] */
  readonly selectors?: readonly LabelMatcher[];
  /** @default [] */
  readonly exceptions?: readonly LintException[];
}

/**
 * Defines a dashboard.
 * @example
 * export const orders = defineDashboard({
 *   uid: 'shop-orders', title: 'Shop / Orders', description: 'Who orders how much.',
 *   rows: [row('Traffic', [timeSeriesPanel({ title: 'Orders', description: 'From orders_total.', signals: [ordersPlaced] })])],
 * });
 */
export function defineDashboard(input: DashboardInput): Dashboard {
  const { variables = [], rows } = input;
  const needed = new Set(
    rows.flatMap(({ panels }) => panels.flatMap(({ signals }) => signals.map((s) => s.telemetry))),
  );
  const given = variables.flatMap((each) => (each.kind === 'datasource' ? each.telemetry : []));
  const datasources = TELEMETRIES.filter((each) => needed.has(each) && !given.includes(each)).map(
    (telemetry) => ({ kind: 'datasource' as const, telemetry }),
  );
  return deepFreeze({
    kind: 'dashboard',
    uid: input.uid,
    title: input.title,
    description: input.description,
    tags: input.tags ?? [],
    variables: [...datasources, ...variables],
    rows,
    links: input.links ?? [],
    from: input.from ?? 'now-6h',
    refreshSeconds: input.refreshSeconds ?? 60,
    selectors: input.selectors ?? [],
    exceptions: input.exceptions ?? [],
  });
}

/** The linter looks at the first one. */
const TELEMETRIES = ['prometheus', 'loki', 'tempo'] as const;

/** A row of panels under a title. */
export function row(title: string, panels: readonly Panel[]): Row {
  return { title, collapsed: false, panels };
}

/** A row that is closed until somebody opens it. */
export function collapsedRow(title: string, panels: readonly Panel[]): Row {
  return { title, collapsed: true, panels };
}

/**
 * All that the service's page shows of an SLO: state, budget, what spends it, burn rates, alerts.
 * @example defineDashboard({ …, rows: [row('Traffic', [orders]), sloRow(checkoutAvailability)] })
 */
export function sloRow(
  { service, name }: SloDefinition,
  options: {
    /** @default false */
    readonly collapsed?: boolean;
  } = {},
): Row {
  const slo = `${service.name}/${name}`;
  return { title: slo, collapsed: options.collapsed ?? false, panels: [], slo };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}
