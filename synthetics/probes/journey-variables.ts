// The variables of one journey: taken out of answers, and put into requests.
import { compilePart } from '../../formats/regular-expression.ts';
import { isRecord } from '../../slo/plain-data.ts';
import type { Extraction } from '../checks/extraction.ts';
import type { HttpRequestSettings } from '../checks/http-request.ts';
import type { JourneyStep } from '../checks/journey-step.ts';
import type { RequestBody } from '../checks/request-body.ts';
import type { Operand } from '../assertion-grammar.ts';
import type { Assertion } from '../assertion.ts';
import type { Answer } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import type { CookieJar } from './cookie-jar.ts';

export type VariableValue = string | number | boolean;
export type Variables = ReadonlyMap<string, VariableValue>;

const LONGEST_VALUE = 8192;

/** What a step saves of its answer. @throws ProbeFailure `extraction` when the answer does not have it */
export function extractVariables(
  save: JourneyStep['save'],
  answer: Answer,
  jar: CookieJar,
): Variables {
  const entries = Object.entries(save).map(([name, extraction]) => {
    const value = extract(extraction, answer, jar);
    if (value === undefined)
      throw new ProbeFailure(
        'extraction',
        `the variable '${name}' is not in the answer: there is no ${extraction.from} ${extraction.at}`,
      );
    if (!isValue(value) || String(value).length > LONGEST_VALUE)
      throw new ProbeFailure(
        'extraction',
        `the variable '${name}' is not one text, number or flag of at most ${LONGEST_VALUE} characters`,
      );
    return [name, value] as const;
  });
  return new Map(entries);
}

function extract({ from, at }: Extraction, answer: Answer, jar: CookieJar): unknown {
  if (from === 'cookie') return jar.value(at);
  if (from !== 'body') return answer.read(from, at);
  const match = compilePart(at)(String(answer.read('body', undefined)));
  return match?.[1] ?? match?.[0];
}

function isValue(value: unknown): value is VariableValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** A request with the values of variables in the places of their names; a relative address starts at `base`. */
export function fillRequest(
  request: HttpRequestSettings,
  variables: Variables,
  base: string | undefined,
): HttpRequestSettings {
  const headers = Object.entries(request.headers).map(([name, value]) => {
    return [name, typeof value === 'string' ? fillHeader(value, variables, name) : value] as const;
  });
  return {
    ...request,
    url: fillUrl(request.url, variables, base),
    headers: Object.fromEntries(headers),
    ...(request.body === undefined ? {} : { body: fillBody(request.body, variables) }),
  };
}

const VARIABLE = /\{\{(\w+)\}\}/g;

function fillText(
  text: string,
  variables: Variables,
  write: (value: VariableValue, at: number) => string = String,
): string {
  return text.replace(VARIABLE, (whole, name: string, at: number) => {
    const value = variables.get(name);
    return value === undefined ? whole : write(value, at);
  });
}

/** A value in front is a whole address; one further on is a part of it, and keeps to its place. */
function fillUrl(text: string, variables: Variables, base: string | undefined): string {
  const filled = fillText(text, variables, (value, at) =>
    at === 0 ? String(value) : encodeURIComponent(String(value).toWellFormed()),
  );
  const url = URL.parse(filled, base);
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href.replace(/#.*$/s, '');
  throw new ProbeFailure('extraction', `'${filled.slice(0, 200)}' is no address to go to`);
}

/** A server must not be able to write headers of its own into our request. */
function fillHeader(text: string, variables: Variables, name: string): string {
  const filled = fillText(text, variables);
  if (/^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(filled)) return filled;
  throw new ProbeFailure('extraction', `the header ${name} would hold characters that none can`);
}

function fillBody(body: RequestBody, variables: Variables): RequestBody {
  if ('text' in body) return { text: fillText(body.text, variables) };
  if ('json' in body) return { json: fillJson(body.json, variables) };
  const form = Object.entries(body.form).map(([name, value]) => {
    return [name, typeof value === 'string' ? fillText(value, variables) : value] as const;
  });
  return { form: Object.fromEntries(form) };
}

/** A text that is nothing but a variable becomes its value, a number stays a number. */
function fillJson(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') {
    const only = /^\{\{(\w+)\}\}$/.exec(value)?.[1];
    return (only === undefined ? undefined : variables.get(only)) ?? fillText(value, variables);
  }
  if (Array.isArray(value)) return value.map((each: unknown) => fillJson(each, variables));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, fillJson(each, variables)]),
  );
}

const PATTERNS: readonly string[] = ['matches', 'notMatches'];

/** Assertions with the values of variables in what they compare with; in an expression a value stands for itself. */
export function fillAssertions(
  assertions: readonly Assertion[],
  variables: Variables,
): readonly Assertion[] {
  return assertions.map((assertion) => {
    const { operator, operand } = assertion;
    if (typeof operand !== 'string' && !Array.isArray(operand)) return assertion;
    const filled =
      typeof operand === 'string' && PATTERNS.includes(operator)
        ? fillText(operand, variables, (value) =>
            String(value).replace(/[^\w\s]/g, String.raw`\$&`),
          )
        : (fillJson(operand, variables) as Operand);
    return { ...assertion, operand: filled };
  });
}

/** The variables that a step needs and that nobody has saved. */
export function missingVariables(
  { request }: Pick<JourneyStep, 'request'>,
  variables: Variables,
): readonly string[] {
  const used = [...JSON.stringify(request).matchAll(VARIABLE)].map(([, name = '']) => name);
  return used.filter((name) => !variables.has(name));
}
