// The tokens of a Go template, cut as text/template cuts them.

export type GoTemplateTokenKind =
  | 'text'
  | 'left-delimiter'
  | 'right-delimiter'
  | 'space'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'string'
  | 'raw-string'
  | 'character'
  | 'number'
  | 'complex'
  | 'boolean'
  | 'nil'
  | 'dot'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'left-parenthesis'
  | 'right-parenthesis'
  | 'comma'
  | 'other'
  | 'error'
  | 'end';

export interface GoTemplateToken {
  readonly kind: GoTemplateTokenKind;
  /** As written; the reason of an error. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  'block break continue define else end if range template with'.split(' '),
);
const COMMENT = /\/\*[\s\S]*?\*\//y;
const SPACE = /[ \t\r\n]+/y;
const WORD = /[\p{L}\p{Nd}_]+/uy;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y;
const RAW_STRING = /`[^`]*`/y;
const CHARACTER = /'(?:[^'\\\n]|\\[^\n])*'/y;

/** All tokens; the last one is an end or an error. */
export function tokenizeGoTemplate(text: string): readonly GoTemplateToken[] {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: GoTemplateToken[] = [];
  #at = 0;
  #line = 1;
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly GoTemplateToken[] {
    for (;;) {
      const open = this.#text.indexOf('{{', this.#at);
      if (open === -1) {
        this.#emitText(this.#text.length, false);
        this.#emit('end', '');
        return this.#tokens;
      }
      const trims = /^-[ \t\r\n]/.test(this.#text.slice(open + 2, open + 4));
      this.#emitText(open, trims);
      const inside = open + 2 + (trims ? 2 : 0);
      const ended = this.#text.startsWith('/*', inside)
        ? this.#comment(inside)
        : this.#action(open, inside);
      if (!ended) return this.#tokens;
    }
  }

  #emit(kind: GoTemplateTokenKind, text: string): true {
    for (; this.#counted < this.#at; this.#counted += 1) {
      if (this.#text.charAt(this.#counted) === '\n') this.#line += 1;
    }
    this.#tokens.push({ kind, text, line: this.#line });
    return true;
  }

  #fail(problem: string): false {
    this.#emit('error', problem);
    return false;
  }

  #emitText(end: number, trims: boolean): void {
    const text = this.#text.slice(this.#at, end);
    const kept = trims ? text.replace(/[ \t\r\n]+$/, '') : text;
    if (kept !== '') this.#emit('text', kept);
    this.#at = end;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  /** Length of the right delimiter here, with its trim marker; 0 when there is none. */
  #rightDelimiter(): number {
    if (this.#text.startsWith('}}', this.#at)) return 2;
    return /^[ \t\r\n]-\}\}/.test(this.#text.slice(this.#at, this.#at + 4)) ? 4 : 0;
  }

