import { describe, expect, it } from 'vitest';
import type { YamlNode } from '../../formats/yaml-document.ts';
import { parseYamlDocument } from '../../formats/yaml-document.ts';
import { resolveYamlScalar } from '../../formats/yaml-value.ts';

const LIMITS = { length: 10_000, depth: 50, nodes: 1000 };

/** Scalars as text, mappings as lists of pairs. */
function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'alias') return `*${node.name}`;
  if (node.kind === 'sequence') return node.items.map(plain);
  return node.entries.map(([key, value]) => [plain(key), plain(value)]);
}

const read = (text: string): unknown => {
  const { root } = parseYamlDocument(text, LIMITS);
  return root === undefined ? undefined : plain(root);
};

describe('what libyaml reads', () => {
  it.each<[string, string, unknown]>([
    ['nothing', '', undefined],
    ['an explicit nothing', '---\n...\n', ''],
    ['a list below its key, not indented', 'a:\n- b\n- c\n', [['a', ['b', 'c']]]],
    [
      'empty values',
      'a:\n  b:\n  c:\nd:\n',
      [
        [
          'a',
          [
            ['b', ''],
            ['c', ''],
          ],
        ],
        ['d', ''],
      ],
    ],
    ['a list of lists', '- - a\n  - b\n-\n  - c\n', [['a', 'b'], ['c']]],
    [
      'flow in any shape',
      '{a: [b, {c: d}, e: f], g, ? h : i,}',
      [
        ['a', ['b', [['c', 'd']], [['e', 'f']]]],
        ['g', ''],
        ['h', 'i'],
      ],
    ],
    ['a plain text over lines', 'a: b\n  c\n\n  d # e\n', [['a', 'b c\nd']]],
    ['colons and hashes inside', 'a: b:c#d\n', [['a', 'b:c#d']]],
    [
      'quotes',
      String.raw`{a: 'it''s', b: "\x41\t\"\u00e9"}`,
      [
        ['a', "it's"],
        ['b', 'A\t"é'],
      ],
    ],
    ['a folded quote', '"a\n  b\n\n  c\\\n  d"', 'a b\ncd'],
    [
      'a literal block',
      'a: |\n  b\n   c\n\nd: e\n',
      [
        ['a', 'b\n c\n'],
        ['d', 'e'],
      ],
    ],
    ['a folded block', 'a: >-\n  b\n  c\n\n  d\n', [['a', 'b c\nd']]],
    ['a block that keeps its end', 'a: |+\n  b\n\n', [['a', 'b\n\n']]],
    ['a block with its indentation told', 'a: |1\n  b\n', [['a', ' b\n']]],
    [
      'anchors and aliases',
      'a: &x [b]\nc: *x\n',
      [
        ['a', ['b']],
        ['c', '*x'],
      ],
    ],
    ['a key over lines', '? a\n  b\n: c\n', [['a b', 'c']]],
    ['a byte order mark', '\uFEFFa: b\n', [['a', 'b']]],
    [
      'line ends of Windows',
      'a: b\r\nc: d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('with the place of each node', () => {
    const { root } = parseYamlDocument('a:\n  - 日本: [x,\n      y]\n', LIMITS);
    const places: string[] = [];
    const walk = (node: YamlNode): void => {
      places.push(`${node.line}:${node.column} ${node.kind}`);
      if (node.kind === 'sequence') node.items.forEach(walk);
      if (node.kind === 'mapping') node.entries.flat().forEach(walk);
    };
    if (root !== undefined) walk(root);
    expect(places).toEqual([
      '1:1 mapping',
      '1:1 scalar',
      '2:3 sequence',
      '2:5 mapping',
      '2:5 scalar',
      '2:9 sequence',
      '2:10 scalar',
      '3:7 scalar',
    ]);
  });

  it('up to the second document', () => {
    expect(parseYamlDocument('a: b\n---\n[', LIMITS).ignoredFrom).toEqual({ line: 2, column: 1 });
    expect(parseYamlDocument('a: b\n...\n', LIMITS).ignoredFrom).toBeUndefined();
  });
});

describe('what libyaml refuses', () => {
  it.each([
    ['a tab as indentation', 'a:\n\tb: c\n', 2],
    ['a key without colon', 'a: b\nc\n', 3],
    ['two colons in a line', 'a: b: c\n', 1],
    ['an open quote', 'a: "b\n', 1],
    ['an open bracket', 'a: [b\n', 2],
    ['an escape that is none', String.raw`a: "\q"`, 1],
    ['a text at the wrong depth', 'a:\n  b: c\n d: e\n', 3],
    ['an alias to nowhere', 'a: *b\n', 1],
    ['a tag without handle', 'a: !x!y b\n', 1],
    ['a directive of tomorrow', '%YAML 1.2\n---\na: b\n', 1],
    ['an at sign', 'a: @b\n', 1],
    ['a control character', 'a: b\nc: \u0007\n', 2],
    ['a block marked 0', 'a: |0\n  b\n', 1],
    ['brackets without end', '['.repeat(51), 1],
    ['a text without end', 'a'.repeat(10_001), 1],
    ['a list without end', '- a\n'.repeat(1000), 1000],
  ])('%s', (_, text, line) => {
    expect(() => parseYamlDocument(text, LIMITS)).toThrow(
      expect.objectContaining({ name: 'YamlSyntaxError', line }),
    );
  });
});

describe('what a scalar stands for', () => {
  const scalar = (
    value: string,
    tag = '',
    implicit = tag === '',
  ): ReturnType<typeof resolveYamlScalar> =>
    resolveYamlScalar({ kind: 'scalar', value, tag, implicit, line: 1, column: 1 });

  it.each([
    ['null', 'null ~ Null NULL'],
    ['boolean', 'y Yes ON true off n FALSE'],
    ['integer', '0 -1 +3 0x1F 0o17 017 0b11 1_000 18446744073709551615'],
    ['float', '1.5 .5 09 -1e3 1. .inf -.Inf .NaN 18446744073709551616'],
    ['timestamp', '2026-01-02 2026-1-2T3:4:5Z'],
    ['string', 'yES nul 1h 0x .e1 -.nan 1.2.3 1,5 - + . = 08.5x'],
  ])('%s', (type, texts) => {
    for (const text of texts.split(' ')) expect(scalar(text), text).toMatchObject({ type });
  });

  it('is a text in quotes, and what its tag says', () => {
    expect(scalar('1', '', false)).toEqual({ type: 'string', value: '1' });
    expect(scalar('1', 'tag:yaml.org,2002:str')).toEqual({ type: 'string', value: '1' });
    expect(scalar('1', 'tag:yaml.org,2002:float')).toEqual({ type: 'float', value: 1 });
    expect(scalar('w6k=', 'tag:yaml.org,2002:binary')).toEqual({ type: 'string', value: 'é' });
    expect(() => scalar('x', 'tag:yaml.org,2002:int')).toThrow(
      'cannot decode !!str `x` as a !!int',
    );
  });
});
