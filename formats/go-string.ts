// What Go's double quotes hold, by the rules of `strconv.Unquote`.

const PIECE =
  /\\(?:([abfnrtv\\"])|x([\da-fA-F]{2})|([0-3][0-7]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))|([^\\\n"]+)/gy;
const SIMPLE = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34 } as const;

/** The text between two double quotes. @throws SyntaxError on an escape that is none, or bytes that are no UTF-8 */
export function unquoteGo(body: string): string {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < body.length) {
    const match = PIECE.exec(body);
    if (match === null) throw new SyntaxError(`"${body}": invalid escape or line end in quotes`);
    const [, simple, hex, octal, short, long, plain] = match;
    const code = short ?? long;
    if (plain !== undefined) {
      for (const byte of encoder.encode(plain)) bytes.push(byte);
    } else if (simple !== undefined) {
      bytes.push(SIMPLE[simple as keyof typeof SIMPLE]);
    } else if (code === undefined) {
      bytes.push(hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16));
    } else {
      for (const byte of encoder.encode(character(Number.parseInt(code, 16), body)))
        bytes.push(byte);
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(bytes),
    );
  } catch {
    throw new SyntaxError(`"${body}": the quoted text is no valid UTF-8`);
  }
}

function character(code: number, body: string): string {
  if (code > 0x10_ff_ff || (code >= 0xd8_00 && code <= 0xdf_ff)) {
    throw new SyntaxError(`"${body}": no such character`);
  }
  return String.fromCodePoint(code);
}
