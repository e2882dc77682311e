// A dashboard as one static HTML page with real data in it: no script, nothing fetched, light and dark.
import { escapeHtml } from '../../formats/html.ts';
import type { DrawnDashboard, DrawnPanel, DrawnRow } from '../drawn-dashboard.ts';
import type { Answers } from './named-series.ts';
import { type PanelOutcome, panelPicture } from './panel-picture.ts';
import { PREVIEW_STYLE } from './preview-style.ts';
import type { Span } from './question.ts';

export interface PreviewedPanel {
  readonly title: string;
  readonly outcome: PanelOutcome;
  /** Why a healthy system may show nothing in it; absent: emptiness is a fault. */
  readonly mayBeEmpty?: string;
}

export interface PreviewPage {
  readonly html: string;
  readonly panels: readonly PreviewedPanel[];
}

export interface PreviewOptions {
  readonly answers: Answers;
  readonly span: Span;
  /** Which colours; by default those that the reader's system prefers. */
  readonly theme?: 'light' | 'dark';
  /** Other pages beside this one: title and file. @default [] */
  readonly pages?: readonly { readonly title: string; readonly file: string }[];
}

/** The page of a dashboard. */
export function previewPage(
  { dashboard, rows }: DrawnDashboard,
  { answers, span, theme, pages = [] }: PreviewOptions,
): PreviewPage {
  const panels: PreviewedPanel[] = [];
  const picture = (drawn: DrawnPanel, row: DrawnRow): string => {
    const { html, outcome } = panelPicture(drawn, answers, span);
    const { title, kind, mayBeEmpty } = drawn.panel;
    panels.push({ title, outcome, ...(mayBeEmpty !== undefined && { mayBeEmpty }) });
    const { x, y, w, h } = drawn.place;
    const top = y - row.place.y - row.place.h;
    const area = `${top + 1} / ${x + 1} / span ${h} / span ${w}`;
    return `<section class="panel" data-kind="${kind}" data-outcome="${outcome}" style="grid-area:${area}"><h3 title="${escapeHtml(drawn.description)}">${escapeHtml(title)}</h3><div class="body">${html}</div></section>`;
  };
  const body = rows.map((row) => {
    const grid = `<div class="grid">${row.panels.map((each) => picture(each, row)).join('\n')}</div>`;
    if (row.title === '') return grid;
    const open = row.collapsed ? '' : ' open';
    return `<details${open}><summary>${escapeHtml(row.title)}</summary>${grid}</details>`;
  });
  const links = pages.map(({ title, file }) =>
    title === dashboard.title
      ? `<b>${escapeHtml(title)}</b>`
      : `<a href="${escapeHtml(file)}">${escapeHtml(title)}</a>`,
  );
  const html = [
    `<!doctype html><html lang="en"${theme === undefined ? '' : ` data-theme="${theme}"`}><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>${escapeHtml(dashboard.title)}</title>`,
    `<style>${PREVIEW_STYLE}</style></head><body>`,
    `<header><h1>${escapeHtml(dashboard.title)}</h1><p>${escapeHtml(dashboard.description)}</p>`,
    `<p class="when">${dateText(span.from)} to ${dateText(span.to)}</p>`,
    links.length > 1 ? `<nav>${links.join('')}</nav>` : '',
    `</header><main>${body.join('\n')}</main></body></html>\n`,
  ].join('\n');
  return { html, panels };
}

function dateText(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
