// A place in a YAML text that moves forward, and the character classes of libyaml.

/** Counted from 0; `index` counts characters, not UTF-16 units. */
export interface YamlMark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** What makes a text no YAML; line and column count from 1. */
export class YamlSyntaxError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(problem: string, mark: YamlMark) {
    super(problem);
    this.name = 'YamlSyntaxError';
    this.line = mark.line + 1;
    this.column = mark.column + 1;
  }
}

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** Reads a text character by character; past its end it reads 0. */
export class YamlCursor {
  readonly text: string;
  #position = 0;
  #index = 0;
  #line = 0;
  #column = 0;

  constructor(text: string) {
    this.text = text;
  }

  get column(): number {
    return this.#column;
  }

  get line(): number {
    return this.#line;
  }

  get index(): number {
    return this.#index;
  }

  mark(): YamlMark {
    return { index: this.#index, line: this.#line, column: this.#column };
  }

  /** The UTF-16 unit that many units ahead, 0 at the end. */
  code(ahead = 0): number {
    const at = this.#position + ahead;
    return at < this.text.length ? this.text.charCodeAt(at) : 0;
  }

  is(character: string, ahead = 0): boolean {
    return this.code(ahead) === character.charCodeAt(0);
  }

  isOneOf(characters: string): boolean {
    const at = this.#position;
    return at < this.text.length && characters.includes(this.text.charAt(at));
  }

  isEnd(ahead = 0): boolean {
    return this.#position + ahead >= this.text.length;
  }

  isBlank(ahead = 0): boolean {
    const code = this.code(ahead);
    return code === SPACE || code === TAB;
  }

  isBreak(ahead = 0): boolean {
    const code = this.code(ahead);
    return (
      code === LINE_FEED ||
      code === CARRIAGE_RETURN ||
      code === 0x85 ||
      code === 0x20_28 ||
      code === 0x20_29
    );
  }

  isBreakOrEnd(ahead = 0): boolean {
    return this.isEnd(ahead) || this.isBreak(ahead);
  }

  isBlankOrEnd(ahead = 0): boolean {
    return this.isBlank(ahead) || this.isBreakOrEnd(ahead);
  }

  /** A letter, a digit, `_` or `-`. */
  isWord(ahead = 0): boolean {
    const code = this.code(ahead);
    return (
      (code >= 48 && code <= 57) ||
      (code >= 65 && code <= 90) ||
      (code >= 97 && code <= 122) ||
      code === 95 ||
      code === 45
    );
  }

  /** `---` or `...` at the begin of a line, with nothing glued to it. */
  isDocumentIndicator(): boolean {
    if (this.#column !== 0 || !this.isBlankOrEnd(3)) return false;
    const three = this.text.slice(this.#position, this.#position + 3);
    return three === '---' || three === '...';
  }

  skip(count = 1): void {
    for (let done = 0; done < count; done += 1) {
      const code = this.code();
      this.#position += code >= 0xd8_00 && code <= 0xdb_ff ? 2 : 1;
      this.#index += 1;
      this.#column += 1;
    }
  }

  /** The character here; moves behind it. */
  read(): string {
    const begin = this.#position;
    this.skip();
    return this.text.slice(begin, this.#position);
  }

  /** The line break here as YAML keeps it; moves behind it. '' when there is none. */
  readBreak(): string {
    if (!this.isBreak()) return '';
    const code = this.code();
    const wide = code === CARRIAGE_RETURN && this.code(1) === LINE_FEED;
    this.#position += wide ? 2 : 1;
    this.#index += wide ? 2 : 1;
    this.#column = 0;
    this.#line += 1;
    return code === 0x20_28 || code === 0x20_29 ? String.fromCharCode(code) : '\n';
  }

  /** Ends the last line of the text, so that no key can be hoped for on it any more. */
  endLine(): void {
    if (this.#column === 0) return;
    this.#column = 0;
    this.#line += 1;
  }

  skipBlanks(): void {
    while (this.isBlank()) this.skip();
  }

  /** Moves to the end of the line when a comment begins here. */
  skipComment(): void {
    if (!this.is('#')) return;
    while (!this.isBreakOrEnd()) this.skip();
  }

  fail(problem: string, mark: YamlMark = this.mark()): never {
    throw new YamlSyntaxError(problem, mark);
  }
}
