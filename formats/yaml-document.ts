// The first document of a YAML text as a tree whose nodes know their place; what libyaml refuses, it refuses.
import type { YamlMark } from './yaml-cursor.ts';
import { YamlSyntaxError } from './yaml-cursor.ts';
import { YamlScanner } from './yaml-scanner.ts';
import type { YamlToken } from './yaml-scanner.ts';

/** Line and column count from 1. */
interface YamlPlace {
  readonly line: number;
  readonly column: number;
}

export interface YamlScalar extends YamlPlace {
  readonly kind: 'scalar';
  readonly value: string;
  /** In long form (`tag:yaml.org,2002:str`), '' without one. */
  readonly tag: string;
  /** Plain and without a tag, so that its type is guessed from its text. */
  readonly implicit: boolean;
}

export interface YamlSequence extends YamlPlace {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
}

export interface YamlMapping extends YamlPlace {
  readonly kind: 'mapping';
  readonly entries: readonly (readonly [key: YamlNode, value: YamlNode])[];
}

/** `*name`; the target may hold the alias itself. */
export interface YamlAlias extends YamlPlace {
  readonly kind: 'alias';
  readonly name: string;
  readonly target: YamlNode;
}

export type YamlNode = YamlScalar | YamlSequence | YamlMapping | YamlAlias;

export interface YamlDocument {
  /** Undefined when the text holds no document. */
  readonly root: YamlNode | undefined;
  /** Where a second document begins, which readers of one document never see. */
  readonly ignoredFrom: YamlPlace | undefined;
}

export interface YamlLimits {
  /** UTF-16 units of text. */
  readonly length: number;
  /** Collections inside collections. */
  readonly depth: number;
  /** Scalars, collections and aliases together. */
  readonly nodes: number;
}

