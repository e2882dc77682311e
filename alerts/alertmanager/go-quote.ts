// Text in double quotes exactly as Go's strconv.Quote writes it, which is how label values stand in a group key.

const NAMED: Readonly<Record<string, string>> = {
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
  '"': String.raw`\"`,
  '\\': String.raw`\\`,
};

/** What needs no look at the single character: the printable part of ASCII but for quote and backslash. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Go's notion of printable: letters, marks, numbers, punctuation, symbols, and of spaces only U+0020. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** The text quoted; what is no valid Unicode becomes U+FFFD, as it does on its way into Alertmanager. */
export function goQuote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return `"${Array.from(text.toWellFormed(), quoteCharacter).join('')}"`;
}

function quoteCharacter(character: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${hexadecimal(code, 2)}`;
  return code < 0x1_0000 ? `\\u${hexadecimal(code, 4)}` : `\\U${hexadecimal(code, 8)}`;
}

const hexadecimal = (code: number, digits: number): string =>
  code.toString(16).padStart(digits, '0');
