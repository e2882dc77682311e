// Numbers and characters as Go writes them in a template: which texts are constants.

const CHARACTER =
  /^'(?:[^\\'\n]|\\(?:[abfnrtv\\']|x[\da-fA-F]{2}|[0-3][0-7]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))'$/u;
const INTEGER =
  /^[+-]?(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEX_FLOAT = /^[+-]?0[xX][\da-fA-F_]*\.?[\da-fA-F_]*[pP][+-]?\d+$/;

/** Whether it is one character between single quotes, with the escapes of Go. */
export function isGoCharacter(text: string): boolean {
  return CHARACTER.test(text);
}

/** Whether it is a number that fits: an integer of 64 bits, a finite fraction, either of them imaginary. */
export function isGoNumber(text: string): boolean {
  if (text.endsWith('i')) {
    const imaginary = text.slice(0, -1);
    return (
      (FLOAT.test(imaginary) && Number.isFinite(Number(imaginary))) || HEX_FLOAT.test(imaginary)
    );
  }
  if (INTEGER.test(text)) {
    const digits = text
      .replaceAll('_', '')
      .replace(/^[+-]/, '')
      .replace(/^0(?=\d)/, '0o');
    const limit = text.startsWith('-') ? 2n ** 63n : 2n ** 64n - 1n;
    return BigInt(digits) <= limit;
  }
  if (FLOAT.test(text)) return /[.eE]/.test(text) && Number.isFinite(Number(text));
  return HEX_FLOAT.test(text);
}