// What YAML allows in a text, but for the byte order mark at its begin.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** @throws YamlSyntaxError when the text is no YAML or goes beyond the limits */
export function parseYamlDocument(text: string, limits: YamlLimits): YamlDocument {
  if (text.length > limits.length) {
    throw new YamlSyntaxError(`the text is longer than ${limits.length} characters`, ORIGIN);
  }
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const forbidden = FORBIDDEN.exec(body);
  if (forbidden !== null) {
    const code = (forbidden[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new YamlSyntaxError(
      `the character U+${code} is not allowed`,
      markAt(body, forbidden.index),
    );
  }
  return new Parser(body, limits).document();
}

const ORIGIN: YamlMark = { index: 0, line: 0, column: 0 };
const YAML_TAGS = 'tag:yaml.org,2002:';

function markAt(text: string, index: number): YamlMark {
  const before = text.slice(0, index).split(/\r\n|[\n\r\u0085\u2028\u2029]/u);
  return { index, line: before.length - 1, column: Array.from(before.at(-1) ?? '').length };
}

class Parser {
  readonly #scanner: YamlScanner;
  readonly #limits: YamlLimits;
  readonly #anchors = new Map<string, YamlNode>();
  #tagPrefixes = new Map<string, string>();
  #depth = 0;
  #nodes = 0;

  constructor(text: string, limits: YamlLimits) {
    this.#scanner = new YamlScanner(text);
    this.#limits = limits;
  }

  document(): YamlDocument {
    const first = this.#scanner.peek();
    if (first.kind === 'stream-end') return { root: undefined, ignoredFrom: undefined };
    const explicit = ['version-directive', 'tag-directive', 'document-start'].includes(first.kind);
    this.#directives();
    if (explicit) {
      const start = this.#scanner.peek();
      if (start.kind !== 'document-start')
        fail('did not find expected <document start>', start.start);
      this.#scanner.skip();
    }
    const root = this.#documentContent(explicit);
    // The rest is looked at no further than Alertmanager does: one token.
    const next = this.#scanner.peek();
    if (next.kind !== 'document-end') {
      return { root, ignoredFrom: next.kind === 'stream-end' ? undefined : place(next.start) };
    }
    this.#scanner.skip();
    return { root, ignoredFrom: this.#restAfterEnd() };
  }

  #documentContent(explicit: boolean): YamlNode {
    const token = this.#scanner.peek();
    const empty = [
      'version-directive',
      'tag-directive',
      'document-start',
      'document-end',
      'stream-end',
    ];
    if (explicit && empty.includes(token.kind)) return emptyScalar(token.start);
    return this.#node(true, false);
  }

  #restAfterEnd(): YamlPlace | undefined {
    try {
      const token = this.#scanner.peek();
      return token.kind === 'stream-end' ? undefined : place(token.start);
    } catch (error) {
      if (error instanceof YamlSyntaxError) return { line: error.line, column: error.column };
      throw error;
    }
  }

  #directives(): void {
    let hasVersion = false;
    for (let token = this.#scanner.peek(); ; token = this.#scanner.peek()) {
      if (token.kind === 'version-directive') {
        if (hasVersion) fail('found duplicate %YAML directive', token.start);
        if (token.value !== '1.1') fail('found incompatible YAML document', token.start);
        hasVersion = true;
      } else if (token.kind === 'tag-directive' && token.tag !== undefined) {
        if (this.#tagPrefixes.has(token.tag.handle)) {
          fail('found duplicate %TAG directive', token.start);
        }
        this.#tagPrefixes.set(token.tag.handle, token.tag.suffix);
      } else {
        break;
      }
      this.#scanner.skip();
    }
    this.#tagPrefixes = new Map([['!', '!'], ['!!', YAML_TAGS], ...this.#tagPrefixes]);
  }

  #node(block: boolean, indentless: boolean): YamlNode {
    const first = this.#scanner.peek();
    this.#nodes += 1;
    if (this.#nodes > this.#limits.nodes) {
      fail(`more than ${this.#limits.nodes} values`, first.start);
    }
    if (first.kind === 'alias') return this.#alias(first);
    const { anchor, tag } = this.#properties();
    const token = this.#scanner.peek();
    const node = this.#content(token, first.start, anchor, tag, block, indentless);
    if (node !== undefined) return node;
    if (anchor !== undefined || tag !== '') {
      return this.#anchored(anchor, { ...emptyScalar(first.start), tag, implicit: tag === '' });
    }
    return fail('did not find expected node content', token.start);
  }

  #content(
    token: YamlToken,
    start: YamlMark,
    anchor: string | undefined,
    tag: string,
    block: boolean,
    indentless: boolean,
  ): YamlNode | undefined {
    if (indentless && token.kind === 'block-entry') {
      return this.#sequence(start, anchor, (items) => this.#indentlessItems(items));
    }
    if (token.kind === 'scalar') {
      this.#scanner.skip();
      const implicit = tag === '' ? token.plain === true : tag === '!';
      const value = token.value ?? '';
      return this.#anchored(anchor, { kind: 'scalar', ...place(start), value, tag, implicit });
    }
    if (token.kind === 'flow-sequence-start') {
      return this.#sequence(start, anchor, (items) => this.#flowItems(items));
    }
    if (token.kind === 'flow-mapping-start') {
      return this.#mapping(start, anchor, (entries) => this.#flowEntries(entries));
    }
    if (block && token.kind === 'block-sequence-start') {
      return this.#sequence(start, anchor, (items) => this.#blockItems(items));
    }
    if (block && token.kind === 'block-mapping-start') {
      return this.#mapping(start, anchor, (entries) => this.#blockEntries(entries));
    }
    return undefined;
  }

  #alias(token: YamlToken): YamlAlias {
    this.#scanner.skip();
    const name = token.value ?? '';
    const target = this.#anchors.get(name);
    if (target === undefined) return fail(`unknown anchor '${name}' referenced`, token.start);
    return { kind: 'alias', ...place(token.start), name, target };
  }

  /** At most one anchor and one tag, in any order. */
  #properties(): { readonly anchor: string | undefined; readonly tag: string } {
    let anchor: string | undefined;
    let tag: string | undefined;
    for (let token = this.#scanner.peek(); ; token = this.#scanner.peek()) {
      if (token.kind === 'anchor' && anchor === undefined) anchor = token.value ?? '';
      else if (token.kind === 'tag' && tag === undefined) tag = this.#tag(token);
      else return { anchor, tag: tag ?? '' };
      this.#scanner.skip();
    }
  }

  #tag(token: YamlToken): string {
    const { handle, suffix } = token.tag ?? { handle: '', suffix: '' };
    if (handle === '') return suffix;
    const prefix = this.#tagPrefixes.get(handle);
    if (prefix === undefined) return fail('found undefined tag handle', token.start);
    return prefix + suffix;
  }

  #anchored<Node extends YamlNode>(anchor: string | undefined, node: Node): Node {
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #sequence(
    start: YamlMark,
    anchor: string | undefined,
    fill: (items: YamlNode[]) => void,
  ): YamlSequence {
    const items: YamlNode[] = [];
    const node = this.#anchored(anchor, { kind: 'sequence', ...place(start), items } as const);
    this.#nested(start, () => fill(items));
    return node;
  }

  #mapping(
    start: YamlMark,
    anchor: string | undefined,
    fill: (entries: [YamlNode, YamlNode][]) => void,
  ): YamlMapping {
    const entries: [YamlNode, YamlNode][] = [];
    const node = this.#anchored(anchor, { kind: 'mapping', ...place(start), entries } as const);
    this.#nested(start, () => fill(entries));
    return node;
  }

  #nested(start: YamlMark, fill: () => void): void {
    this.#depth += 1;
    if (this.#depth > this.#limits.depth) {
      fail(`more than ${this.#limits.depth} collections inside one another`, start);
    }
    fill();
    this.#depth -= 1;
  }

  // ——— block collections

  #blockItems(items: YamlNode[]): void {
    this.#scanner.skip();
    for (
      let token = this.#scanner.peek();
      token.kind !== 'block-end';
      token = this.#scanner.peek()
    ) {
      if (token.kind !== 'block-entry') fail("did not find expected '-' indicator", token.start);
      this.#scanner.skip();
      items.push(this.#nodeUnless(token.end, ['block-entry', 'block-end'], true, false));
    }
    this.#scanner.skip();
  }

  #indentlessItems(items: YamlNode[]): void {
    for (
      let token = this.#scanner.peek();
      token.kind === 'block-entry';
      token = this.#scanner.peek()
    ) {
      this.#scanner.skip();
      const ends = ['block-entry', 'key', 'value', 'block-end'];
      items.push(this.#nodeUnless(token.end, ends, true, false));
    }
  }

  #blockEntries(entries: [YamlNode, YamlNode][]): void {
    this.#scanner.skip();
    const ends = ['key', 'value', 'block-end'];
    for (
      let token = this.#scanner.peek();
      token.kind !== 'block-end';
      token = this.#scanner.peek()
    ) {
      if (token.kind !== 'key') fail('did not find expected key', token.start);
      this.#scanner.skip();
      const key = this.#nodeUnless(token.end, ends, true, true);
      const colon = this.#scanner.peek();
      if (colon.kind !== 'value') {
        entries.push([key, emptyScalar(colon.start)]);
        continue;
      }
      this.#scanner.skip();
      entries.push([key, this.#nodeUnless(colon.end, ends, true, true)]);
    }
    this.#scanner.skip();
  }

  // ——— flow collections

  #flowItems(items: YamlNode[]): void {
    this.#scanner.skip();
    this.#flow('flow-sequence-end', "did not find expected ',' or ']'", (token) => {
      items.push(token.kind === 'key' ? this.#flowPair(token) : this.#node(false, false));
    });
  }

  /** `[a: b]` is a list with a mapping of one entry. */
  #flowPair(keyToken: YamlToken): YamlMapping {
    this.#scanner.skip();
    const ends = ['value', 'flow-entry', 'flow-sequence-end'];
    const token = this.#scanner.peek();
    let key: YamlNode;
    if (ends.includes(token.kind)) {
      // libyaml takes the token that ends the empty key for the key itself.
      this.#scanner.skip();
      key = emptyScalar(token.end);
    } else {
      key = this.#node(false, false);
    }
    return {
      kind: 'mapping',
      ...place(keyToken.start),
      entries: [[key, this.#flowValue(['flow-entry', 'flow-sequence-end'])]],
    };
  }

  #flowEntries(entries: [YamlNode, YamlNode][]): void {
    this.#scanner.skip();
    this.#flow('flow-mapping-end', "did not find expected ',' or '}'", (token) => {
      if (token.kind !== 'key') {
        const key = this.#node(false, false);
        entries.push([key, emptyScalar(this.#scanner.peek().start)]);
        return;
      }
      this.#scanner.skip();
      const ends = ['value', 'flow-entry', 'flow-mapping-end'];
      const key = this.#nodeUnless(this.#scanner.peek().start, ends, false, false);
      entries.push([key, this.#flowValue(['flow-entry', 'flow-mapping-end'])]);
    });
  }

  #flow(end: YamlToken['kind'], problem: string, entry: (token: YamlToken) => void): void {
    for (let first = true; ; first = false) {
      let token = this.#scanner.peek();
      if (token.kind !== end && !first) {
        if (token.kind !== 'flow-entry') fail(problem, token.start);
        this.#scanner.skip();
        token = this.#scanner.peek();
      }
      if (token.kind === end) break;
      entry(token);
    }
    this.#scanner.skip();
  }

  #flowValue(ends: readonly string[]): YamlNode {
    const token = this.#scanner.peek();
    if (token.kind !== 'value') return emptyScalar(token.start);
    this.#scanner.skip();
    return this.#nodeUnless(this.#scanner.peek().start, ends, false, false);
  }

  /** A node, or nothing at all when one of those tokens comes instead. */
  #nodeUnless(
    mark: YamlMark,
    ends: readonly string[],
    block: boolean,
    indentless: boolean,
  ): YamlNode {
    if (ends.includes(this.#scanner.peek().kind)) return emptyScalar(mark);
    return this.#node(block, indentless);
  }
}

function emptyScalar(mark: YamlMark): YamlScalar {
  return { kind: 'scalar', ...place(mark), value: '', tag: '', implicit: true };
}

function place(mark: YamlMark): YamlPlace {
  return { line: mark.line + 1, column: mark.column + 1 };
}

function fail(problem: string, mark: YamlMark): never {
  throw new YamlSyntaxError(problem, mark);
}
