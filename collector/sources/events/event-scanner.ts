// Reading only the wanted fields of a JSON event from its bytes: no object, no text for all the others.
//
// It accepts nothing that JSON.parse would refuse, and gives the same values; whatever is unusual (escaped keys, broken
// bytes) it leaves to JSON.parse itself. So the only question is speed, and a property test asks the other one.
import type { JsonObject } from './event-field.ts';
import { asEvent, LARGEST_EVENT, type EventDecoder } from './json-event.ts';

interface WantedKey {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A decoder whose events hold, of all top-level keys, only those that the fields need: for `http.status` the key of
 * that very name and the whole value of `http`.
 */
export function createEventScanner(
  fields: readonly string[],
  largest: number = LARGEST_EVENT,
): EventDecoder {
  const names = [...new Set(fields.flatMap((field) => [field, field.split('.')[0] ?? field]))];
  const wanted: WantedKey[][] = [];
  for (const name of names) {
    const bytes = Buffer.from(name);
    (wanted[bytes.length] ??= []).push({ name, bytes });
  }
  // Assigning it to an object would change its prototype instead of making a key.
  const plain = !names.includes('__proto__');
  return (bytes, from, to) => {
    if (to - from > largest) return 'too-large';
    if (to === from) return 'empty';
    const event = plain ? scanObject(bytes, from, to, wanted) : undefined;
    return event ?? parseWhole(bytes, from, to);
  };
}

function parseWhole(bytes: Buffer, from: number, to: number): ReturnType<EventDecoder> {
  try {
    return asEvent(JSON.parse(bytes.toString('utf8', from, to)));
  } catch {
    return 'not-json';
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** By byte: 1 where a text goes on, 0 at quotes, backslashes and control characters. */
const IN_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 0 : 1,
);
/** The same for ASCII only. */
const IN_PLAIN_TEXT = IN_TEXT.map((goes, byte) => (byte < 0x80 ? goes : 0));

/** Undefined when the bytes are not certainly a plain JSON object. */
function scanObject(
  bytes: Buffer,
  from: number,
  to: number,
  wanted: readonly (readonly WantedKey[] | undefined)[],
): JsonObject | undefined {
  const event: Record<string, unknown> = {};
  let at = skipSpace(bytes, from, to);
  if (bytes[at] !== OPEN) return undefined;
  at = skipSpace(bytes, at + 1, to);
  if (at < to && bytes[at] === CLOSE)
    return skipSpace(bytes, at + 1, to) === to ? event : undefined;
  for (;;) {
    if (at >= to || bytes[at] !== QUOTE) return undefined;
    const key = at + 1;
    const keyEnd = plainTextEnd(bytes, key, to);
    if (keyEnd < 0) return undefined;
    at = skipSpace(bytes, keyEnd + 1, to);
    if (at >= to || bytes[at] !== COLON) return undefined;
    at = skipSpace(bytes, at + 1, to);
    const end = valueEnd(bytes, at, to);
    if (end < 0) return undefined;
    const candidates = wanted[keyEnd - key];
    if (candidates !== undefined) {
      const name = match(bytes, key, candidates);
      if (name !== undefined) event[name] = readValue(bytes, at, end);
    }
    at = skipSpace(bytes, end, to);
    if (at >= to) return undefined;
    const next = bytes[at];
    at = skipSpace(bytes, at + 1, to);
    if (next === COMMA) continue;
    return next === CLOSE && at === to ? event : undefined;
  }
}

function match(bytes: Buffer, at: number, candidates: readonly WantedKey[]): string | undefined {
  for (const { name, bytes: key } of candidates) {
    let index = 0;
    while (index < key.length && bytes[at + index] === key[index]) index += 1;
    if (index === key.length) return name;
  }
  return undefined;
}

function skipSpace(bytes: Buffer, at: number, to: number): number {
  while (at < to) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at += 1;
  }
  return at;
}

/** The closing quote of a text without escapes, in ASCII; -1 when it is anything else. */
function plainTextEnd(bytes: Buffer, at: number, to: number): number {
  while (at < to && IN_PLAIN_TEXT[bytes[at] as number] === 1) at += 1;
  return at < to && bytes[at] === QUOTE ? at : -1;
}

/** The end of the value that begins at `at`; -1 when it is not certainly a valid one. */
function valueEnd(bytes: Buffer, at: number, to: number): number {
  if (at >= to) return -1;
  const byte = bytes[at] ?? 0;
  if (byte === QUOTE) return textEnd(bytes, at + 1, to);
  if (byte === MINUS || (byte >= ZERO && byte <= 0x39)) return numberEnd(bytes, at, to);
  if (byte === OPEN || byte === OPEN_LIST) return nestedEnd(bytes, at, to);
  if (byte === 0x74) return isWord(bytes, at, to, TRUE) ? at + 4 : -1;
  if (byte === 0x66) return isWord(bytes, at, to, FALSE) ? at + 5 : -1;
  if (byte === 0x6e) return isWord(bytes, at, to, NULL) ? at + 4 : -1;
  return -1;
}

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

function isWord(bytes: Buffer, at: number, to: number, word: Uint8Array): boolean {
  if (at + word.length > to) return false;
  for (let index = 1; index < word.length; index += 1)
    if (bytes[at + index] !== word[index]) return false;
  return true;
}

/** Behind the closing quote; escapes are checked, other bytes may be anything but control characters. */
function textEnd(bytes: Buffer, at: number, to: number): number {
  for (;;) {
    while (at < to && IN_TEXT[bytes[at] as number] === 1) at += 1;
    if (at >= to) return -1;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH || at + 1 >= to) return -1;
    const escaped = bytes[at + 1] as number;
    at += 2;
    if (escaped === 0x75) {
      if (at + 4 > to) return -1;
      for (let digit = 0; digit < 4; digit += 1) if (!isHex(bytes[at + digit] ?? 0)) return -1;
      at += 4;
    } else if (!ESCAPED.includes(escaped)) return -1;
  }
}

