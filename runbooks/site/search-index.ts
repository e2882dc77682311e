// What the site's search looks through: one entry for each heading, with the text below it.
import { anchorOf, type Block, type Page, plainText } from '../../formats/page.ts';

/** Beside index.html; a script, because a page that is opened from a disk may not read other files. */
export const SEARCH_INDEX_FILE = 'search-index.js';

interface Entry {
  /** Relative to the site's root: `services/checkout.html#slo-availability`. */
  readonly url: string;
  readonly page: string;
  readonly title: string;
  readonly text: string;
}

/** Characters of one entry; past this, more text finds nothing that the beginning did not. */
const LONGEST_TEXT = 2000;
/** Of all entries together: a browser reads them with every page. Where there are many, each keeps less. */
const MOST_TEXT = 4_000_000;

/** The script that holds the entries of all pages. */
export function formatSearchIndex(pages: readonly Page[]): string {
  const entries = pages.flatMap(entriesOf);
  const longest = Math.min(LONGEST_TEXT, Math.floor(MOST_TEXT / Math.max(entries.length, 1)));
  const lines = entries.map((entry) =>
    JSON.stringify({ ...entry, text: entry.text.slice(0, longest) }),
  );
  return `window.RUNBOOK_ENTRIES = [\n${lines.join(',\n')}\n];\n`;
}

function entriesOf({ path, title, blocks }: Page): readonly Entry[] {
  const file = `${path}.html`;
  const entries: { url: string; title: string; texts: string[] }[] = [
    { url: file, title, texts: [] },
  ];
  for (const block of blocks) {
    if (block.kind === 'heading' && block.level < 4)
      entries.push({ url: `${file}#${anchorOf(block.text)}`, title: block.text, texts: [] });
    else entries.at(-1)?.texts.push(...textsOf(block));
  }
  return entries.map(({ url, title: own, texts }) => ({
    url,
    page: title,
    title: own,
    text: texts.join(' ').replaceAll(/\s+/g, ' '),
  }));
}

function textsOf(block: Block): readonly string[] {
  switch (block.kind) {
    case 'heading':
      return [block.text];
    case 'paragraph':
      return [plainText(block.text)];
    case 'list':
      return block.items.flatMap(({ text, blocks = [] }) => [
        plainText(text),
        ...blocks.flatMap(textsOf),
      ]);
    case 'table':
      return [...block.head, ...block.rows.flat().map(plainText)];
    case 'code':
      return [block.code];
  }
}
