// Grafana's variables in queries: covered by stand-ins of the same length, so that a grammar that knows none can parse.

/** `$name`, `${name}`, `${name:format}`, `[[name]]`. */
const VARIABLE = /\$(\w+)|\$\{(\w+)(?::[^}]*)?\}|\[\[(\w+)(?::[^\]]*)?\]\]/y;

/** Names of the variables in a text, in order, each once. */
export function variablesOf(text: string): readonly string[] {
  const found = new Set<string>();
  for (let at = 0; at < text.length; at += 1) {
    const match = variableAt(text, at);
    if (match === undefined) continue;
    found.add(match.name);
    at += match.length - 1;
  }
  return [...found];
}

/**
 * The text with every variable outside of strings replaced by something of the same length that may stand there: a
 * duration in a range, a number where a number is, else a name. Offsets in the answer are offsets in the text.
 */
export function coverVariables(text: string): string {
  let covered = '';
  let quote = '';
  for (let at = 0; at < text.length;) {
    const character = text[at] ?? '';
    if (quote !== '') {
      const escaped = character === '\\' && quote !== '`';
      covered += text.slice(at, at + (escaped ? 2 : 1));
      at += escaped ? 2 : 1;
      if (!escaped && character === quote) quote = '';
      continue;
    }
    const variable = variableAt(text, at);
    if (variable === undefined) {
      if ('"\'`'.includes(character)) quote = character;
      covered += character;
      at += 1;
    } else {
      covered += standIn(covered, text.slice(at + variable.length), variable.length);
      at += variable.length;
    }
  }
  return covered;
}

function variableAt(
  text: string,
  at: number,
): { readonly name: string; readonly length: number } | undefined {
  if (text[at] !== '$' && text[at] !== '[') return undefined;
  VARIABLE.lastIndex = at;
  const match = VARIABLE.exec(text);
  if (match === null) return undefined;
  return { name: match[1] ?? match[2] ?? match[3] ?? '', length: match[0].length };
}

function standIn(before: string, after: string, length: number): string {
  if (/(?:\[|\[[^\]]*:|\b(?:offset|offset\s*-))\s*$/.test(before))
    return `${'0'.repeat(length - 2)}1m`;
  const isName =
    /[\w:]$/.test(before) ||
    /^[\w:{[(]/.test(after) ||
    // Looked for behind the last bracket that closes, so that no text takes long.
    /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*$/.test(
      before.slice(before.lastIndexOf(')') + 1),
    ) ||
    before.lastIndexOf('{') > before.lastIndexOf('}');
  return isName ? `_${'v'.repeat(length - 1)}` : `${'0'.repeat(length - 1)}1`;
}
