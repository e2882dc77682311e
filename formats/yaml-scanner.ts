// Tokens of a YAML 1.1 text, found by the rules of libyaml, which Alertmanager and Prometheus read their files with.
import type { YamlMark } from './yaml-cursor.ts';
import { YamlCursor } from './yaml-cursor.ts';
import { scanBlock, scanPlain, scanQuoted } from './yaml-scalar-text.ts';
import { scanAnchorName, scanDirective, scanTag } from './yaml-properties.ts';
import type { YamlTagHandle } from './yaml-properties.ts';

export type YamlTokenKind =
  | 'stream-end'
  | 'document-start'
  | 'document-end'
  | 'version-directive'
  | 'tag-directive'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export interface YamlToken {
  readonly kind: YamlTokenKind;
  readonly start: YamlMark;
  readonly end: YamlMark;
  /** A scalar's text, an anchor's name, a directive's version. */
  readonly value?: string;
  readonly plain?: boolean;
  readonly tag?: YamlTagHandle;
}

/** What may turn out to be the key of a mapping once its `:` comes. */
interface SimpleKey {
  possible: boolean;
  readonly required: boolean;
  readonly tokenNumber: number;
  readonly mark: YamlMark;
}

/** A key has to end on its line and within so many characters. */
const KEY_LENGTH = 1024;
/** libyaml's own bound for both nested indentation and nested brackets. */
const DEPTH = 10_000;

export class YamlScanner {
  readonly #cursor: YamlCursor;
  readonly #tokens: YamlToken[] = [];
  #head = 0;
  #parsed = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #keyAllowed = true;
  readonly #keys: SimpleKey[];
  #ended = false;

  constructor(text: string) {
    this.#cursor = new YamlCursor(text);
    this.#keys = [{ possible: false, required: false, tokenNumber: 0, mark: this.#cursor.mark() }];
  }

