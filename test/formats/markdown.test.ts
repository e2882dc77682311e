import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, formatMarkdown } from '../../formats/markdown.ts';
import { type Block, bullets, heading, paragraph } from '../../formats/page.ts';

const body = (...blocks: readonly Block[]): string =>
  formatMarkdown({ title: 'T', blocks }).replace(/^# T\n\n/, '');

describe('Markdown', () => {
  it('shows text as it was written, whatever it holds', () => {
    expect(body(paragraph('a_b _a *c* `d` [e](f) <g> | ~h~ &amp; & \\'))).toBe(
      'a_b \\_a \\*c\\* \\`d\\` \\[e\\](f) \\<g\\> \\| \\~h\\~ \\&amp; & \\\\\n',
    );
  });

  it('does not take the beginning of a line for a heading, a list or a rule', () => {
    for (const text of ['# a', '- a', '+ a', '1. a', '2) a', '= a', '---'])
      expect(body(paragraph(text))).toMatch(/^(?:\\|\d+\\)/);
    for (const text of ['#a', '-a', '1.44 %', '+1', '-'])
      expect(body(paragraph(`x ${text}`))).toBe(`x ${text}\n`);
    for (const text of ['#a', '1.44 %', '0.6 %', '-5'])
      expect(body(paragraph(text))).toBe(`${text}\n`);
  });

  it('writes code with more backticks around it than are in it', () => {
    expect(body(paragraph({ code: 'a `` b' }))).toBe('```a `` b```\n');
    expect(body(paragraph({ code: '`a`' }))).toBe('`` `a` ``\n');
    expect(body({ kind: 'code', language: 'sh', code: 'echo "```"\n\n' })).toBe(
      '````sh\necho "```"\n````\n',
    );
  });

  it('keeps a bar inside of a cell, in text and in code', () => {
    expect(
      body({ kind: 'table', head: ['A|B'], rows: [[[{ code: '{a="b"} | json' }, ' c|d']]] }),
    ).toBe('| A\\|B |\n| --- |\n| `{a="b"} \\| json` c\\|d |\n');
  });

  it('keeps an address whole', () => {
    expect(body(paragraph({ link: 'http://p/graph?a=f(b) c', text: 'x' }))).toBe(
      '[x](http://p/graph?a=f%28b%29%20c)\n',
    );
  });

  it('puts what belongs to an item below it, indented as its mark is wide', () => {
    const items = [
      { text: 'a', blocks: [{ kind: 'code', language: 'sh', code: 'ls\n\nls' }] },
      { text: 'b' },
    ] as const;
    expect(body({ kind: 'list', ordered: true, items })).toBe(
      '1. a\n\n   ```sh\n   ls\n\n   ls\n   ```\n\n2. b\n',
    );
    expect(body(bullets(['a', 'b']))).toBe('- a\n- b\n');
  });

  it('rewrites links only where it is told to', () => {
    const blocks = [heading(2, 'H'), paragraph({ link: 'a', text: 'a' })];
    expect(formatMarkdown({ title: 'T', blocks }, (link) => `${link}.md`)).toContain('[a](a.md)');
  });

  it('leaves no mark of its own unescaped, and loses nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped.replaceAll(/\\[\\`*_[\]<>|~]/g, '')).not.toMatch(
          /[`*[\]<>|~]|(?:^|\s)_|_(?:\s|$)/,
        );
        const read = escaped.replaceAll(/\\([\\`*_[\]<>|~&])/g, '$1');
        expect(read).toBe(text.replaceAll(/[\s\p{Cc}\u2028\u2029]+/gu, ' '));
      }),
    );
  });
});
