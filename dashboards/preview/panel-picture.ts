// One panel as HTML: its picture, what it says when there is nothing, or why the query failed.
import { escapeHtml } from '../../formats/html.ts';
import type { DrawnPanel } from '../drawn-dashboard.ts';
import type { PanelKind } from '../panel.ts';
import { chart } from './chart.ts';
import { heatCells } from './heat-cells.ts';
import { logLines } from './log-lines.ts';
import type { Answers } from './named-series.ts';
import { bars, gauge, stat } from './numbers.ts';
import { keyOf, type Span } from './question.ts';
import { stateBands } from './state-bands.ts';
import { table } from './table.ts';

type Draw = (drawn: DrawnPanel, answers: Answers, span: Span) => string | undefined;

const ELSEWHERE: Draw = () =>
  '<p class="empty">Grafana shows it; the preview asks no tracing backend.</p>';

const KINDS: Readonly<Record<PanelKind, Draw>> = {
  'time series': chart,
  stat,
  gauge,
  'bar gauge': bars,
  table,
  'state timeline': stateBands,
  heatmap: heatCells,
  logs: logLines,
  traces: ELSEWHERE,
  'node graph': ELSEWHERE,
  text: ({ panel }) => markdown(panel.text ?? ''),
};

/** What a panel came to. */
export type PanelOutcome = 'drawn' | 'empty' | 'failed';

/** The inside of a panel, and what it came to. */
export function panelPicture(
  drawn: DrawnPanel,
  answers: Answers,
  span: Span,
): { readonly html: string; readonly outcome: PanelOutcome } {
  for (const { refId } of drawn.queries) {
    const answer = answers.get(keyOf(drawn, refId));
    if (answer?.kind === 'failed')
      return {
        html: `<p class="failed">⚠ The query ${refId} failed: ${escapeHtml(answer.message)}</p>`,
        outcome: 'failed',
      };
  }
  const html = KINDS[drawn.panel.kind](drawn, answers, span);
  if (html !== undefined) return { html, outcome: 'drawn' };
  return { html: `<p class="empty">${escapeHtml(drawn.panel.whenEmpty)}</p>`, outcome: 'empty' };
}

/** As much of Markdown as generated text panels use: paragraphs, lists, links. */
function markdown(text: string): string {
  const blocks = text.split(/\n{2,}/).map((block) => {
    const lines = block.split('\n');
    if (!lines.every((line) => line.startsWith('- '))) return `<p>${inline(block)}</p>`;
    return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join('')}</ul>`;
  });
  return `<div class="text">${blocks.join('')}</div>`;
}

function inline(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<a href="$2" rel="noreferrer">$1</a>');
}
