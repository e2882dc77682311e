// Writes the body of pages as HTML: all text is escaped, headings carry the anchors that Markdown gives them.
import { anchorOf, type Block, type ListItem, type Page, type Span, type Text } from './page.ts';

/** The title and the blocks of a page, without the document around them. `address` rewrites links to other pages. */
export function formatHtmlBody(
  { title, blocks }: Pick<Page, 'title' | 'blocks'>,
  address: (link: string) => string = (link) => link,
): string {
  const writer = createWriter(address);
  const head = `<h1 id="${escapeHtml(anchorOf(title))}">${escapeHtml(title)}</h1>`;
  return [head, ...blocks.map(writer)].join('\n');
}

function createWriter(address: (link: string) => string): (block: Block) => string {
  const block = (each: Block): string => {
    switch (each.kind) {
      case 'heading':
        return formatHeading(each.level, each.text);
      case 'paragraph':
        return `<p>${text(each.text)}</p>`;
      case 'list':
        return list(each.ordered, each.items);
      case 'table':
        return table(each.head, each.rows);
      case 'code':
        return `<pre><code class="language-${escapeHtml(each.language)}">${escapeHtml(each.code.replace(/\n+$/, ''))}</code></pre>`;
    }
  };
  const text = (written: Text): string =>
    (typeof written === 'string' ? [written] : written).map(span).join('');
  const span = (each: Span): string => {
    if (typeof each === 'string') return escapeHtml(each);
    if ('code' in each) return `<code>${escapeHtml(each.code)}</code>`;
    if ('strong' in each) return `<strong>${escapeHtml(each.strong)}</strong>`;
    return `<a href="${escapeHtml(address(each.link))}"${/^https?:/i.test(each.link) ? ' rel="noreferrer"' : ''}>${escapeHtml(each.text)}</a>`;
  };
  const list = (ordered: boolean, items: readonly ListItem[]): string => {
    const tag = ordered ? 'ol' : 'ul';
    const lines = items.map(
      (item) => `<li>${[text(item.text), ...(item.blocks ?? []).map(block)].join('\n')}</li>`,
    );
    return [`<${tag}>`, ...lines, `</${tag}>`].join('\n');
  };
  const table = (head: readonly string[], rows: readonly (readonly Text[])[]): string => {
    const cells = (tag: string, each: readonly Text[]): string =>
      `<tr>${each.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
    const body = rows.map((row) => cells('td', row));
    // Wide tables scroll by themselves; the page does not.
    return [
      '<div class="wide"><table>',
      `<thead>${cells('th', head)}</thead>`,
      '<tbody>',
      ...body,
      '</tbody></table></div>',
    ].join('\n');
  };
  return block;
}

function formatHeading(level: number, text: string): string {
  if (level === 4) return `<h4>${escapeHtml(text)}</h4>`;
  const anchor = escapeHtml(anchorOf(text));
  return `<h${level} id="${anchor}">${escapeHtml(text)}<a class="anchor" href="#${anchor}" aria-label="Link to this heading">#</a></h${level}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is nothing but text, in an element and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
