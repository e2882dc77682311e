// RE2 patterns of label matchers as JavaScript ones that accept exactly the same texts, or a refusal.

/** A pattern whose meaning here would differ from Prometheus' own. */
export class PatternError extends Error {
  constructor(pattern: string, reason: string) {
    super(
      `the pattern ${JSON.stringify(pattern)} cannot be matched here as Prometheus does: ${reason}`,
    );
    this.name = 'PatternError';
  }
}

/** RE2's \s; JavaScript's has many more characters. */
const SPACE = '\\t\\n\\f\\r ';

/** Escapes that mean the same in both. */
const SHARED = 'dDwWbBnrtfv';

/** Characters that only a backslash makes literal in a `u` pattern of JavaScript. */
const SYNTAX = '^$\\.*+?()[]{}|/';

/**
 * The whole-text pattern of an RE2 one, as label matchers use it: anchored at both ends, `.` takes line ends too.
 * Letters are Unicode code points in both. Refused are look-arounds, back references and what RE2 has alone.
 * @throws PatternError
 */
export function translatePattern(pattern: string): RegExp {
  const refuse = (reason: string): never => {
    throw new PatternError(pattern, reason);
  };
  const inline = /^\(\?([is]+)\)/.exec(pattern);
  const flags = inline?.[1] ?? '';
  let out = '';
  for (let at = inline?.[0].length ?? 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === '\\') {
      at += 1;
      out += escape(pattern[at], false, refuse);
    } else if (character === '[') {
      const end = readClass(pattern, at, refuse);
      out += end.text;
      at = end.last;
    } else if (character === '(' && pattern[at + 1] === '?') {
      const group = /^\(\?(?::|P?<([A-Za-z_]\w*)>)/.exec(pattern.slice(at));
      if (group === null)
        return refuse(`group ${pattern.slice(at, at + 4)}… is not one that both know`);
      out += group[1] === undefined ? '(?:' : '(';
      at += group[0].length - 1;
    } else if (character === '{') {
      const repeat = /^\{\d+(?:,\d*)?\}/.exec(pattern.slice(at))?.[0];
      out += repeat ?? '\\{';
      at += (repeat?.length ?? 1) - 1;
    } else if (character === '}' || character === ']') out += `\\${character}`;
    else out += character;
  }
  try {
    return new RegExp(`^(?:${out})$`, `su${flags.includes('i') ? 'i' : ''}`);
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : String(cause));
  }
}

type Refuse = (reason: string) => never;

function escape(character: string | undefined, inClass: boolean, refuse: Refuse): string {
  if (character === undefined) return refuse('it ends in a backslash');
  if (character === 's') return inClass ? SPACE : `[${SPACE}]`;
  if (character === 'S') return inClass ? refuse('\\S inside brackets') : `[^${SPACE}]`;
  if (character === 'a') return '\\x07';
  if (inClass && 'bB'.includes(character)) return refuse(`\\${character} inside brackets`);
  if (SHARED.includes(character)) return `\\${character}`;
  if (/[A-Za-z0-9]/.test(character))
    return refuse(`\\${character} is not an escape that both know`);
  if (SYNTAX.includes(character) || (inClass && character === '-')) return `\\${character}`;
  return character;
}

/** The class that begins at `at`, with its last position. */
function readClass(
  pattern: string,
  at: number,
  refuse: Refuse,
): { readonly text: string; readonly last: number } {
  let text = '[';
  let i = at + 1;
  if (pattern[i] === '^') {
    text += '^';
    i += 1;
  }
  // A closing bracket that comes first is literal in RE2 and ends the class in JavaScript.
  for (let first = true; first || pattern[i] !== ']'; first = false, i += 1) {
    const character = pattern[i];
    if (character === undefined) return refuse('a bracket is not closed');
    if (character === '\\') {
      i += 1;
      text += escape(pattern[i], true, refuse);
    } else if (character === '[') {
      if (pattern[i + 1] === ':')
        return refuse('classes such as [[:alpha:]]: write the letters out');
      text += '\\[';
    } else text += character === ']' ? '\\]' : character;
  }
  return { text: `${text}]`, last: i };
}
