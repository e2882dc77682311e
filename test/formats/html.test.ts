import { describe, expect, it } from 'vitest';
import { escapeHtml, formatHtmlBody } from '../../formats/html.ts';
import { heading, paragraph } from '../../formats/page.ts';

describe('HTML', () => {
  it('escapes text, code, addresses and the names of languages', () => {
    const html = formatHtmlBody({
      title: '<script>',
      blocks: [
        paragraph('a < b & "c"', { code: '<i>' }, { strong: '<b>' }, { link: 'x"y', text: '<z>' }),
        { kind: 'code', language: '"x', code: '</code><script>' },
        { kind: 'table', head: ['<t>'], rows: [['<d>']] },
        { kind: 'list', ordered: true, items: [{ text: '<li>' }] },
        heading(3, '<h>'),
      ],
    });
    expect(html).not.toMatch(/<script|<i>|<b>|<z>|<t>|<d>|<h>|"x"|x"y/);
    expect(html).toContain('<p>a &lt; b &amp; &quot;c&quot;<code>&lt;i&gt;</code>');
    expect(html).toContain('<li>&lt;li&gt;</li>');
  });

  it('gives headings the anchors of Markdown, and those that repeat none', () => {
    const html = formatHtmlBody({
      title: 'A b',
      blocks: [heading(2, 'Page: X of y'), heading(4, 'Steps')],
    });
    expect(html).toContain('<h1 id="a-b">');
    expect(html).toContain('<h2 id="page-x-of-y">');
    expect(html).toContain('<h4>Steps</h4>');
  });

  it('escapes what could end an attribute', () => {
    expect(escapeHtml(`'"<>&`)).toBe('&#39;&quot;&lt;&gt;&amp;');
  });
});
