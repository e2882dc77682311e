// A place among the tokens of a Go template, and how a reader says that it goes no further there.
import { tokenizeGoTemplate } from './go-template-tokens.ts';
import type { GoTemplateToken } from './go-template-tokens.ts';

/** Why a text is no template. */
export class GoTemplateError extends Error {
  /** From 1. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

export class GoTemplateCursor {
  /** The number of the next token; a reader may go back to where it was. */
  position = 0;
  readonly #tokens: readonly GoTemplateToken[];

  constructor(text: string) {
    this.#tokens = tokenizeGoTemplate(text);
  }

  /** The next token, left in place; at the end that is the last one, however often it is asked for. */
  peek(): GoTemplateToken {
    return (
      this.#tokens[Math.min(this.position, this.#tokens.length - 1)] ?? {
        kind: 'end',
        text: '',
        line: 1,
      }
    );
  }

  next(): GoTemplateToken {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  peekPastSpace(): GoTemplateToken {
    while (this.peek().kind === 'space') this.position += 1;
    return this.peek();
  }

  nextPastSpace(): GoTemplateToken {
    this.peekPastSpace();
    return this.next();
  }

  /** @throws GoTemplateError at this token, by default the next one */
  fail(message: string, token = this.peek()): never {
    throw new GoTemplateError(message, token.line);
  }

  /** @throws GoTemplateError with the token's own fault when it has one */
  unexpected(token: GoTemplateToken, context: string): never {
    if (token.kind === 'error') return this.fail(token.text, token);
    const shown = token.kind === 'end' ? 'EOF' : `"${token.text.slice(0, 20)}"`;
    return this.fail(`unexpected ${shown} in ${context}`, token);
  }

  /** Takes the end of an action. @throws GoTemplateError when something else comes */
  expectRight(context: string): void {
    const token = this.nextPastSpace();
    if (token.kind !== 'right-delimiter') this.unexpected(token, context);
  }
}

export function isKeyword(token: GoTemplateToken, word: string): boolean {
  return token.kind === 'keyword' && token.text === word;
}
