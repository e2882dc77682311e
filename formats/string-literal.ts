// String literals as PromQL and LogQL have them: Go's escapes in double quotes, nothing escaped in backticks.

const ESCAPE =
  /\\(?:([abfnrtv\\'"])|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3}))/gy;
const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The text that a literal stands for; undefined when a quote is not closed or an escape is none. */
export function parseStringLiteral(literal: string): string | undefined {
  const quote = literal[0];
  if (literal.length < 2 || quote === undefined || literal.at(-1) !== quote) return undefined;
  const body = literal.slice(1, -1);
  if (quote === '`') return body;
  if (quote !== '"' && quote !== "'") return undefined;
  if (!body.includes('\\')) return body.includes(quote) ? undefined : body;
  let text = '';
  for (let at = 0; at < body.length;) {
    const character = body[at] ?? '';
    if (character !== '\\') {
      if (character === quote) return undefined;
      text += character;
      at += 1;
      continue;
    }
    ESCAPE.lastIndex = at;
    const match = ESCAPE.exec(body);
    const piece = match === null ? undefined : unescape(match);
    if (match === null || piece === undefined) return undefined;
    text += piece;
    at += match[0].length;
  }
  return text;
}

function unescape([, simple, byte, short, long, octal]: readonly (string | undefined)[]):
  string | undefined {
  if (simple !== undefined) return SIMPLE[simple];
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  const code = Number.parseInt(byte ?? short ?? long ?? '', 16);
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined;
}

/** Text as a literal in double quotes. Whatever YAML 1.1 takes for the end of a line or does not take at all is escaped. */
export function formatStringLiteral(text: string): string {
  return JSON.stringify(text).replace(
    // oxlint-disable-next-line no-control-regex
    /[\u007F-\u009F\u2028\u2029\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
