// Places panels on Grafana's grid of 24 columns: row by row, line by line, without overlap and without holes.
import type { Row } from './dashboard.ts';
import type { Panel } from './panel.ts';

export const GRID_COLUMNS = 24;

/** Columns and grid units of 30 pixels, from the top left. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface PlacedPanel {
  readonly panel: Panel;
  readonly place: Place;
}

export interface PlacedRow {
  readonly row: Row;
  /** The row's title line, one unit high; none of the first row when it has no title. */
  readonly place: Place;
  readonly panels: readonly PlacedPanel[];
}

/**
 * Rows one below the other; the panels of a closed row lie where they would if it alone were open. The first row may do
 * without a title, and then takes no line for it.
 */
export function placeRows(rows: readonly Row[]): readonly PlacedRow[] {
  let y = 0;
  return rows.map((row, index) => {
    const h = index === 0 && row.title === '' ? 0 : 1;
    const place = { x: 0, y, w: GRID_COLUMNS, h };
    const { panels, bottom } = placePanels(row.panels, y + h);
    y = row.collapsed ? y + h : bottom;
    return { row, place, panels };
  });
}

/** Fills line after line in the order given. What is left of a line is shared out, so that each ends at the edge. */
function placePanels(
  panels: readonly Panel[],
  top: number,
): { readonly panels: readonly PlacedPanel[]; readonly bottom: number } {
  const placed: PlacedPanel[] = [];
  let y = top;
  for (const line of breakLines(panels)) {
    const widths = stretched(line.map(widthOf));
    const h = Math.max(...line.map(({ height }) => Math.max(1, Math.round(height))));
    let x = 0;
    for (const [index, panel] of line.entries()) {
      const w = widths[index] ?? 0;
      placed.push({ panel, place: { x, y, w, h } });
      x += w;
    }
    y += h;
  }
  return { panels: placed, bottom: y };
}

function breakLines(panels: readonly Panel[]): readonly (readonly Panel[])[] {
  const lines: Panel[][] = [];
  let used = GRID_COLUMNS;
  for (const panel of panels) {
    const width = widthOf(panel);
    if (used + width > GRID_COLUMNS) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(panel);
    used += width;
  }
  return lines;
}

/** The widths grown in proportion until they fill the line. */
function stretched(widths: readonly number[]): readonly number[] {
  const sum = widths.reduce((total, each) => total + each, 0);
  let used = 0;
  let before = 0;
  return widths.map((width) => {
    before += width;
    const edge = Math.round((before / sum) * GRID_COLUMNS);
    const own = edge - used;
    used = edge;
    return own;
  });
}

function widthOf({ width }: Panel): number {
  return Math.min(GRID_COLUMNS, Math.max(1, Math.round(width)));
}
