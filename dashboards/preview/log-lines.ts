// Log lines, the newest on top.
import { escapeHtml } from '../../formats/html.ts';
import type { DrawnPanel } from '../drawn-dashboard.ts';
import type { Answers } from './named-series.ts';
import { keyOf } from './question.ts';

const MOST_LINES = 100;

/** The lines of a panel; undefined when there are none. */
export function logLines(drawn: DrawnPanel, answers: Answers): string | undefined {
  const lines = drawn.queries.flatMap(({ refId }) => {
    const answer = answers.get(keyOf(drawn, refId));
    return answer?.kind === 'lines' ? answer.lines : [];
  });
  if (lines.length === 0) return undefined;
  const rows = lines
    .toSorted((a, b) => b.at - a.at)
    .slice(0, MOST_LINES)
    .map(
      ({ at, text }) =>
        `<li><time>${new Date(at * 1000).toISOString().slice(0, 19)}Z</time> ${escapeHtml(text)}</li>`,
    );
  return `<ol class="lines">${rows.join('')}</ol>`;
}
