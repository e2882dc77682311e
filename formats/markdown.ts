// Writes pages as Markdown (GitHub's dialect): text is escaped, so that it reads as it was written.
import { type Block, type ListItem, type Page, type Span, type Text } from './page.ts';

/** A whole page; the same page gives the same bytes. `address` rewrites links. */
export function formatMarkdown(
  { title, blocks }: Pick<Page, 'title' | 'blocks'>,
  address: Address = (link) => link,
): string {
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...blocks.map((block) => formatBlock(block, address)),
  ];
  return `${parts.join('\n\n')}\n`;
}

type Address = (link: string) => string;

function formatBlock(block: Block, address: Address): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escapeMarkdown(block.text)}`;
    case 'paragraph':
      return formatText(block.text, address);
    case 'list':
      return formatList(block.ordered, block.items, address);
    case 'table':
      return formatTable(block.head, block.rows, address);
    case 'code':
      return formatCode(block.language, block.code);
  }
}

function formatList(ordered: boolean, items: readonly ListItem[], address: Address): string {
  const loose = items.some(({ blocks = [] }) => blocks.length > 0);
  return items
    .map(({ text, blocks = [] }, index) => {
      const mark = ordered ? `${index + 1}. ` : '- ';
      const inner = [
        formatText(text, address),
        ...blocks.map((block) => formatBlock(block, address)),
      ].join('\n\n');
      return `${mark}${inner.replaceAll('\n', `\n${' '.repeat(mark.length)}`)}`;
    })
    .join(loose ? '\n\n' : '\n')
    .replaceAll(/^ +$/gm, '');
}

function formatTable(
  head: readonly string[],
  rows: readonly (readonly Text[])[],
  address: Address,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head.map(escapeMarkdown)),
    line(head.map(() => '---')),
    // A bar ends a cell even inside of code.
    ...rows.map((row) =>
      line(row.map((cell) => formatText(cell, address).replaceAll(/(?<!\\)\|/g, '\\|'))),
    ),
  ].join('\n');
}

/** Code between fences that are longer than any row of backticks in it. */
function formatCode(language: string, code: string): string {
  const fence = '`'.repeat(Math.max(2, longestTicks(code)) + 1);
  return `${fence}${language}\n${code.replace(/\n+$/, '')}\n${fence}`;
}

function formatText(text: Text, address: Address): string {
  const spans = typeof text === 'string' ? [text] : text;
  return escapeLineStart(spans.map((span) => formatSpan(span, address)).join(''));
}

function formatSpan(span: Span, address: Address): string {
  if (typeof span === 'string') return escapeMarkdown(span);
  if ('code' in span) return formatCodeSpan(span.code);
  if ('strong' in span) return `**${escapeMarkdown(span.strong)}**`;
  return `[${escapeMarkdown(span.text)}](${escapeAddress(address(span.link))})`;
}

function formatCodeSpan(code: string): string {
  const text = oneLine(code);
  if (text.trim() === '') return escapeMarkdown(text);
  const ticks = '`'.repeat(longestTicks(text) + 1);
  const pad = /^[` ]|[` ]$/.test(text) ? ' ' : '';
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

/** Text in which no character is taken for a mark; line breaks become spaces. */
export function escapeMarkdown(text: string): string {
  return (
    oneLine(text)
      .replaceAll(/[\\`*[\]<>|~]/g, String.raw`\$&`)
      // Inside of a word an underscore is no mark: orders_total stays legible.
      .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\$&`)
      .replaceAll(/&(?=#?\w+;)/g, String.raw`\&`)
  );
}

/** What would make a heading, a list or a rule at the start of a line only. */
function escapeLineStart(line: string): string {
  return line.replace(/^(?=[#+=-]+(?:\s|$))/, '\\').replace(/^(\d+)(?=[.)](?:\s|$))/, '$1\\');
}

/** An address without what would end it. */
function escapeAddress(address: string): string {
  return oneLine(address).replaceAll(
    /[\s()<>\\]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function longestTicks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, ' ');
}
