// Matchers as they stand in a file, read by the parser of each version: the classic one, and since 0.27 the UTF-8 one first.
import { unquoteGo } from '../../formats/go-string.ts';
import type { LabelMatcher } from '../../formats/label-matcher.ts';
import { compileAnchored } from '../../formats/regular-expression.ts';
import type { AlertmanagerTarget } from './capability.ts';
import { isSupported } from './capability.ts';

const OPERATORS = ['=~', '=', '!=', '!~'] as const;
const CLASSIC =
  /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*(.*?)[\t\n\f\r ]*$/s;

/** The label names of Prometheus before UTF-8. */
export const CLASSIC_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Whether a label may be called so in `group_by` and `equal`. */
export function isLabelName(name: string, target: AlertmanagerTarget): boolean {
  return isSupported('0.28', target) ? name !== '' : CLASSIC_LABEL_NAME.test(name);
}

/**
 * The matchers of one text: `a="b"`, `{a="b", c=~"d|e"}`.
 * @throws SyntaxError with the reason of the target
 */
export function parseMatchers(text: string, target: AlertmanagerTarget): readonly LabelMatcher[] {
  if (!isSupported('0.28', target)) return parseClassic(text);
  // Alertmanager takes the classic reading wherever both are possible and differ.
  const classic = attempt(() => parseClassic(text));
  const modern = attempt(() => parseUtf8(text));
  if (classic instanceof SyntaxError) {
    if (modern instanceof SyntaxError) throw classic;
    return modern;
  }
  return classic;
}

/** Whether the UTF-8 parser, which later versions will have alone, reads the text, and as the classic one does where that can. */
export function isFutureMatcher(text: string): boolean {
  const modern = attempt(() => parseUtf8(text));
  if (modern instanceof SyntaxError) return false;
  const classic = attempt(() => parseClassic(text));
  return classic instanceof SyntaxError || JSON.stringify(classic) === JSON.stringify(modern);
}

/** @throws SyntaxError when the pattern of a regular expression is none */
function checkedMatcher(matcher: LabelMatcher): LabelMatcher {
  if (matcher.operator === '=~' || matcher.operator === '!~') compileAnchored(matcher.value);
  return matcher;
}

function attempt<Result>(parse: () => Result): Result | SyntaxError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}

// ——— the classic parser

function parseClassic(text: string): LabelMatcher[] {
  const body = text.replace(/^\{/, '').replace(/\}$/, '');
  return splitAtCommas(body).map(parseClassicMatcher);
}

function splitAtCommas(text: string): string[] {
  const tokens: string[] = [];
  let token = '';
  let quoted = false;
  let escaped = false;
  for (const character of text) {
    if (character === ',' && !quoted) {
      tokens.push(token);
      token = '';
      continue;
    }
    if (character === '"') {
      // An escaped quote neither opens nor closes.
      if (escaped) escaped = false;
      else quoted = !quoted;
    } else if (character === '\\') {
      escaped = !escaped;
    } else {
      escaped = false;
    }
    token += character;
  }
  const last = token.trim();
  return last === '' ? tokens : [...tokens, last];
}

function parseClassicMatcher(text: string): LabelMatcher {
  const match = CLASSIC.exec(text);
  const [, name = '', operator = '', raw = ''] = match ?? [];
  if (match === null) throw new SyntaxError(`bad matcher format: ${text}`);
  const quoted = raw.startsWith('"');
  const value = unescapeClassic(quoted ? raw.slice(1) : raw, quoted);
  if (value === undefined) {
    throw new SyntaxError(`matcher value contains unescaped double quote: ${raw}`);
  }
  return checkedMatcher({ name, operator: operator as LabelMatcher['operator'], value });
}

/** Undefined when a quote is missing or stands inside. */
function unescapeClassic(raw: string, quoted: boolean): string | undefined {
  let value = '';
  for (let at = 0; at < raw.length; at += 1) {
    const character = raw.charAt(at);
    if (character === '\\' && at < raw.length - 1) {
      at += 1;
      const next = raw.charAt(at);
      value += next === 'n' ? '\n' : next === '"' || next === '\\' ? next : `\\${next}`;
    } else if (character === '"') {
      return quoted && at === raw.length - 1 ? value : undefined;
    } else {
      value += character;
    }
  }
  return quoted ? undefined : value;
}

// ——— the UTF-8 parser

interface Token {
  readonly kind: '{' | '}' | ',' | 'operator' | 'text' | 'end';
  readonly text: string;
}

function parseUtf8(text: string): LabelMatcher[] {
  const tokens = tokenize(text);
  const matchers: LabelMatcher[] = [];
  let at = 0;
  const next = (): Token => tokens[at] ?? { kind: 'end', text: '' };
  const expect = (kind: Token['kind'], wanted: string): string => {
    const token = next();
    if (token.kind !== kind) throw new SyntaxError(`${text}: expected ${wanted}`);
    at += 1;
    return token.text;
  };
  const open = next().kind === '{';
  if (open) at += 1;
  while (next().kind !== '}' && next().kind !== 'end') {
    const name = expect('text', 'a label name');
    const operator = expect('operator', "an operator such as '=', '!=', '=~' or '!~'");
    const value = expect('text', 'a label value');
    matchers.push(checkedMatcher({ name, operator: operator as LabelMatcher['operator'], value }));
    if (next().kind !== '}' && next().kind !== 'end') expect(',', 'a comma or a closing brace');
  }
  if (open) expect('}', 'a closing brace');
  expect('end', 'the end of the matchers');
  return matchers;
}

const RESERVED = /[\s\u0085{}!=~,\\"'`]/u;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at);
    const operator = OPERATORS.find((each) => text.startsWith(each, at));
    if (character === '{' || character === '}' || character === ',') {
      tokens.push({ kind: character, text: character });
      at += 1;
    } else if (operator !== undefined) {
      tokens.push({ kind: 'operator', text: operator });
      at += operator.length;
    } else if (character === '"') {
      const end = endOfQuoted(text, at);
      tokens.push({ kind: 'text', text: unquoteGo(text.slice(at + 1, end - 1)) });
      at = end;
    } else if (!isReserved(character)) {
      const begin = at;
      while (at < text.length && !isReserved(text.charAt(at))) at += 1;
      tokens.push({ kind: 'text', text: text.slice(begin, at) });
    } else if (/[\s\u0085]/u.test(character)) {
      at += 1;
    } else {
      throw new SyntaxError(`${text}: ${character} needs double quotes around it`);
    }
  }
  return tokens;
}

function isReserved(character: string): boolean {
  return RESERVED.test(character) && character !== '\uFEFF';
}

function endOfQuoted(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === '"') return at + 1;
  }
  throw new SyntaxError(`${text}: missing end "`);
}