/** The characters after a backslash, but for `u`. */
const ESCAPED = Buffer.from('"\\/bfnrt');

function isHex(byte: number): boolean {
  return (
    (byte >= ZERO && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x46) ||
    (byte >= 0x61 && byte <= 0x66)
  );
}

function numberEnd(bytes: Buffer, at: number, to: number): number {
  if (bytes[at] === MINUS) at += 1;
  const first = at;
  at = digitsEnd(bytes, at, to);
  if (at === first || (bytes[first] === ZERO && at > first + 1)) return -1;
  if (at < to && bytes[at] === DOT) {
    const fraction = at + 1;
    at = digitsEnd(bytes, fraction, to);
    if (at === fraction) return -1;
  }
  if (at < to && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    at += 1;
    if (at < to && (bytes[at] === 0x2b || bytes[at] === MINUS)) at += 1;
    const exponent = at;
    at = digitsEnd(bytes, exponent, to);
    if (at === exponent) return -1;
  }
  return at;
}

function digitsEnd(bytes: Buffer, at: number, to: number): number {
  while (at < to) {
    const byte = bytes[at] ?? 0;
    if (byte < ZERO || byte > 0x39) break;
    at += 1;
  }
  return at;
}

/** Where brackets balance; JSON.parse says whether what is inside is valid. */
function nestedEnd(bytes: Buffer, start: number, to: number): number {
  let depth = 0;
  for (let at = start; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = textEnd(bytes, at + 1, to);
      if (end < 0) return -1;
      at = end - 1;
    } else if (byte === OPEN || byte === OPEN_LIST) depth += 1;
    else if ((byte === CLOSE || byte === CLOSE_LIST) && (depth -= 1) === 0)
      return isJson(bytes, start, at + 1) ? at + 1 : -1;
  }
  return -1;
}

function isJson(bytes: Buffer, from: number, to: number): boolean {
  try {
    JSON.parse(bytes.toString('utf8', from, to));
    return true;
  } catch {
    return false;
  }
}

/** The value in bytes that `valueEnd` has found valid. */
function readValue(bytes: Buffer, from: number, to: number): unknown {
  const byte = bytes[from];
  if (byte === QUOTE) {
    const end = plainTextEnd(bytes, from + 1, to);
    if (end === to - 1) return bytes.toString('latin1', from + 1, end);
  }
  if (byte !== undefined && byte >= ZERO && byte <= 0x39 && to - from <= 15) {
    let value = 0;
    let at = from;
    for (; at < to; at += 1) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === to) return value;
  }
  return JSON.parse(bytes.toString('utf8', from, to));
}
