// The links between pages: each leads to a page and a heading that is there.
import { anchorsOf, type Block, type Page, type Span, type Text } from '../formats/page.ts';

export interface BrokenLink {
  /** Path of the page that it is on. */
  readonly page: string;
  readonly link: string;
}

/** Links of pages to other pages or to their own headings that lead nowhere. Links out of the site are not looked at. */
export function brokenLinks(pages: readonly Page[]): readonly BrokenLink[] {
  const anchors = new Map(pages.map((page) => [page.path, new Set(anchorsOf(page))]));
  return pages.flatMap((page) =>
    page.blocks
      .flatMap(linksOf)
      .filter((link) => !/^https?:/i.test(link))
      .filter((link) => {
        const [target = '', anchor] = link.split('#');
        const known = anchors.get(target === '' ? page.path : resolvePath(page.path, target));
        return known === undefined || (anchor !== undefined && !known.has(anchor));
      })
      .map((link) => ({ page: page.path, link })),
  );
}

/** The page that a relative link means, seen from another page. */
function resolvePath(from: string, link: string): string {
  // Any origin will do: only the path is wanted.
  return new URL(link, `http://site/${from}`).pathname.slice(1);
}

function linksOf(block: Block): readonly string[] {
  switch (block.kind) {
    case 'paragraph':
      return linksIn(block.text);
    case 'list':
      return block.items.flatMap(({ text, blocks = [] }) => [
        ...linksIn(text),
        ...blocks.flatMap(linksOf),
      ]);
    case 'table':
      return block.rows.flat().flatMap(linksIn);
    case 'heading':
    case 'code':
      return [];
  }
}

function linksIn(text: Text): readonly string[] {
  const spans: readonly Span[] = typeof text === 'string' ? [] : text;
  return spans.flatMap((span) => (typeof span === 'object' && 'link' in span ? [span.link] : []));
}
