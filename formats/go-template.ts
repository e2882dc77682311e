// Go templates read as text/template reads them: what it would refuse, which templates are defined and which are called.
import { unquoteGo } from './go-string.ts';
import { tokenizeGoTemplate } from './go-template-tokens.ts';
import type { GoTemplateToken } from './go-template-tokens.ts';

export interface GoTemplateProblem {
  readonly message: string;
  /** In the template's text, from 1. */
  readonly line: number;
}

export interface GoTemplateCall {
  readonly name: string;
  readonly line: number;
}

export interface GoTemplate {
  readonly problem: GoTemplateProblem | undefined;
  /** Names of `define` and `block`, as far as the text could be read. */
  readonly defines: readonly string[];
  readonly calls: readonly GoTemplateCall[];
}

/** The functions that every Go template has. */
const BUILTINS =
  'and call html index slice js len not or print printf println urlquery eq ge gt le lt ne'.split(
    ' ',
  );
/** Go allows more; nobody writes so many, and our stack is smaller. */
const DEPTH = 500;

/** @param functions what the program adds to Go's own functions */
export function parseGoTemplate(text: string, functions: readonly string[]): GoTemplate {
  return new Parser(text, new Set([...BUILTINS, ...functions])).run();
}

/** Why the text is no template; undefined when it is one. */
export function templateProblem(
  text: string,
  functions: readonly string[],
): GoTemplateProblem | undefined {
  return parseGoTemplate(text, functions).problem;
}

class TemplateError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** How a list of nodes ended, and whether anything but blanks stood in it. */
interface ListEnd {
  readonly keyword: 'end' | 'else' | 'end-of-text';
  readonly isEmpty: boolean;
}

const TERMS: ReadonlySet<string> = new Set([
  'boolean',
  'character',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw-string',
  'string',
  'variable',
  'left-parenthesis',
]);
/** Terms that cannot stand behind a pipe, and have no fields. */
const CONSTANTS: ReadonlySet<string> = new Set([
  'boolean',
  'character',
  'complex',
  'dot',
  'number',
  'nil',
  'raw-string',
  'string',
]);

class Parser {
  readonly #tokens: readonly GoTemplateToken[];
  readonly #functions: ReadonlySet<string>;
  readonly #defined = new Map<string, boolean>();
  readonly #calls: GoTemplateCall[] = [];
  #at = 0;
  #variables: string[] = ['$'];
  #rangeDepth = 0;
  #depth = 0;

  constructor(text: string, functions: ReadonlySet<string>) {
    this.#tokens = tokenizeGoTemplate(text);
    this.#functions = functions;
  }

  run(): GoTemplate {
    let problem: GoTemplateProblem | undefined;
    try {
      this.#top();
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problem = { message: error.message, line: error.line };
    }
    return { problem, defines: [...this.#defined.keys()], calls: this.#calls };
  }

  // ——— tokens

  #peek(): GoTemplateToken {
    return (
      this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? {
        kind: 'end',
        text: '',
        line: 1,
      }
    );
  }

  #next(): GoTemplateToken {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #peekPastSpace(): GoTemplateToken {
    while (this.#peek().kind === 'space') this.#at += 1;
    return this.#peek();
  }

  #nextPastSpace(): GoTemplateToken {
    this.#peekPastSpace();
    return this.#next();
  }

