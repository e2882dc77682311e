// A dashboard made ready for any of Grafana's formats: one dialect chosen, panels placed and numbered, queries complete.
import { injectLogqlMatchers, injectPromqlMatchers } from '../formats/selector-injection.ts';
import type { Dashboard } from './dashboard.ts';
import { type Place, placeRows } from './layout.ts';
import type { Column, Panel } from './panel.ts';
import { type Signal, type Telemetry, textIn } from './signal.ts';

export interface DrawnQuery {
  /** A, B, C … within the panel. */
  readonly refId: string;
  readonly expression: string;
  readonly legend: string;
  readonly exemplars: boolean;
  readonly telemetry: Telemetry;
  /** Asks for one moment instead of a stretch of time. */
  readonly instant: boolean;
  /** Answers as a table of labels and value. */
  readonly table: boolean;
}

/** Where a panel's column gets its value. */
export interface DrawnColumn {
  readonly column: Column;
  /** Absent for a label. */
  readonly refId?: string;
}

export interface DrawnPanel {
  /** Unique within the dashboard, in reading order from 1. */
  readonly id: number;
  readonly panel: Panel;
  readonly place: Place;
  /** What it says when asked what it shows: its own words and the names of its limits. */
  readonly description: string;
  readonly queries: readonly DrawnQuery[];
  readonly columns: readonly DrawnColumn[];
}

export interface DrawnRow {
  readonly id: number;
  /** Empty for the first panels, when they stand without a title. */
  readonly title: string;
  readonly collapsed: boolean;
  readonly place: Place;
  readonly panels: readonly DrawnPanel[];
}

export interface DrawnDashboard {
  readonly dashboard: Dashboard;
  readonly rows: readonly DrawnRow[];
  /** Name of the variable that holds the datasource of a telemetry. */
  readonly datasources: Readonly<Partial<Record<Telemetry, string>>>;
}

/** Draws a dashboard in a dialect. Panels that say nothing in it are left out. */
export function drawDashboard(dashboard: Dashboard, dialect: string): DrawnDashboard {
  let id = 0;
  const spoken = dashboard.rows
    .map((row) => ({ ...row, panels: row.panels.flatMap((each) => inDialect(each, dialect)) }))
    .filter(({ panels }) => panels.length > 0);
  const rows = placeRows(spoken).map(({ row, place, panels }) => {
    id += 1;
    return {
      id,
      title: row.title,
      collapsed: row.collapsed,
      place,
      panels: panels.map(({ panel, place }) => {
        id += 1;
        return drawPanel({ id, panel, place }, dashboard, dialect);
      }),
    };
  });
  return { dashboard, rows, datasources: datasourceNames(dashboard) };
}

function inDialect(panel: Panel, dialect: string): Panel[] {
  if (panel.kind === 'text') return [panel];
  const speaks = (signal: Signal): boolean =>
    signal.queries.some(({ expression }) => textIn(expression, dialect) !== undefined);
  const signals = panel.signals.filter(speaks);
  if (signals.length === 0) return [];
  if (panel.table === undefined) return [{ ...panel, signals }];
  const columns = panel.table.columns.filter(
    ({ signal }) => signal === undefined || speaks(signal),
  );
  return [{ ...panel, signals, table: { ...panel.table, columns } }];
}

function drawPanel(
  placed: { readonly id: number; readonly panel: Panel; readonly place: Place },
  { selectors }: Dashboard,
  dialect: string,
): DrawnPanel {
  const { panel } = placed;
  const queries: DrawnQuery[] = [];
  /** The first query of each signal; a table's signals are those of its columns, in their order. */
  const refIds: (string | undefined)[] = [];
  for (const [index, signal] of panel.signals.entries())
    for (const { expression, legend, exemplars } of signal.queries) {
      const text = textIn(expression, dialect);
      if (text === undefined) continue;
      const refId = refIdOf(queries.length);
      refIds[index] ??= refId;
      queries.push({
        refId,
        expression: withSelectors(text, signal.telemetry, selectors),
        legend,
        exemplars: exemplars && panel.kind === 'time series',
        telemetry: signal.telemetry,
        instant: ['stat', 'gauge', 'bar gauge', 'table'].includes(panel.kind),
        table: panel.kind === 'table',
      });
    }
  let next = 0;
  const columns = (panel.table?.columns ?? []).map((column) => {
    const refId = column.signal === undefined ? undefined : refIds[next++];
    return refId === undefined ? { column } : { column, refId };
  });
  return { ...placed, description: describe(panel), queries, columns };
}

function withSelectors(
  text: string,
  telemetry: Telemetry,
  selectors: Dashboard['selectors'],
): string {
  if (selectors.length === 0) return text;
  if (telemetry === 'prometheus') return injectPromqlMatchers(text, selectors);
  return telemetry === 'loki' ? injectLogqlMatchers(text, selectors) : text;
}

function describe({ description, limits }: Panel): string {
  if (limits.length === 0) return description;
  return `${description}\n\nLines: ${limits.map(({ name }) => name).join('; ')}.`;
}

/** A … Z, AA … */
function refIdOf(index: number): string {
  const letter = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? letter : `${refIdOf(Math.floor(index / 26) - 1)}${letter}`;
}

/** A single one is called just `datasource`; of several, each bears its telemetry's name. */
function datasourceNames({ variables }: Dashboard): DrawnDashboard['datasources'] {
  const telemetries = variables.flatMap((each) =>
    each.kind === 'datasource' ? each.telemetry : [],
  );
  return Object.fromEntries(
    telemetries.map((each) => [
      each,
      telemetries.length === 1 ? 'datasource' : `${each}_datasource`,
    ]),
  );
}
