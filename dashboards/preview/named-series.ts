// The series of a panel with the names that its legend gives them, in the order of the queries.
import type { DrawnPanel } from '../drawn-dashboard.ts';
import { type Answer, type AnswerSeries, seriesOf } from './answer.ts';
import { keyOf } from './question.ts';

export interface NamedSeries extends AnswerSeries {
  readonly name: string;
}

/** More than this nobody tells apart. */
export const MOST_SERIES = 24;

export type Answers = ReadonlyMap<string, Answer>;

/** Series by query, then by name. */
export function namedSeries(panel: DrawnPanel, answers: Answers): readonly NamedSeries[] {
  return panel.queries.flatMap(({ refId, legend }) =>
    seriesOf(answers.get(keyOf(panel, refId)))
      .map((series) => ({ ...series, name: legendText(legend, series.labels) }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })),
  );
}

function legendText(legend: string, labels: AnswerSeries['labels']): string {
  if (legend !== '')
    return legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? '');
  const own = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `{${own.join(', ')}}`;
}
