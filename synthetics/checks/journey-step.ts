// One step of a journey as definitions write it: a request, what is expected of its answer, what is kept of it, and how long it is asked again.
import { type DefinitionReader, readDefinition } from '../../slo/definition-reader.ts';
import { printValue, type Report } from '../../slo/diagnostic.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { isRecord } from '../../slo/plain-data.ts';
import { URL_RULE } from '../../slo/text-rules.ts';
import type { Assertion } from '../assertion.ts';
import type { TimeLimitText } from '../define-check.ts';
import { type Expectations, readExpectations } from '../probe-definition.ts';
import { readTimeLimit } from '../time-limit.ts';
import {
  type Extraction,
  extractionProblem,
  SAVED_ANSWER,
  type SavedAnswer,
} from './extraction.ts';
import { HTTP_SOURCES, impliedSuccess } from './http.ts';
import {
  HTTP_REQUEST_PROPERTIES,
  type HttpRequestInput,
  type HttpRequestSettings,
  readHttpRequest,
} from './http-request.ts';

/** What a step keeps, by the name of the variable. */
export type Saved = Readonly<Record<string, Extraction>>;

export interface StepInput<Kept extends Saved>
  extends Omit<HttpRequestInput, 'url'>, Expectations<typeof HTTP_SOURCES> {
  /** May begin with a variable, or with `/`: then it is relative to the address of the step before. */
  readonly url: UrlText | `/${string}` | `{{${string}`;
  /** Variables for later steps: `(answer) => ({ token: answer.json('$.token') })`. */
  readonly save?: (answer: SavedAnswer) => Kept;
  /** Asks again until everything expected holds, or for so long. */
  readonly poll?: { readonly every: TimeLimitText; readonly for: TimeLimitText };
}

/** A step in its normal form; `{{name}}` in its texts stands for a variable. */
export interface JourneyStep {
  readonly name: string;
  readonly always: boolean;
  readonly request: HttpRequestSettings;
  readonly assertions: readonly Assertion[];
  readonly save: Saved;
  readonly poll?: { readonly everyMs: number; readonly forMs: number };
}

/** A step as it came, not read yet. */
export interface WrittenStep {
  readonly name: string;
  readonly always: boolean;
  readonly input: unknown;
}

const SHAPE = {
  known: [...HTTP_REQUEST_PROPERTIES, 'expect', 'prefer', 'save', 'poll'],
  needed: ['url'],
  example: `{ url: 'https://shop.example/orders', expect: (answer) => answer.status.equals(200) }`,
};

/** The step in its normal form; undefined when it has no address, or a name that cannot be. */
export function readStep(
  { name, always, input }: WrittenStep,
  path: string,
  report: Report,
): JourneyStep | undefined {
  const reader = readDefinition(input, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const request = readHttpRequest(reader, readStepUrl);
  const expected = readExpectations(reader, HTTP_SOURCES);
  const save = readSave(reader);
  const poll = readPoll(reader);
  if (typeof name !== 'string' || !/^[^\p{Cc}]{1,100}$/u.test(name)) {
    const remedy = `Write .step('log in', { … }).`;
    const message = `${printValue(name)} cannot be the name of a step.`;
    report({
      code: 'not-a-name',
      severity: 'error',
      path,
      value: printValue(name),
      message,
      remedy,
    });
    return undefined;
  }
  if (request === undefined) return undefined;
  const assertions = [...impliedSuccess(expected), ...expected];
  return { name, always, request, assertions, save, ...(poll === undefined ? {} : { poll }) };
}

/** An address, whole when the variables in it are. */
function readStepUrl(reader: DefinitionReader): string | undefined {
  return reader.parsed('url', {
    ...URL_RULE,
    parse(text) {
      const filled = text.replace(/^\{\{\w+\}\}/, 'http://x').replace(/\{\{\w+\}\}/g, 'x');
      const whole = filled.startsWith('/') ? `http://x${filled}` : filled;
      return URL_RULE.parse(whole) === undefined ? undefined : text;
    },
    expected: 'an http or https address, or a path',
    remedy: `Write 'https://shop.example/orders', '/orders', or a variable in front.`,
  });
}

function readSave(reader: DefinitionReader): Saved {
  const save = reader.raw('save');
  if (save === undefined) return {};
  const wrong = (message: string): Saved => {
    const remedy = `Write save: (answer) => ({ token: answer.json('$.token') }).`;
    reader.refuse('save', { code: 'not-an-assertion', message, remedy });
    return {};
  };
  if (typeof save !== 'function') return wrong('This is not a function of the answer.');
  let given: unknown;
  try {
    given = (save as (answer: SavedAnswer) => unknown)(SAVED_ANSWER);
  } catch (error) {
    return wrong(
      `It ended with an error: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  if (!isRecord(given)) return wrong('It gives no variables.');
  for (const [name, value] of Object.entries(given)) {
    if (!/^[A-Za-z]\w{0,40}$/.test(name)) return wrong(`'${name}' cannot be a variable's name.`);
    const problem = extractionProblem(value);
    if (problem !== undefined) return wrong(`'${name}' ${problem}.`);
  }
  return given as Saved;
}

const MOST_POLLS = 50;

function readPoll(reader: DefinitionReader): JourneyStep['poll'] {
  const poll = reader.object('poll', {
    known: ['every', 'for'],
    needed: ['every', 'for'],
    example: `{ every: '1s', for: '20s' }`,
  });
  if (poll === undefined) return undefined;
  const everyMs = readTimeLimit(poll, 'every', 10, 60_000);
  const forMs = readTimeLimit(poll, 'for', 10, 600_000);
  if (everyMs === undefined || forMs === undefined) return undefined;
  if (forMs / everyMs <= MOST_POLLS) return { everyMs, forMs };
  return poll.refuse('every', {
    code: 'out-of-range',
    message: `It would ask up to ${Math.ceil(forMs / everyMs)} times.`,
    remedy: `Ask at most ${MOST_POLLS} times.`,
  });
}
