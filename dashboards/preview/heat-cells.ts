// A heatmap: a lane of cells for each series, the darker the greater.
import { escapeHtml } from '../../formats/html.ts';
import type { DrawnPanel } from '../drawn-dashboard.ts';
import { type Answers, MOST_SERIES, namedSeries } from './named-series.ts';
import { type Span, stepOf } from './question.ts';
import { momentText, timeTicks } from './scale.ts';

/** The cells of a panel; undefined when there are none. */
export function heatCells(drawn: DrawnPanel, answers: Answers, span: Span): string | undefined {
  const all = namedSeries(drawn, answers).slice(0, MOST_SERIES);
  if (all.length === 0) return undefined;
  const most = Math.max(
    ...all.flatMap(({ points }) => points.map(([, value]) => (Number.isFinite(value) ? value : 0))),
  );
  const width = span.to - span.from;
  const percent = (seconds: number): string => ((seconds / width) * 100).toFixed(2);
  const lanes = all.toReversed().map(({ name, points }) => {
    const cells = points
      .filter(([, value]) => value > 0 && most > 0)
      .map(
        ([at, value]) =>
          `<i style="left:${percent(at - span.from)}%;width:${percent(stepOf(span))}%;opacity:${(value / most).toFixed(2)}"></i>`,
      );
    return `<div class="lane"><b>${escapeHtml(name)}</b><div class="heat">${cells.join('')}</div></div>`;
  });
  const moments = timeTicks(span.from, span.to).map(
    (at) => `<span style="left:${percent(at - span.from)}%">${momentText(at, span)}</span>`,
  );
  return `<div class="lanes">${lanes.join('')}<div class="lane"><b></b><div class="moments">${moments.join('')}</div></div></div>`;
}
