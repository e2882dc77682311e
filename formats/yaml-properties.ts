// What stands before a YAML node or document: anchors, tags, directives.
import type { YamlCursor, YamlMark } from './yaml-cursor.ts';

/** `!!str` is handle `!!` and suffix `str`; a verbatim tag has no handle. In a directive the suffix is the prefix meant. */
export interface YamlTagHandle {
  readonly handle: string;
  readonly suffix: string;
}

export type YamlDirective =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'tag'; readonly tag: YamlTagHandle };

/** The name behind `&` or `*`. */
export function scanAnchorName(cursor: YamlCursor): string {
  const start = cursor.mark();
  cursor.skip();
  const name = readWord(cursor);
  if (name === '' || !(cursor.isBlankOrEnd() || cursor.isOneOf('?:,]}%@`'))) {
    cursor.fail('did not find expected alphabetic or numeric character', start);
  }
  return name;
}

/** A tag, the cursor on its `!`. */
export function scanTag(cursor: YamlCursor): YamlTagHandle {
  const start = cursor.mark();
  const tag = cursor.is('<', 1) ? scanVerbatim(cursor, start) : scanShorthand(cursor, start);
  if (!cursor.isBlankOrEnd()) {
    cursor.fail('did not find expected whitespace or line break', start);
  }
  return tag;
}

function scanVerbatim(cursor: YamlCursor, start: YamlMark): YamlTagHandle {
  cursor.skip(2);
  const suffix = scanUri(cursor, '', start);
  if (!cursor.is('>')) cursor.fail("did not find the expected '>'", start);
  cursor.skip();
  return { handle: '', suffix };
}

function scanShorthand(cursor: YamlCursor, start: YamlMark): YamlTagHandle {
  const handle = scanHandle(cursor, false, start);
  if (handle.length > 1 && handle.endsWith('!')) {
    return { handle, suffix: scanUri(cursor, '', start) };
  }
  const suffix = scanUri(cursor, handle, start);
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix };
}

/** `%YAML 1.1` or `%TAG ! prefix`, the cursor on the `%`; takes the line to its end. */
export function scanDirective(cursor: YamlCursor): YamlDirective {
  const start = cursor.mark();
  cursor.skip();
  const name = readWord(cursor);
  if (name === '') cursor.fail('could not find expected directive name', start);
  if (!cursor.isBlankOrEnd()) {
    cursor.fail('found unexpected non-alphabetical character', start);
  }
  const directive = scanDirectiveValue(cursor, name, start);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!cursor.isBreakOrEnd()) cursor.fail('did not find expected comment or line break', start);
  cursor.readBreak();
  return directive;
}

function scanDirectiveValue(cursor: YamlCursor, name: string, start: YamlMark): YamlDirective {
  if (name === 'YAML') {
    cursor.skipBlanks();
    const major = scanVersionNumber(cursor, start);
    if (!cursor.is('.')) cursor.fail("did not find expected digit or '.' character", start);
    cursor.skip();
    return { kind: 'version', version: `${major}.${scanVersionNumber(cursor, start)}` };
  }
  if (name === 'TAG') {
    cursor.skipBlanks();
    const handle = scanHandle(cursor, true, start);
    if (!cursor.isBlank()) cursor.fail('did not find expected whitespace', start);
    cursor.skipBlanks();
    const suffix = scanUri(cursor, '', start);
    if (!cursor.isBlankOrEnd()) {
      cursor.fail('did not find expected whitespace or line break', start);
    }
    return { kind: 'tag', tag: { handle, suffix } };
  }
  return cursor.fail('found unknown directive name', start);
}

function scanVersionNumber(cursor: YamlCursor, start: YamlMark): number {
  let digits = '';
  while (cursor.isOneOf('0123456789')) {
    digits += cursor.read();
    if (digits.length > 2) cursor.fail('found extremely long version number', start);
  }
  if (digits === '') cursor.fail('did not find expected version number', start);
  return Number(digits);
}

function scanHandle(cursor: YamlCursor, directive: boolean, start: YamlMark): string {
  if (!cursor.is('!')) cursor.fail("did not find expected '!'", start);
  let handle = cursor.read() + readWord(cursor);
  if (cursor.is('!')) handle += cursor.read();
  else if (directive && handle !== '!') cursor.fail("did not find expected '!'", start);
  return handle;
}

function scanUri(cursor: YamlCursor, head: string, start: YamlMark): string {
  let uri = head.slice(1);
  let found = head !== '';
  while (cursor.isWord() || cursor.isOneOf(";/?:@&=+$,.!~*'()[]%")) {
    uri += cursor.is('%') ? scanUriEscape(cursor, start) : cursor.read();
    found = true;
  }
  if (!found) cursor.fail('did not find expected tag URI', start);
  return uri;
}

function scanUriEscape(cursor: YamlCursor, start: YamlMark): string {
  let escapes = '';
  while (cursor.is('%')) {
    escapes += cursor.read();
    for (let count = 0; count < 2; count += 1) {
      if (!cursor.isOneOf('0123456789abcdefABCDEF')) {
        cursor.fail('did not find URI escaped octet', start);
      }
      escapes += cursor.read();
    }
  }
  try {
    return decodeURIComponent(escapes);
  } catch {
    return cursor.fail('found an incorrect UTF-8 octet', start);
  }
}

function readWord(cursor: YamlCursor): string {
  let word = '';
  while (cursor.isWord()) word += cursor.read();
  return word;
}
