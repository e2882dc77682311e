// Tables as text: columns as wide as they need, the widest text column cut where the terminal ends.
import { plainText } from './plain-text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
  /** Colours a padded cell. */
  readonly paint?: (text: string, row: Row) => string;
}

const GAP = '  ';

/** Lines of a table with a heading; no line is longer than `width` when columns can be cut to 12 characters. */
export function formatTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
): string[] {
  const cells = rows.map((row) => columns.map(({ value }) => plainText(value(row))));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  shrink(widths, width - GAP.length * (columns.length - 1));
  const line = (texts: readonly string[], row?: Row): string =>
    columns
      .map((column, index) => {
        const text = fit(texts[index] ?? '', widths[index] ?? 0, column.align ?? 'left');
        return row === undefined ? text : (column.paint?.(text, row) ?? text);
      })
      .join(GAP)
      .trimEnd();
  const heading = line(columns.map(({ title }) => title));
  return [heading, ...rows.map((row, index) => line(cells[index] ?? [], row))];
}

function shrink(widths: number[], available: number): void {
  for (let excess = sum(widths) - available; excess > 0; excess = sum(widths) - available) {
    const widest = widths.indexOf(Math.max(...widths));
    const now = widths[widest] ?? 0;
    if (now <= 12) return;
    widths[widest] = Math.max(12, now - excess);
  }
}

function fit(text: string, width: number, align: 'left' | 'right'): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return align === 'right' ? cut.padStart(width) : cut.padEnd(width);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