  /** The next token, left in place. @throws YamlSyntaxError */
  peek(): YamlToken {
    while (this.#needsMore()) this.#fetch();
    const token = this.#tokens[this.#head];
    if (token === undefined) return this.#cursor.fail('attempted to read past the end');
    return token;
  }

  /** Takes the token that `peek` showed. */
  skip(): void {
    this.#head += 1;
    this.#parsed += 1;
    // The queue is short, but a long text must not leave all of its tokens behind.
    if (this.#head > 1024) {
      this.#tokens.splice(0, this.#head);
      this.#head = 0;
    }
  }

  #needsMore(): boolean {
    if (this.#head === this.#tokens.length) return !this.#ended;
    const key = this.#keys.find((each) => each.possible && each.tokenNumber === this.#parsed);
    return key !== undefined && this.#isKeyValid(key);
  }

  #fetch(): void {
    const cursor = this.#cursor;
    this.#skipToToken();
    this.#unrollIndent(cursor.column);
    if (cursor.isEnd()) return this.#fetchStreamEnd();
    if (cursor.column === 0 && cursor.is('%')) return this.#fetchDirective();
    if (cursor.isDocumentIndicator()) return this.#fetchDocumentIndicator();
    if (this.#fetchIndicator()) return;
    if (this.#startsPlain()) return this.#fetchPlain();
    return cursor.fail('found character that cannot start any token');
  }

  /** Whether one of the characters with a meaning of their own was here, and taken. */
  #fetchIndicator(): boolean {
    const cursor = this.#cursor;
    if (cursor.is('[')) this.#fetchFlowStart('flow-sequence-start');
    else if (cursor.is('{')) this.#fetchFlowStart('flow-mapping-start');
    else if (cursor.is(']')) this.#fetchFlowEnd('flow-sequence-end');
    else if (cursor.is('}')) this.#fetchFlowEnd('flow-mapping-end');
    else if (cursor.is(',')) this.#fetchFlowEntry();
    else if (cursor.is('-') && cursor.isBlankOrEnd(1)) this.#fetchBlockEntry();
    else if (cursor.is('?') && this.#isIndicator()) this.#fetchKey();
    else if (cursor.is(':') && this.#isIndicator()) this.#fetchValue();
    else if (cursor.is('*')) this.#fetchAnchor('alias');
    else if (cursor.is('&')) this.#fetchAnchor('anchor');
    else if (cursor.is('!')) this.#fetchTag();
    else if (this.#flowLevel === 0 && cursor.isOneOf('|>')) this.#fetchBlockScalar();
    else if (cursor.isOneOf('\'"')) this.#fetchQuoted();
    else return false;
    return true;
  }

  #isIndicator(): boolean {
    return this.#flowLevel > 0 || this.#cursor.isBlankOrEnd(1);
  }

  #startsPlain(): boolean {
    const cursor = this.#cursor;
    if (!cursor.isBlankOrEnd() && !cursor.isOneOf('-?:,[]{}#&*!|>\'"%@`')) return true;
    if (cursor.is('-')) return !cursor.isBlank(1);
    return this.#flowLevel === 0 && cursor.isOneOf('?:') && !cursor.isBlankOrEnd(1);
  }

  #skipToToken(): void {
    const cursor = this.#cursor;
    for (;;) {
      while (cursor.is(' ') || ((this.#flowLevel > 0 || !this.#keyAllowed) && cursor.is('\t'))) {
        cursor.skip();
      }
      cursor.skipComment();
      if (!cursor.isBreak()) return;
      cursor.readBreak();
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #push(kind: YamlTokenKind, start: YamlMark, more: Partial<YamlToken> = {}): void {
    this.#tokens.push({ kind, start, end: this.#cursor.mark(), ...more });
  }

  #insert(tokenNumber: number, kind: YamlTokenKind, mark: YamlMark): void {
    const at = this.#head + tokenNumber - this.#parsed;
    this.#tokens.splice(at, 0, { kind, start: mark, end: mark });
  }

  #nextNumber(): number {
    return this.#parsed + this.#tokens.length - this.#head;
  }

  // ——— indentation and keys

  #rollIndent(column: number, kind: YamlTokenKind, mark: YamlMark, tokenNumber: number): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    if (this.#indents.length > DEPTH) this.#cursor.fail(`exceeded max depth of ${DEPTH}`);
    this.#indent = column;
    this.#insert(tokenNumber, kind, mark);
  }

  #unrollIndent(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push('block-end', this.#cursor.mark());
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #isKeyValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    const cursor = this.#cursor;
    if (key.mark.line >= cursor.line && key.mark.index + KEY_LENGTH >= cursor.index) return true;
    if (key.required) cursor.fail("could not find expected ':'");
    key.possible = false;
    return false;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.#cursor.column;
    this.#removeKey();
    this.#keys[this.#keys.length - 1] = {
      possible: true,
      required,
      tokenNumber: this.#nextNumber(),
      mark: this.#cursor.mark(),
    };
  }

  #removeKey(): void {
    const key = this.#keys.at(-1);
    if (key?.possible !== true) return;
    if (key.required) this.#cursor.fail("could not find expected ':'");
    key.possible = false;
  }

  // ——— one kind of token each

  #fetchStreamEnd(): void {
    this.#cursor.endLine();
    this.#unrollIndent(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#push('stream-end', this.#cursor.mark());
    this.#ended = true;
  }

  #fetchDirective(): void {
    this.#unrollIndent(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const start = this.#cursor.mark();
    const directive = scanDirective(this.#cursor);
    if (directive.kind === 'version') {
      this.#push('version-directive', start, { value: directive.version });
    } else {
      this.#push('tag-directive', start, { tag: directive.tag });
    }
  }

  #fetchDocumentIndicator(): void {
    const cursor = this.#cursor;
    this.#unrollIndent(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const start = cursor.mark();
    const kind = cursor.is('-') ? 'document-start' : 'document-end';
    cursor.skip(3);
    this.#push(kind, start);
  }

  #fetchFlowStart(kind: YamlTokenKind): void {
    const start = this.#cursor.mark();
    this.#saveKey();
    this.#keys.push({
      possible: false,
      required: false,
      tokenNumber: this.#nextNumber(),
      mark: start,
    });
    this.#flowLevel += 1;
    if (this.#flowLevel > DEPTH) this.#cursor.fail(`exceeded max depth of ${DEPTH}`);
    this.#keyAllowed = true;
    this.#cursor.skip();
    this.#push(kind, start);
  }

  #fetchFlowEnd(kind: YamlTokenKind): void {
    this.#removeKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel -= 1;
      this.#keys.pop();
    }
    this.#keyAllowed = false;
    const start = this.#cursor.mark();
    this.#cursor.skip();
    this.#push(kind, start);
  }

  #fetchFlowEntry(): void {
    this.#removeKey();
    this.#keyAllowed = true;
    const start = this.#cursor.mark();
    this.#cursor.skip();
    this.#push('flow-entry', start);
  }

  #fetchBlockEntry(): void {
    const start = this.#cursor.mark();
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) {
        this.#cursor.fail('block sequence entries are not allowed in this context');
      }
      this.#rollIndent(start.column, 'block-sequence-start', start, this.#nextNumber());
    }
    this.#removeKey();
    this.#keyAllowed = true;
    this.#cursor.skip();
    this.#push('block-entry', start);
  }

  #fetchKey(): void {
    const start = this.#cursor.mark();
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#cursor.fail('mapping keys are not allowed in this context');
      this.#rollIndent(start.column, 'block-mapping-start', start, this.#nextNumber());
    }
    this.#removeKey();
    this.#keyAllowed = this.#flowLevel === 0;
    this.#cursor.skip();
    this.#push('key', start);
  }

  #fetchValue(): void {
    const start = this.#cursor.mark();
    const key = this.#keys.at(-1);
    if (key !== undefined && this.#isKeyValid(key)) {
      this.#insert(key.tokenNumber, 'key', key.mark);
      this.#rollIndent(key.mark.column, 'block-mapping-start', key.mark, key.tokenNumber);
      key.possible = false;
      this.#keyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#keyAllowed) this.#cursor.fail('mapping values are not allowed in this context');
        this.#rollIndent(start.column, 'block-mapping-start', start, this.#nextNumber());
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    this.#cursor.skip();
    this.#push('value', start);
  }

  #fetchAnchor(kind: 'alias' | 'anchor'): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.#cursor.mark();
    const value = scanAnchorName(this.#cursor);
    this.#push(kind, start, { value });
  }

  #fetchTag(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.#cursor.mark();
    const tag = scanTag(this.#cursor);
    this.#push('tag', start, { tag });
  }

  #fetchBlockScalar(): void {
    this.#removeKey();
    this.#keyAllowed = true;
    const start = this.#cursor.mark();
    const value = scanBlock(this.#cursor, this.#indent);
    this.#push('scalar', start, { value, plain: false });
  }

  #fetchQuoted(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.#cursor.mark();
    const value = scanQuoted(this.#cursor);
    this.#push('scalar', start, { value, plain: false });
  }

  #fetchPlain(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const start = this.#cursor.mark();
    const { value, endsLine } = scanPlain(this.#cursor, this.#indent + 1, this.#flowLevel > 0);
    if (endsLine) this.#keyAllowed = true;
    this.#push('scalar', start, { value, plain: true });
  }
}
