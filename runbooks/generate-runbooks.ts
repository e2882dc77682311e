// All runbooks of a workspace as files: Markdown for repositories, and a site of static pages that needs no server.
import { formatMarkdown } from '../formats/markdown.ts';
import { anchorsOf, type Page } from '../formats/page.ts';
import { type RunbookFormat, runbookEnding } from '../slo/runbook-link.ts';
import { indexPage } from './index-page.ts';
import { otherAlertsPage } from './other-alerts-page.ts';
import { dayStart } from './read-context.ts';
import { REVIEW_EVERY, type Runbook } from './runbook.ts';
import { servicePage } from './service-page.ts';
import { formatSearchIndex, SEARCH_INDEX_FILE } from './site/search-index.ts';
import { formatSitePage } from './site/site-page.ts';
import type { RunbookWorkspace } from './workspace.ts';

export interface RunbookFile {
  /** `markdown/services/checkout.md`, `site/services/checkout.html` */
  readonly path: string;
  readonly text: string;
  /** Service names and SLO ids, sorted. */
  readonly sources: readonly string[];
}

/** The pages of a workspace, in the order of their paths. */
export function runbookPages(workspace: RunbookWorkspace): readonly RunbookPage[] {
  const { services, slos } = workspace;
  const all = [...services.map(({ name }) => name), ...slos.map(({ id }) => id)].toSorted();
  const other = otherAlertsPage(workspace);
  const pages = services.flatMap((service): RunbookPage[] => {
    const own = slos.filter((slo) => slo.service.name === service.name);
    if (own.length === 0) return [];
    const sources = [service.name, ...own.map(({ id }) => id)].toSorted();
    return [{ page: servicePage(service, own, workspace), sources }];
  });
  return [
    { page: indexPage(workspace), sources: all },
    ...(other === undefined ? [] : [{ page: other, sources: all }]),
    ...pages,
  ];
}

/** A page, and what it is made from. */
export interface RunbookPage {
  readonly page: Page;
  readonly sources: readonly string[];
}

/** The files of the pages. The same pages give the same bytes. */
export function runbookFiles(pages: readonly RunbookPage[]): readonly RunbookFile[] {
  const bare = pages.map(({ page }) => page);
  const all = [...new Set(pages.flatMap(({ sources }) => sources))].toSorted();
  return [
    ...pages.map(({ page, sources }) => ({
      path: `markdown/${page.path}.md`,
      text: formatMarkdown(page, addressIn('markdown')),
      sources,
    })),
    ...pages.map(({ page, sources }) => ({
      path: `site/${page.path}.html`,
      text: formatSitePage(page, addressIn('html')),
      sources,
    })),
    { path: `site/${SEARCH_INDEX_FILE}`, text: formatSearchIndex(bare), sources: all },
  ];
}

/** Links between pages are written without an ending; files have one. */
function addressIn(format: RunbookFormat): (link: string) => string {
  return (link) =>
    /^(?:https?:|#)/i.test(link) ? link : link.replace(/^[^#]*/, `$&${runbookEnding(format)}`);
}

/** Every place that a link may lead to, as the base address sees it: `services/checkout.html#slo-availability`. */
export function runbookPlaces(
  pages: readonly RunbookPage[],
  format: RunbookFormat,
): ReadonlySet<string> {
  return new Set(
    pages.flatMap(({ page }) => {
      const file = `${page.path}${runbookEnding(format)}`;
      return [file, ...anchorsOf(page).map((anchor) => `${file}#${anchor}`)];
    }),
  );
}

/** Runbooks whose review is more than 180 days before `now`, an epoch second, with the days since. */
export function oldRunbooks(
  runbooks: readonly Runbook[],
  now: number,
): readonly { readonly runbook: Runbook; readonly days: number }[] {
  return runbooks.flatMap((runbook) => {
    const age = now - (dayStart(runbook.reviewed) ?? now);
    return age > REVIEW_EVERY ? [{ runbook, days: Math.floor(age / 86_400) }] : [];
  });
}