  #fail(message: string, token = this.#peek()): never {
    throw new TemplateError(message, token.line);
  }

  #unexpected(token: GoTemplateToken, context: string): never {
    if (token.kind === 'error') return this.#fail(token.text, token);
    const shown = token.kind === 'end' ? 'EOF' : `"${token.text.slice(0, 20)}"`;
    return this.#fail(`unexpected ${shown} in ${context}`, token);
  }

  #isKeyword(token: GoTemplateToken, word: string): boolean {
    return token.kind === 'keyword' && token.text === word;
  }

  #expectRight(context: string): void {
    const token = this.#nextPastSpace();
    if (token.kind !== 'right-delimiter') this.#unexpected(token, context);
  }

  // ——— lists and actions

  #top(): void {
    while (this.#peek().kind !== 'end') {
      if (this.#peek().kind === 'left-delimiter') {
        const back = this.#at;
        this.#next();
        if (this.#isKeyword(this.#nextPastSpace(), 'define')) {
          this.#definition();
          continue;
        }
        this.#at = back;
      }
      const end = this.#textOrAction();
      if (end !== 'node' && end !== 'blank') this.#fail(`unexpected {{${end}}}`);
    }
  }

  #definition(): void {
    const name = this.#templateName('define clause');
    this.#expectRight('define clause');
    const isEmpty = this.#ownScope(() => {
      const end = this.#list();
      if (end.keyword !== 'end') this.#fail(`unexpected {{${end.keyword}}} in define clause`);
      return end.isEmpty;
    });
    this.#define(name, isEmpty);
  }

  #define(name: string, isEmpty: boolean): void {
    if (this.#defined.get(name) === false && !isEmpty) {
      this.#fail(`multiple definition of template "${name}"`);
    }
    if (this.#defined.get(name) !== false) this.#defined.set(name, isEmpty);
  }

  /** A definition knows no variable of the text around it. */
  #ownScope<Result>(parse: () => Result): Result {
    const kept = { variables: this.#variables, rangeDepth: this.#rangeDepth };
    this.#variables = ['$'];
    this.#rangeDepth = 0;
    const result = parse();
    this.#variables = kept.variables;
    this.#rangeDepth = kept.rangeDepth;
    return result;
  }

  #list(): ListEnd {
    let isEmpty = true;
    this.#deeper();
    while (this.#peekPastSpace().kind !== 'end') {
      const end = this.#textOrAction();
      if (end === 'end' || end === 'else') {
        this.#depth -= 1;
        return { keyword: end, isEmpty };
      }
      if (end === 'node') isEmpty = false;
    }
    return this.#fail('unexpected EOF');
  }

  #deeper(): void {
    this.#depth += 1;
    if (this.#depth > DEPTH) this.#fail('max expression depth exceeded');
  }

  #textOrAction(): 'node' | 'blank' | 'end' | 'else' {
    const token = this.#nextPastSpace();
    if (token.kind === 'text') return token.text.trim() === '' ? 'blank' : 'node';
    if (token.kind !== 'left-delimiter') return this.#unexpected(token, 'input');
    const first = this.#peekPastSpace();
    if (first.kind === 'keyword' && first.text !== 'define') {
      this.#next();
      return this.#keyword(first);
    }
    this.#pipeline('command', 'right-delimiter');
    return 'node';
  }

  #keyword(token: GoTemplateToken): 'node' | 'end' | 'else' {
    switch (token.text) {
      case 'end':
        this.#expectRight('end');
        return 'end';
      case 'else':
        // `{{else if}}` goes on where the if begins.
        if (!this.#isElseWithControl()) this.#expectRight('else');
        return 'else';
      case 'block':
        this.#block();
        return 'node';
      case 'template':
        this.#call();
        return 'node';
      case 'break':
      case 'continue':
        this.#expectRight(`{{${token.text}}}`);
        if (this.#rangeDepth === 0) this.#fail(`{{${token.text}}} outside {{range}}`, token);
        return 'node';
      default:
        this.#control(token.text);
        return 'node';
    }
  }

  #isElseWithControl(): boolean {
    const token = this.#peekPastSpace();
    return this.#isKeyword(token, 'if') || this.#isKeyword(token, 'with');
  }

  #control(context: string): void {
    const variables = this.#variables.length;
    this.#pipeline(context, 'right-delimiter');
    if (context === 'range') this.#rangeDepth += 1;
    const end = this.#list();
    if (context === 'range') this.#rangeDepth -= 1;
    if (end.keyword === 'else') {
      const next = this.#peek();
      if ((context === 'if' || context === 'with') && this.#isKeyword(next, context)) {
        this.#next();
        this.#deeper();
        this.#control(context);
        this.#depth -= 1;
      } else {
        const last = this.#list();
        if (last.keyword !== 'end') this.#fail(`expected end; found {{${last.keyword}}}`);
      }
    }
    this.#variables.length = variables;
  }

  #block(): void {
    const name = this.#templateName('block clause');
    this.#pipeline('block clause', 'right-delimiter');
    const isEmpty = this.#ownScope(() => {
      const end = this.#list();
      if (end.keyword !== 'end') this.#fail(`unexpected {{${end.keyword}}} in block clause`);
      return end.isEmpty;
    });
    this.#define(name, isEmpty);
  }

  #call(): void {
    const line = this.#peek().line;
    const name = this.#templateName('template clause');
    this.#calls.push({ name, line });
    if (this.#peekPastSpace().kind === 'right-delimiter') this.#next();
    else this.#pipeline('template clause', 'right-delimiter');
  }

  #templateName(context: string): string {
    const token = this.#nextPastSpace();
    if (token.kind !== 'string' && token.kind !== 'raw-string') this.#unexpected(token, context);
    return this.#stringValue(token);
  }

  #stringValue(token: GoTemplateToken): string {
    const body = token.text.slice(1, -1);
    if (token.kind === 'raw-string') return body.replaceAll('\r', '');
    try {
      return unquoteGo(body);
    } catch (error) {
      // Bytes that are no UTF-8 are no fault in a template, and nothing that could be a name.
      if (error instanceof SyntaxError && !error.message.includes('UTF-8'))
        this.#fail('invalid syntax', token);
      return body;
    }
  }

  // ——— pipelines

  #pipeline(context: string, end: 'right-delimiter' | 'right-parenthesis'): void {
    this.#declarations(context);
    let stages = 0;
    for (;;) {
      const token = this.#peekPastSpace();
      if (token.kind === end) {
        this.#next();
        if (stages === 0) this.#fail(`missing value for ${context}`, token);
        return;
      }
      if (!TERMS.has(token.kind)) this.#unexpected(token, context);
      stages += 1;
      this.#command(stages);
    }
  }

  #declarations(context: string): void {
    for (let count = 0; this.#peekPastSpace().kind === 'variable';) {
      const back = this.#at;
      const variable = this.#next();
      const next = this.#peekPastSpace();
      if (next.kind === 'assign' || next.kind === 'declare') {
        this.#next();
        this.#variables.push(variable.text);
        return;
      }
      if (next.kind !== 'comma') {
        this.#at = back;
        return;
      }
      this.#next();
      this.#variables.push(variable.text);
      count += 1;
      if (context !== 'range' || count > 1) this.#fail(`too many declarations in ${context}`, next);
      const after = this.#peekPastSpace();
      if (!['variable', 'right-delimiter', 'right-parenthesis'].includes(after.kind)) {
        this.#fail('range can only initialize variables', after);
      }
    }
  }

  #command(stage: number): void {
    let operands = 0;
    for (;;) {
      const first = this.#peekPastSpace();
      if (TERMS.has(first.kind)) {
        this.#operand();
        operands += 1;
        if (operands === 1 && stage > 1 && CONSTANTS.has(first.kind)) {
          this.#fail(`non executable command in pipeline stage ${stage}`, first);
        }
      }
      const token = this.#next();
      if (token.kind === 'space') continue;
      if (token.kind === 'right-delimiter' || token.kind === 'right-parenthesis') this.#at -= 1;
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    if (operands === 0) this.#fail('empty command');
  }

  #operand(): void {
    const token = this.#nextPastSpace();
    this.#term(token);
    if (this.#peek().kind !== 'field') return;
    if (CONSTANTS.has(token.kind)) this.#fail(`unexpected . after term "${token.text}"`, token);
    while (this.#peek().kind === 'field') this.#next();
  }

  #term(token: GoTemplateToken): void {
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.has(token.text))
          this.#fail(`function "${token.text}" not defined`, token);
        return;
      case 'variable':
        if (!this.#variables.includes(token.text)) {
          this.#fail(`undefined variable "${token.text}"`, token);
        }
        return;
      case 'string':
        this.#stringValue(token);
        return;
      case 'character':
        if (!CHARACTER.test(token.text)) this.#fail('malformed character constant', token);
        return;
      case 'number':
        if (!isNumber(token.text)) this.#fail(`illegal number syntax: "${token.text}"`, token);
        return;
      case 'left-parenthesis':
        this.#deeper();
        this.#pipeline('parenthesized pipeline', 'right-parenthesis');
        this.#depth -= 1;
        return;
      default:
    }
  }
}

const CHARACTER =
  /^'(?:[^\\'\n]|\\(?:[abfnrtv\\']|x[\da-fA-F]{2}|[0-3][0-7]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))'$/u;
const INTEGER =
  /^[+-]?(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEX_FLOAT = /^[+-]?0[xX][\da-fA-F_]*\.?[\da-fA-F_]*[pP][+-]?\d+$/;

function isNumber(text: string): boolean {
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
