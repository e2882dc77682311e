// The text of YAML scalars: plain, quoted, and the blocks behind `|` and `>`, folded as libyaml folds them.
import type { YamlCursor } from './yaml-cursor.ts';

/** Line ends and blanks that stand between two pieces of a scalar. */
class Fold {
  leadingBreak = '';
  trailingBreaks = '';
  whitespace = '';
  hasBreak = false;

  /** What the gap is worth in the scalar's value. */
  take(): string {
    const value = this.hasBreak ? this.#folded() : this.whitespace;
    this.leadingBreak = '';
    this.trailingBreaks = '';
    this.whitespace = '';
    this.hasBreak = false;
    return value;
  }

  readGap(cursor: YamlCursor, onBlank?: () => void): void {
    while (cursor.isBlank() || cursor.isBreak()) {
      if (cursor.isBlank()) {
        if (this.hasBreak) {
          onBlank?.();
          cursor.skip();
        } else {
          this.whitespace += cursor.read();
        }
      } else if (this.hasBreak) {
        this.trailingBreaks += cursor.readBreak();
      } else {
        this.whitespace = '';
        this.leadingBreak += cursor.readBreak();
        this.hasBreak = true;
      }
    }
  }

  #folded(): string {
    // An escaped line end leaves no leading break: then nothing is put in its place.
    if (this.leadingBreak.startsWith('\n'))
      return this.trailingBreaks === '' ? ' ' : this.trailingBreaks;
    return this.leadingBreak + this.trailingBreaks;
  }
}

/** A plain scalar; `endsLine` tells that a line ended behind it, so that a key may follow. */
export function scanPlain(
  cursor: YamlCursor,
  indent: number,
  inFlow: boolean,
): { readonly value: string; readonly endsLine: boolean } {
  const start = cursor.mark();
  const fold = new Fold();
  let value = '';
  for (;;) {
    if (cursor.isDocumentIndicator() || cursor.is('#')) break;
    while (!cursor.isBlankOrEnd()) {
      if (cursor.is(':') && cursor.isBlankOrEnd(1)) break;
      if (inFlow && cursor.isOneOf(',?[]{}')) break;
      if (fold.hasBreak || fold.whitespace !== '') value += fold.take();
      value += cursor.read();
    }
    if (!cursor.isBlank() && !cursor.isBreak()) break;
    fold.readGap(cursor, () => {
      if (cursor.column < indent && cursor.is('\t')) {
        cursor.fail('found a tab character that violates indentation', start);
      }
    });
    if (!inFlow && cursor.column < indent) break;
  }
  return { value, endsLine: fold.hasBreak };
}

/** A scalar in single or double quotes, the cursor on the first quote. */
export function scanQuoted(cursor: YamlCursor): string {
  const start = cursor.mark();
  const quote = cursor.read();
  const fold = new Fold();
  let value = '';
  for (;;) {
    if (cursor.isDocumentIndicator()) cursor.fail('found unexpected document indicator', start);
    if (cursor.isEnd()) cursor.fail('found unexpected end of stream', start);
    while (!cursor.isBlankOrEnd()) {
      if (cursor.is(quote)) {
        if (quote === '"' || !cursor.is(quote, 1)) break;
        value += quote;
        cursor.skip(2);
      } else if (quote === '"' && cursor.is('\\') && cursor.isBreak(1)) {
        cursor.skip();
        cursor.readBreak();
        fold.hasBreak = true;
        break;
      } else if (quote === '"' && cursor.is('\\')) {
        value += scanEscape(cursor, start);
      } else {
        value += cursor.read();
      }
    }
    if (cursor.is(quote)) break;
    fold.readGap(cursor);
    value += fold.take();
  }
  cursor.skip();
  return value;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001B',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00A0',
  L: '\u2028',
  P: '\u2029',
};
const CODE_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function scanEscape(cursor: YamlCursor, start: ReturnType<YamlCursor['mark']>): string {
  cursor.skip();
  const letter = cursor.read();
  const simple = ESCAPES[letter];
  if (simple !== undefined) return simple;
  const length = CODE_LENGTHS[letter];
  if (length === undefined) return cursor.fail('found unknown escape character', start);
  let digits = '';
  for (let count = 0; count < length; count += 1) {
    if (!cursor.isOneOf('0123456789abcdefABCDEF')) {
      cursor.fail('did not find expected hexadecimal number', start);
    }
    digits += cursor.read();
  }
  const code = Number.parseInt(digits, 16);
  if (code > 0x10_ff_ff || (code >= 0xd8_00 && code <= 0xdf_ff)) {
    cursor.fail('found invalid Unicode character escape code', start);
  }
  return String.fromCodePoint(code);
}

/** A block scalar, the cursor on `|` or `>`; `indent` is that of the collection around it. */
export function scanBlock(cursor: YamlCursor, parentIndent: number): string {
  const start = cursor.mark();
  const literal = cursor.read() === '|';
  const { chomping, increment } = scanBlockHeader(cursor, start);
  const lines = { indent: increment === 0 ? 0 : Math.max(parentIndent, 0) + increment };
  let trailingBreaks = scanBlockBreaks(cursor, lines, parentIndent, start);
  let leadingBreak = '';
  let leadingBlank = false;
  let value = '';
  while (cursor.column === lines.indent && !cursor.isEnd()) {
    const blank = cursor.isBlank();
    if (!literal && !leadingBlank && !blank && leadingBreak.startsWith('\n')) {
      if (trailingBreaks === '') value += ' ';
    } else {
      value += leadingBreak;
    }
    value += trailingBreaks;
    leadingBlank = blank;
    while (!cursor.isBreakOrEnd()) value += cursor.read();
    leadingBreak = cursor.readBreak();
    trailingBreaks = scanBlockBreaks(cursor, lines, parentIndent, start);
  }
  if (chomping !== '-') value += leadingBreak;
  if (chomping === '+') value += trailingBreaks;
  return value;
}

function scanBlockHeader(
  cursor: YamlCursor,
  start: ReturnType<YamlCursor['mark']>,
): { readonly chomping: string; readonly increment: number } {
  let chomping = cursor.isOneOf('+-') ? cursor.read() : '';
  let increment = 0;
  if (cursor.isOneOf('0123456789')) {
    if (cursor.is('0')) cursor.fail('found an indentation indicator equal to 0', start);
    increment = Number(cursor.read());
    if (chomping === '' && cursor.isOneOf('+-')) chomping = cursor.read();
  }
  cursor.skipBlanks();
  cursor.skipComment();
  if (!cursor.isBreakOrEnd()) cursor.fail('did not find expected comment or line break', start);
  cursor.readBreak();
  return { chomping, increment };
}

/** Empty lines and indentation; sets the block's indentation when it is still 0. */
function scanBlockBreaks(
  cursor: YamlCursor,
  lines: { indent: number },
  parentIndent: number,
  start: ReturnType<YamlCursor['mark']>,
): string {
  let deepest = 0;
  let breaks = '';
  for (;;) {
    while ((lines.indent === 0 || cursor.column < lines.indent) && cursor.is(' ')) cursor.skip();
    deepest = Math.max(deepest, cursor.column);
    if ((lines.indent === 0 || cursor.column < lines.indent) && cursor.is('\t')) {
      cursor.fail('found a tab character where an indentation space is expected', start);
    }
    if (!cursor.isBreak()) break;
    breaks += cursor.readBreak();
  }
  if (lines.indent === 0) lines.indent = Math.max(deepest, parentIndent + 1, 1);
  return breaks;
}
