// One page of the site as a whole HTML document: its style and its script are in it, so that it opens from a disk.
import { escapeHtml, formatHtmlBody } from '../../formats/html.ts';
import { anchorOf, type Page } from '../../formats/page.ts';
import { SEARCH_INDEX_FILE } from './search-index.ts';
import { SEARCH_SCRIPT } from './search-script.ts';
import { STYLE } from './style.ts';

/** The document of a page; `address` turns links between pages into those between files. */
export function formatSitePage(page: Page, address: (link: string) => string): string {
  const { path, title } = page;
  const root = '../'.repeat(path.split('/').length - 1);
  const home = path === 'index' ? '' : `<a class="home" href="${root}index.html">Runbooks</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(path === 'index' ? title : `${title}: runbook`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
${home}
<div class="search" role="search">
<input id="search" type="search" placeholder="Search all runbooks ( / )" aria-label="Search all runbooks" aria-controls="results" autocomplete="off">
<ul id="results" hidden></ul>
</div>
</header>
<div class="page">
${navigation(page)}
<main>
${formatHtmlBody(page, address)}
</main>
</div>
<script src="${root}${SEARCH_INDEX_FILE}"></script>
<script>${SEARCH_SCRIPT.replace('ROOT', JSON.stringify(root))}</script>
</body>
</html>
`;
}

/** The headings of a long page, beside it where there is room. */
function navigation({ blocks }: Page): string {
  const headings = blocks
    .filter((block) => block.kind === 'heading')
    .filter(({ level }) => level < 4);
  if (headings.length < 3) return '';
  const items = headings.map(
    ({ level, text }) =>
      `<li class="level-${level}"><a href="#${escapeHtml(anchorOf(text))}">${escapeHtml(text)}</a></li>`,
  );
  return `<nav aria-label="On this page"><ul>\n${items.join('\n')}\n</ul></nav>`;
}
