// Numbers now: large ones, on a scale, or as bars.
import { escapeHtml } from '../../formats/html.ts';
import type { DrawnPanel } from '../drawn-dashboard.ts';
import { type Answers, MOST_SERIES, namedSeries } from './named-series.ts';
import type { Span } from './question.ts';
import { toldValue } from './value-text.ts';

interface Told {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly shade: string;
}

/** One number large, or several with their names. */
export function stat(drawn: DrawnPanel, answers: Answers, span: Span): string | undefined {
  const told = lastValues(drawn, answers, span);
  if (told.length === 0) return undefined;
  const cells = told.map(
    ({ name, text, shade }) =>
      `<div class="number ${shade}">${told.length > 1 ? `<small>${escapeHtml(name)}</small>` : ''}<span>${escapeHtml(text)}</span></div>`,
  );
  return `<div class="numbers">${cells.join('')}</div>`;
}

/** Half a circle for each number, from the panel's least to its greatest. */
export function gauge(drawn: DrawnPanel, answers: Answers, span: Span): string | undefined {
  const told = lastValues(drawn, answers, span);
  if (told.length === 0) return undefined;
  const { min = 0, max = Math.max(...told.map(({ value }) => value), 1) } = drawn.panel;
  const cells = told.map(({ name, value, text, shade }) => {
    const part = Math.min(1, Math.max(0, (value - min) / (max - min)));
    const angle = Math.PI * (1 - part);
    const end = `${(50 + 40 * Math.cos(angle)).toFixed(2)} ${(50 - 40 * Math.sin(angle)).toFixed(2)}`;
    return `<div class="dial ${shade}"><svg viewBox="0 0 100 58" role="img" aria-label="${escapeHtml(text)}"><path class="rail" d="M10 50A40 40 0 0 1 90 50"/><path class="needle" d="M10 50A40 40 0 0 1 ${end}"/><text x="50" y="50">${escapeHtml(text)}</text></svg>${told.length > 1 ? `<small>${escapeHtml(name)}</small>` : ''}</div>`;
  });
  return `<div class="numbers">${cells.join('')}</div>`;
}

/** A bar for each number, the greatest first. */
export function bars(drawn: DrawnPanel, answers: Answers, span: Span): string | undefined {
  const told = lastValues(drawn, answers, span).toSorted((a, b) => b.value - a.value);
  if (told.length === 0) return undefined;
  const { min = 0, max = Math.max(...told.map(({ value }) => value)) } = drawn.panel;
  const rows = told.map(({ name, value, text, shade }) => {
    const part = max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0;
    return `<div class="bar ${shade}"><b>${escapeHtml(name)}</b><div><i style="width:${(part * 100).toFixed(2)}%"></i></div><span>${escapeHtml(text)}</span></div>`;
  });
  return `<div class="bars">${rows.join('')}</div>`;
}

function lastValues(drawn: DrawnPanel, answers: Answers, span: Span): readonly Told[] {
  const { panel } = drawn;
  const style = {
    unit: panel.signals[0]?.unit ?? 'count',
    decimals: panel.decimals,
    now: span.to,
  };
  return namedSeries(drawn, answers)
    .slice(0, MOST_SERIES)
    .flatMap(({ name, points }) => {
      const value = points.at(-1)?.[1];
      return value === undefined ? [] : [{ name, value, ...toldValue(value, panel, style) }];
    });
}
