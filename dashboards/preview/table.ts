// A table of several signals: one line for each label set, sorted as the panel says.
import { escapeHtml } from '../../formats/html.ts';
import type { DrawnColumn, DrawnPanel } from '../drawn-dashboard.ts';
import { seriesOf } from './answer.ts';
import type { Answers } from './named-series.ts';
import { keyOf, type Span } from './question.ts';
import { toldValue } from './value-text.ts';

const MOST_LINES = 200;

interface Line {
  readonly labels: Readonly<Record<string, string>>;
  /** By the query that gave it. */
  readonly values: Map<string, number>;
}

/** The table of a panel; undefined when no query has an answer. */
export function table(drawn: DrawnPanel, answers: Answers, span: Span): string | undefined {
  const lines = sorted(linesOf(drawn, answers), drawn);
  if (lines.length === 0) return undefined;
  const head = drawn.columns.map(
    ({ column, refId }) =>
      `<th${refId === undefined || column.states !== undefined ? '' : ' class="value"'}>${escapeHtml(column.title)}</th>`,
  );
  const rows = lines
    .slice(0, MOST_LINES)
    .map((line) => `<tr>${drawn.columns.map((each) => cell(each, line, span)).join('')}</tr>`);
  const more = lines.length - MOST_LINES;
  const rest = more > 0 ? `<p>… and ${more} more</p>` : '';
  return `<div class="table"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>${rest}</div>`;
}

/** Answers with the same labels are one line. */
function linesOf(drawn: DrawnPanel, answers: Answers): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const { refId } of drawn.queries)
    for (const { labels, points } of seriesOf(answers.get(keyOf(drawn, refId)))) {
      const value = points.at(-1)?.[1];
      if (value === undefined) continue;
      const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
      const line = lines.get(key) ?? { labels, values: new Map<string, number>() };
      line.values.set(refId, value);
      lines.set(key, line);
    }
  return [...lines.values()];
}

function sorted(lines: readonly Line[], { panel, columns }: DrawnPanel): readonly Line[] {
  const by = columns.find(({ column }) => column.title === panel.table?.sortBy);
  if (by === undefined) return lines;
  const turn = panel.table?.descending === true ? -1 : 1;
  return lines.toSorted((a, b) => turn * compare(key(by, a), key(by, b)));
}

function key(
  { column, refId }: DrawnColumn,
  { labels, values }: Line,
): string | number | undefined {
  return refId === undefined ? labels[column.label ?? ''] : values.get(refId);
}

/** What is not known comes last. */
function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function cell({ column, refId }: DrawnColumn, { labels, values }: Line, { to }: Span): string {
  if (refId === undefined) return `<td>${escapeHtml(labels[column.label ?? ''] ?? '')}</td>`;
  const value = values.get(refId);
  if (value === undefined) return '<td class="value">–</td>';
  const { levels = [], states = [], signal } = column;
  const style = { unit: signal?.unit ?? 'count', now: to };
  const { text, shade } = toldValue(value, { levels, states }, style);
  return `<td class="${states.length > 0 ? '' : 'value '}${shade}">${escapeHtml(text)}</td>`;
}
