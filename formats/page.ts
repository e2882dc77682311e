// A page for readers as plain data, written as Markdown or as HTML: headings, text, lists, tables, code.

/** A piece of running text; a string is shown as it is, whatever characters it holds. */
export type Span =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  /** `link` is an http or https address, a path relative to the page, or `#anchor`. */
  | { readonly link: string; readonly text: string };

export type Text = string | readonly Span[];

export interface Heading {
  readonly kind: 'heading';
  /** 2 to 4; the page's title is 1. Headings of level 4 repeat and have no anchor of their own. */
  readonly level: 2 | 3 | 4;
  readonly text: string;
}

export interface ListItem {
  readonly text: Text;
  readonly blocks?: readonly Block[];
}

export type Block =
  | Heading
  | { readonly kind: 'paragraph'; readonly text: Text }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly ListItem[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly Text[])[];
    }
  | { readonly kind: 'code'; readonly language: string; readonly code: string };

export interface Page {
  /** Relative to the folder of all pages, without ending: `services/checkout`. */
  readonly path: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export function heading(level: Heading['level'], text: string): Block {
  return { kind: 'heading', level, text };
}

export function paragraph(...spans: readonly Span[]): Block {
  return { kind: 'paragraph', text: spans };
}

export function bullets(items: readonly Text[]): Block {
  return { kind: 'list', ordered: false, items: items.map((text) => ({ text })) };
}

/**
 * The anchor of a heading as code hosts make it of Markdown: lower case, spaces to dashes, everything but letters,
 * digits, dashes and underscores left out.
 */
export function anchorOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The anchors of a page that links may lead to, in order. */
export function anchorsOf({ title, blocks }: Pick<Page, 'title' | 'blocks'>): readonly string[] {
  const headings = blocks.filter((block) => block.kind === 'heading');
  const anchored = headings.filter(({ level }) => level < 4).map(({ text }) => anchorOf(text));
  return [anchorOf(title), ...anchored];
}

/** The text of spans without their marks. */
export function plainText(text: Text): string {
  if (typeof text === 'string') return text;
  return text
    .map((span) => {
      if (typeof span === 'string') return span;
      if ('code' in span) return span.code;
      return 'strong' in span ? span.strong : span.text;
    })
    .join('');
}
