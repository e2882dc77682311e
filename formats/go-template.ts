// Go templates read as text/template reads them: what it would refuse, which templates are defined and which are called.
import { isGoCharacter, isGoNumber } from './go-constant.ts';
import { unquoteGo } from './go-string.ts';
import { GoTemplateCursor, GoTemplateError, isKeyword } from './go-template-cursor.ts';
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
  readonly #cursor: GoTemplateCursor;
  readonly #functions: ReadonlySet<string>;
  readonly #defined = new Map<string, boolean>();
  readonly #calls: GoTemplateCall[] = [];
  #variables: string[] = ['$'];
  #rangeDepth = 0;
  #depth = 0;

  constructor(text: string, functions: ReadonlySet<string>) {
    this.#cursor = new GoTemplateCursor(text);
    this.#functions = functions;
  }

  run(): GoTemplate {
    let problem: GoTemplateProblem | undefined;
    try {
      this.#top();
    } catch (error) {
      if (!(error instanceof GoTemplateError)) throw error;
      problem = { message: error.message, line: error.line };
    }
    return { problem, defines: [...this.#defined.keys()], calls: this.#calls };
  }

  // ——— lists and actions

  #top(): void {
    while (this.#cursor.peek().kind !== 'end') {
      if (this.#cursor.peek().kind === 'left-delimiter') {
        const back = this.#cursor.position;
        this.#cursor.next();
        if (isKeyword(this.#cursor.nextPastSpace(), 'define')) {
          this.#definition();
          continue;
        }
        this.#cursor.position = back;
      }
      const end = this.#textOrAction();
      if (end !== 'node' && end !== 'blank') this.#cursor.fail(`unexpected {{${end}}}`);
    }
  }

  #definition(): void {
    const name = this.#templateName('define clause');
    this.#cursor.expectRight('define clause');
    const isEmpty = this.#ownScope(() => {
      const end = this.#list();
      if (end.keyword !== 'end')
        this.#cursor.fail(`unexpected {{${end.keyword}}} in define clause`);
      return end.isEmpty;
    });
    this.#define(name, isEmpty);
  }

  #define(name: string, isEmpty: boolean): void {
    if (this.#defined.get(name) === false && !isEmpty) {
      this.#cursor.fail(`multiple definition of template "${name}"`);
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
    while (this.#cursor.peekPastSpace().kind !== 'end') {
      const end = this.#textOrAction();
      if (end === 'end' || end === 'else') {
        this.#depth -= 1;
        return { keyword: end, isEmpty };
      }
      if (end === 'node') isEmpty = false;
    }
    return this.#cursor.fail('unexpected EOF');
  }

  #deeper(): void {
    this.#depth += 1;
    if (this.#depth > DEPTH) this.#cursor.fail('max expression depth exceeded');
  }

  #textOrAction(): 'node' | 'blank' | 'end' | 'else' {
    const token = this.#cursor.nextPastSpace();
    if (token.kind === 'text') return token.text.trim() === '' ? 'blank' : 'node';
    if (token.kind !== 'left-delimiter') return this.#cursor.unexpected(token, 'input');
    const first = this.#cursor.peekPastSpace();
    if (first.kind === 'keyword' && first.text !== 'define') {
      this.#cursor.next();
      return this.#keyword(first);
    }
    this.#pipeline('command', 'right-delimiter');
    return 'node';
  }

  #keyword(token: GoTemplateToken): 'node' | 'end' | 'else' {
    switch (token.text) {
      case 'end':
        this.#cursor.expectRight('end');
        return 'end';
      case 'else':
        // `{{else if}}` goes on where the if begins.
        if (!this.#isElseWithControl()) this.#cursor.expectRight('else');
        return 'else';
      case 'block':
        this.#block();
        return 'node';
      case 'template':
        this.#call();
        return 'node';
      case 'break':
      case 'continue':
        this.#cursor.expectRight(`{{${token.text}}}`);
        if (this.#rangeDepth === 0) this.#cursor.fail(`{{${token.text}}} outside {{range}}`, token);
        return 'node';
      default:
        this.#control(token.text);
        return 'node';
    }
  }

  #isElseWithControl(): boolean {
    const token = this.#cursor.peekPastSpace();
    return isKeyword(token, 'if') || isKeyword(token, 'with');
  }

  #control(context: string): void {
    const variables = this.#variables.length;
    this.#pipeline(context, 'right-delimiter');
    if (context === 'range') this.#rangeDepth += 1;
    const end = this.#list();
    if (context === 'range') this.#rangeDepth -= 1;
    if (end.keyword === 'else') {
      const next = this.#cursor.peek();
      if ((context === 'if' || context === 'with') && isKeyword(next, context)) {
        this.#cursor.next();
        this.#deeper();
        this.#control(context);
        this.#depth -= 1;
      } else {
        const last = this.#list();
        if (last.keyword !== 'end') this.#cursor.fail(`expected end; found {{${last.keyword}}}`);
      }
    }
    this.#variables.length = variables;
  }

  #block(): void {
    const name = this.#templateName('block clause');
    this.#pipeline('block clause', 'right-delimiter');
    const isEmpty = this.#ownScope(() => {
      const end = this.#list();
      if (end.keyword !== 'end') this.#cursor.fail(`unexpected {{${end.keyword}}} in block clause`);
      return end.isEmpty;
    });
    this.#define(name, isEmpty);
  }

  #call(): void {
    const line = this.#cursor.peek().line;
    const name = this.#templateName('template clause');
    this.#calls.push({ name, line });
    if (this.#cursor.peekPastSpace().kind === 'right-delimiter') this.#cursor.next();
    else this.#pipeline('template clause', 'right-delimiter');
  }

  #templateName(context: string): string {
    const token = this.#cursor.nextPastSpace();
    if (token.kind !== 'string' && token.kind !== 'raw-string')
      this.#cursor.unexpected(token, context);
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
        this.#cursor.fail('invalid syntax', token);
      return body;
    }
  }

  // ——— pipelines

  #pipeline(context: string, end: 'right-delimiter' | 'right-parenthesis'): void {
    this.#declarations(context);
    let stages = 0;
    for (;;) {
      const token = this.#cursor.peekPastSpace();
      if (token.kind === end) {
        this.#cursor.next();
        if (stages === 0) this.#cursor.fail(`missing value for ${context}`, token);
        return;
      }
      if (!TERMS.has(token.kind)) this.#cursor.unexpected(token, context);
      stages += 1;
      this.#command(stages);
    }
  }

  #declarations(context: string): void {
    for (let count = 0; this.#cursor.peekPastSpace().kind === 'variable';) {
      const back = this.#cursor.position;
      const variable = this.#cursor.next();
      const next = this.#cursor.peekPastSpace();
      if (next.kind === 'assign' || next.kind === 'declare') {
        this.#cursor.next();
        this.#variables.push(variable.text);
        return;
      }
      if (next.kind !== 'comma') {
        this.#cursor.position = back;
        return;
      }
      this.#cursor.next();
      this.#variables.push(variable.text);
      count += 1;
      if (context !== 'range' || count > 1)
        this.#cursor.fail(`too many declarations in ${context}`, next);
      const after = this.#cursor.peekPastSpace();
      if (!['variable', 'right-delimiter', 'right-parenthesis'].includes(after.kind)) {
        this.#cursor.fail('range can only initialize variables', after);
      }
    }
  }

  #command(stage: number): void {
    let operands = 0;
    for (;;) {
      const first = this.#cursor.peekPastSpace();
      if (TERMS.has(first.kind)) {
        this.#operand();
        operands += 1;
        if (operands === 1 && stage > 1 && CONSTANTS.has(first.kind)) {
          this.#cursor.fail(`non executable command in pipeline stage ${stage}`, first);
        }
      }
      const token = this.#cursor.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'right-delimiter' || token.kind === 'right-parenthesis')
        this.#cursor.position -= 1;
      else if (token.kind !== 'pipe') this.#cursor.unexpected(token, 'operand');
      break;
    }
    if (operands === 0) this.#cursor.fail('empty command');
  }

  #operand(): void {
    const token = this.#cursor.nextPastSpace();
    this.#term(token);
    if (this.#cursor.peek().kind !== 'field') return;
    if (CONSTANTS.has(token.kind))
      this.#cursor.fail(`unexpected . after term "${token.text}"`, token);
    while (this.#cursor.peek().kind === 'field') this.#cursor.next();
  }

  #term(token: GoTemplateToken): void {
    switch (token.kind) {
      case 'identifier':
        if (!this.#functions.has(token.text))
          this.#cursor.fail(`function "${token.text}" not defined`, token);
        return;
      case 'variable':
        if (!this.#variables.includes(token.text)) {
          this.#cursor.fail(`undefined variable "${token.text}"`, token);
        }
        return;
      case 'string':
        this.#stringValue(token);
        return;
      case 'character':
        if (!isGoCharacter(token.text)) this.#cursor.fail('malformed character constant', token);
        return;
      case 'number':
        if (!isGoNumber(token.text))
          this.#cursor.fail(`illegal number syntax: "${token.text}"`, token);
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
