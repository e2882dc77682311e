// Reads the properties of a definition that may hold anything, and reports all that is wrong with it.
import { type DiagnosticCode, joinPath, printValue, type Report } from './diagnostic.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import { isRecord } from './plain-data.ts';

/** How a text property becomes a value, and what to say when it does not. */
export interface TextRule<T> {
  readonly code: DiagnosticCode;
  /** undefined refuses the text. */
  parse(text: string): T | undefined;
  /** Ends the sentence "'x' is not …". */
  readonly expected: string;
  readonly remedy: string;
}

/** The properties of one object of a definition. Every method reports what is wrong and then returns undefined. */
export interface DefinitionReader {
  readonly path: string;
  readonly report: Report;
  at(name: string): string;
  has(name: string): boolean;
  raw(name: string): unknown;
  /** Text of 1 to `longest` characters. @default longest 1000 */
  text(name: string, longest?: number): string | undefined;
  flag(name: string): boolean | undefined;
  whole(name: string, least: number, most: number): number | undefined;
  list(name: string, most: number): readonly unknown[] | undefined;
  /** One of a fixed list of words. */
  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined;
  parsed<T>(name: string, rule: TextRule<T>): T | undefined;
  /** The object that a property holds. */
  object(name: string, shape: Shape): DefinitionReader | undefined;
  /** Reports that a property's value is wrong. */
  refuse(name: string, problem: Refusal): undefined;
}

/** Why a value is refused; the message prints the value. */
export interface Refusal {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly remedy: string;
  /** @default 'error' */
  readonly severity?: 'error' | 'warning';
  /** Whether the value is a secret, which no message may print. @default false */
  readonly secret?: boolean;
}

/** Which properties an object may have, and which of them it needs. */
export interface Shape {
  readonly known: readonly string[];
  readonly needed?: readonly string[];
  /** Names the object in messages and shows one: `{ longWindow: '1h', … }`. */
  readonly example: string;
  /** Whether its values may be secrets, so that none is printed. @default false */
  readonly secret?: boolean;
}

/** A reader of the object, after its property names were checked; undefined when the value is no object. */
export function readDefinition(
  value: unknown,
  path: string,
  report: Report,
  shape: Shape,
): DefinitionReader | undefined {
  if (!isRecord(value))
    return refuseType(
      shape.secret === true ? HIDDEN : value,
      path,
      report,
      'an object',
      `Write ${shape.example}.`,
    );
  const reader = createReader(value, path, report, shape.secret === true);
  checkNames(value, reader, shape);
  return reader;
}

/** Stands for a value that is not printed. */
const HIDDEN = Symbol('hidden');

/** Reports that a whole value is of another type; `expected` ends the sentence "… is not …". */
export function refuseType(
  value: unknown,
  path: string,
  report: Report,
  expected: string,
  remedy: string,
): undefined {
  const printed = value === HIDDEN ? '(hidden)' : printValue(value);
  report({
    code: 'wrong-type',
    severity: 'error',
    path,
    value: printed,
    message: `${value === HIDDEN ? 'The value (not shown)' : printed} is not ${expected}.`,
    remedy,
  });
}

function checkNames(
  value: Readonly<Record<string, unknown>>,
  reader: DefinitionReader,
  shape: Shape,
): void {
  const usable = shape.known.filter((name) => name !== 'kind');
  const missing = new Set((shape.needed ?? []).filter((name) => !Object.hasOwn(value, name)));
  for (const name of Object.keys(value)) {
    if (shape.known.includes(name)) continue;
    // A misspelt property that is needed is told once, as unknown, with the right name.
    const meant = nearestName(name, missing) ?? nearestName(name, usable);
    if (meant !== undefined) missing.delete(meant);
    reader.report({
      code: 'unknown-field',
      severity: 'error',
      path: reader.at(name),
      // The name is what is wrong; the value may be a secret.
      value: printValue(name),
      message: `There is no property '${name}' here.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`,
      remedy: usable.length === 0 ? 'Leave it out.' : `Use one of: ${usable.join(', ')}.`,
    });
  }
  for (const name of missing)
    reader.report({
      code: 'missing-field',
      severity: 'error',
      path: reader.at(name),
      value: 'undefined',
      message: `The property '${name}' is missing.`,
      remedy: `Add ${name}: write ${shape.example}.`,
    });
}

