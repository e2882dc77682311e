// A page of the documentation: its code blocks, links and headings.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');

export interface CodeBlock {
  /** As written after the fence: `sh`, `sh fails`, `ts`. */
  readonly kind: string;
  readonly code: string;
  readonly line: number;
  /** What the page shows as its output: the `text` block that follows, with nothing in between. */
  readonly output: string | undefined;
}

export interface MarkdownPage {
  /** Relative to the repository. */
  readonly file: string;
  readonly blocks: readonly CodeBlock[];
  /** Addresses of its links, as written. */
  readonly links: readonly string[];
  /** Anchors of its headings, as code hosts make them. */
  readonly anchors: ReadonlySet<string>;
}

/** A fenced block: its indentation, what it holds, its lines. */
export const FENCE = /^( *)```([^\n]*)\n(.*?)^\1```$/gms;

/** Every page for readers: those at the root and in docs/. */
export function pageFiles(): readonly string[] {
  const inDocs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return [...readdirSync(ROOT), ...inDocs.map((file) => path.join('docs', file))]
    .filter((file) => file.endsWith('.md'))
    .sort();
}

export function readPage(file: string): MarkdownPage {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const found = [...text.matchAll(FENCE)];
  const prose = text.replaceAll(FENCE, '');
  return {
    file,
    blocks: found.map((match, index) => {
      const end = match.index + match[0].length;
      const next = found[index + 1];
      const follows = next?.[2] === 'text' && text.slice(end, next.index).trim() === '';
      return {
        kind: match[2]?.trim() ?? '',
        code: match[3] ?? '',
        line: text.slice(0, match.index).split('\n').length,
        output: follows ? next[3] : undefined,
      };
    }),
    links: [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? ''),
    anchors: new Set([...prose.matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1] ?? ''))),
  };
}

/** Lower case, spaces to dashes, everything but letters, digits, dashes and underscores left out. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