  #takeRightDelimiter(length: number): void {
    this.#at += length;
    if (length === 4) this.#at += this.#match(SPACE)?.length ?? 0;
  }

  #comment(begin: number): boolean {
    this.#at = begin;
    const comment = this.#match(COMMENT);
    if (comment === undefined) return this.#fail('unclosed comment');
    this.#at += comment.length;
    const length = this.#rightDelimiter();
    if (length === 0) return this.#fail('comment ends before closing delimiter');
    this.#takeRightDelimiter(length);
    return true;
  }

  #action(open: number, begin: number): boolean {
    this.#at = open;
    this.#emit('left-delimiter', '{{');
    this.#at = begin;
    let parentheses = 0;
    for (;;) {
      const length = this.#rightDelimiter();
      if (length > 0) {
        if (parentheses > 0) return this.#fail('unclosed left paren');
        this.#takeRightDelimiter(length);
        return this.#emit('right-delimiter', '}}');
      }
      if (this.#at >= this.#text.length) return this.#fail('unclosed action');
      const character = this.#text.charAt(this.#at);
      if (character === '(') parentheses += 1;
      if (character === ')') {
        parentheses -= 1;
        if (parentheses < 0) return this.#fail('unexpected right paren');
      }
      if (!this.#item(character)) return false;
    }
  }

  #take(kind: GoTemplateTokenKind, text: string): true {
    this.#emit(kind, text);
    this.#at += text.length;
    return true;
  }

  #item(character: string): boolean {
    const space = this.#match(SPACE);
    if (space !== undefined) return this.#space(space);
    if (this.#text.startsWith(':=', this.#at)) return this.#take('declare', ':=');
    switch (character) {
      case '=':
        return this.#take('assign', character);
      case ':':
        return this.#fail('expected :=');
      case '|':
        return this.#take('pipe', character);
      case ',':
        return this.#take('comma', character);
      case '(':
        return this.#take('left-parenthesis', character);
      case ')':
        return this.#take('right-parenthesis', character);
      case '"':
        return this.#quoted(STRING, 'string', 'unterminated quoted string');
      case '`':
        return this.#quoted(RAW_STRING, 'raw-string', 'unterminated raw quoted string');
      case "'":
        return this.#quoted(CHARACTER, 'character', 'unterminated character constant');
      case '$':
        return this.#name('$', 'variable');
      case '.':
        if (!/\d/.test(this.#text.charAt(this.#at + 1))) return this.#name('.', 'field');
        return this.#number();
    }
    if (/[+\-\d]/.test(character)) return this.#number();
    if (this.#match(WORD) !== undefined) return this.#word();
    if (character > ' ' && character < '\u007F') return this.#take('other', character);
    return this.#fail(`unrecognized character in action: ${character}`);
  }

  /** Blanks before ` -}}` belong to it. */
  #space(space: string): boolean {
    const marked = this.#text.startsWith('-}}', this.#at + space.length);
    const length = marked ? space.length - 1 : space.length;
    return length === 0 ? true : this.#take('space', space.slice(0, length));
  }

  #quoted(pattern: RegExp, kind: GoTemplateTokenKind, problem: string): boolean {
    const text = this.#match(pattern);
    return text === undefined ? this.#fail(problem) : this.#take(kind, text);
  }

  #endsWord(at: number): boolean {
    return (
      at >= this.#text.length ||
      /[ \t\r\n.,|:()]/.test(this.#text.charAt(at)) ||
      this.#text.startsWith('}}', at)
    );
  }

  #name(mark: string, kind: 'variable' | 'field'): boolean {
    WORD.lastIndex = this.#at + 1;
    const name = mark + (WORD.exec(this.#text)?.[0] ?? '');
    const next = this.#at + name.length;
    if (!this.#endsWord(next)) return this.#fail(`bad character ${this.#text.charAt(next)}`);
    return this.#take(name === '.' ? 'dot' : kind, name);
  }

  #word(): boolean {
    const word = this.#match(WORD) ?? '';
    const next = this.#at + word.length;
    if (!this.#endsWord(next)) return this.#fail(`bad character ${this.#text.charAt(next)}`);
    if (KEYWORDS.has(word)) return this.#take('keyword', word);
    if (word === 'true' || word === 'false') return this.#take('boolean', word);
    return this.#take(word === 'nil' ? 'nil' : 'identifier', word);
  }

  #number(): boolean {
    const first = this.#match(NUMBER) ?? '';
    const begin = this.#at;
    let end = begin + first.length;
    let kind: GoTemplateTokenKind = 'number';
    if (/[+-]/.test(this.#text.charAt(end))) {
      NUMBER.lastIndex = end;
      const second = NUMBER.exec(this.#text)?.[0] ?? '';
      if (!second.endsWith('i')) return this.#fail(`bad number syntax: "${first}${second}"`);
      end += second.length;
      kind = 'complex';
    }
    WORD.lastIndex = end;
    if (WORD.exec(this.#text) !== null) {
      return this.#fail(`bad number syntax: "${this.#text.slice(begin, end + 1)}"`);
    }
    return this.#take(kind, this.#text.slice(begin, end));
  }
}