function createReader(
  value: Readonly<Record<string, unknown>>,
  path: string,
  report: Report,
  secret: boolean,
): DefinitionReader {
  const reader: DefinitionReader = {
    path,
    report,
    at: (name) => joinPath(path, name),
    has: (name) => Object.hasOwn(value, name),
    raw: (name) => (Object.hasOwn(value, name) ? value[name] : undefined),
    text(name, longest = 1000) {
      const text = typed(name, 'text', (each) => typeof each === 'string', `Write text in quotes.`);
      if (text === undefined || (text.length > 0 && text.length <= longest)) return text;
      return reader.refuse(name, {
        code: 'out-of-range',
        message: `${printValue(text)} has ${text.length} characters.`,
        remedy: `Write 1 to ${longest} characters.`,
      });
    },
    flag: (name) =>
      typed(
        name,
        'true or false',
        (each) => typeof each === 'boolean',
        'Write true or false without quotes.',
      ),
    whole(name, least, most) {
      const number = typed(
        name,
        'a number',
        (each) => typeof each === 'number',
        'Write a number without quotes.',
      );
      if (number === undefined || (Number.isInteger(number) && number >= least && number <= most))
        return number;
      return reader.refuse(name, {
        code: 'out-of-range',
        message: `${number} is not a whole number from ${least} to ${most}.`,
        remedy: `Write a whole number from ${least} to ${most}.`,
      });
    },
    list(name, most) {
      const list = typed(
        name,
        'a list',
        (each): each is readonly unknown[] => Array.isArray(each),
        'Write a list: [ … ].',
      );
      if (list === undefined || list.length <= most) return list;
      return reader.refuse(name, {
        code: 'out-of-range',
        message: `The list has ${list.length} elements.`,
        remedy: `Write at most ${most}.`,
      });
    },
    oneOf(name, words) {
      const written = typed(
        name,
        'text',
        (each) => typeof each === 'string',
        `Write one of: ${words.join(', ')}.`,
      );
      const word = words.find((each) => each === written);
      if (word !== undefined || written === undefined) return word;
      return reader.refuse(name, {
        code: 'unknown-value',
        message: `'${written}' is not known here.${didYouMean(written, words)}`,
        remedy: `Write one of: ${words.map((each) => `'${each}'`).join(', ')}.`,
      });
    },
    parsed(name, rule) {
      const text = typed(name, 'text', (each) => typeof each === 'string', rule.remedy);
      if (text === undefined) return undefined;
      const result = rule.parse(text);
      if (result !== undefined) return result;
      const message = `${printValue(text)} is not ${rule.expected}.`;
      return reader.refuse(name, { code: rule.code, message, remedy: rule.remedy });
    },
    object: (name, shape) =>
      reader.has(name) ? readDefinition(value[name], reader.at(name), report, shape) : undefined,
    refuse(name, problem) {
      report({
        code: problem.code,
        severity: problem.severity ?? 'error',
        path: reader.at(name),
        value: secret || problem.secret === true ? '(hidden)' : printValue(reader.raw(name)),
        message: problem.message,
        remedy: problem.remedy,
      });
    },
  };

  function typed<T>(
    name: string,
    expected: string,
    is: (each: unknown) => each is T,
    remedy: string,
  ): T | undefined {
    const each = reader.raw(name);
    if (each === undefined) return undefined;
    if (is(each)) return each;
    return reader.refuse(name, {
      code: 'wrong-type',
      message: `${secret ? 'The value (not shown)' : printValue(each)} is not ${expected}.`,
      remedy,
    });
  }

  return reader;
}
