// What an assertion compares with, read from what people wrote: by the operator and the type of its source.
import { compilePart } from '../formats/regular-expression.ts';
import { latencyIn, parseLatency } from '../slo/latency.ts';
import {
  type Operand,
  type OperandKind,
  type Operator,
  OPERATORS,
  type Scalar,
  type ValueType,
} from './assertion-grammar.ts';

/** A value that no condition takes; told as a diagnostic. */
export class GrammarError extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'GrammarError';
    this.remedy = remedy;
  }
}

/** What an operator compares with, as data. @throws GrammarError when it cannot be compared with that */
export function readOperand(
  name: Operator,
  type: ValueType,
  written: readonly unknown[],
): Operand | undefined {
  const takes: OperandKind = OPERATORS[name].takes;
  if (takes === 'none') return undefined;
  if (takes === 'several') {
    if (written.length === 0 || written.length > 100)
      throw new GrammarError(`${name} has ${written.length} values`, 'Give 1 to 100.');
    return written.map((each) => operand('same', type, each));
  }
  return operand(takes, type, written[0]);
}

function operand(takes: OperandKind, type: ValueType, written: unknown): Scalar {
  if (takes === 'pattern') return pattern(written);
  if (takes === 'text') return text(written);
  if (takes === 'count') return count(written);
  if (type === 'latency') return milliseconds(written);
  if (takes === 'order' || type === 'number' || type === 'status') return number(written);
  if (type === 'text' || type === 'list') return text(written);
  if (type === 'flag' && typeof written !== 'boolean') throw mistyped(written, 'true or false');
  if (written === null || typeof written === 'boolean' || typeof written === 'string')
    return written;
  return number(written);
}

function number(written: unknown): number {
  if (typeof written === 'number' && Number.isFinite(written)) return written;
  throw mistyped(written, 'a number without quotes');
}

function text(written: unknown): string {
  if (typeof written === 'string' && written.length <= 10_000) return written;
  throw mistyped(written, 'text of at most 10,000 characters in quotes');
}

function count(written: unknown): number {
  if (typeof written === 'number' && Number.isInteger(written) && written >= 0) return written;
  throw mistyped(written, 'a whole number, 0 or more');
}

function milliseconds(written: unknown): number {
  const seconds = typeof written === 'string' ? parseLatency(written) : undefined;
  if (seconds === undefined) throw mistyped(written, `a latency such as '250ms' or '1.5s'`);
  return latencyIn('milliseconds', seconds);
}

function pattern(written: unknown): string {
  const source = text(written);
  try {
    compilePart(source);
    return source;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GrammarError(
      `'${source.slice(0, 100)}' is not a regular expression: ${reason}`,
      'Write an RE2 expression: no look-ahead, no back-references.',
    );
  }
}

function mistyped(written: unknown, wanted: string): GrammarError {
  const shown = typeof written === 'string' ? `'${written.slice(0, 100)}'` : String(written);
  return new GrammarError(`${shown} is not ${wanted}`, `Write ${wanted}.`);
}
