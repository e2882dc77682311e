// The kind of probe for journeys: HTTP requests one after another, each with what the ones before have brought.
import { type DefinitionReader, readDefinition } from '../../slo/definition-reader.ts';
import { type Diagnostic, joinPath, printValue, type Report } from '../../slo/diagnostic.ts';
import type { UrlText } from '../../slo/define-service.ts';
import { didYouMean } from '../../slo/nearest-name.ts';
import { frozenCopy, isRecord } from '../../slo/plain-data.ts';
import { URL_RULE } from '../../slo/text-rules.ts';
import type { Assertion } from '../assertion.ts';
import type { TimeLimitText } from '../define-check.ts';
import { type Expectations, type ProbeDefinition, readExpectations } from '../probe-definition.ts';
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

type Saved = Readonly<Record<string, Extraction>>;

declare const nothing: unique symbol;

/** No variables; an empty object type would take anything. */
type Nothing = { readonly [nothing]?: never };

/** Stands in texts for the value that a step saves. */
type Placeholders<Kept> = { readonly [Name in keyof Kept & string]: `{{${Name}}}` };

export interface StepInput<Kept extends Saved>
  extends Omit<HttpRequestInput, 'url'>, Expectations<typeof HTTP_SOURCES> {
  /** May begin with a variable, or with `/`: then it is relative to the address of the step before. */
  readonly url: UrlText | `/${string}` | `{{${string}`;
  /** Variables for later steps: `(answer) => ({ token: answer.json('$.token') })`. */
  readonly save?: (answer: SavedAnswer) => Kept;
  /** Asks again until everything expected holds, or for so long. */
  readonly poll?: { readonly every: TimeLimitText; readonly for: TimeLimitText };
}

type StepWriter<Variables, Kept extends Saved> =
  StepInput<Kept> | ((variables: Variables) => StepInput<Kept>);

/** The steps so far; each call adds one. `Variables` are what they save. */
export interface JourneySteps<Variables = Nothing> {
  /** A step; the journey ends with the first one that fails. */
  step<Kept extends Saved = Nothing>(
    name: string,
    step: StepWriter<Variables, Kept>,
  ): JourneySteps<Variables & Placeholders<Kept>>;
  /** A step that is taken also when one before it failed, to clean up. It has a fifth of the timeout for itself. */
  always<Kept extends Saved = Nothing>(
    name: string,
    step: StepWriter<Variables, Kept>,
  ): JourneySteps<Variables & Placeholders<Kept>>;
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

export interface JourneySettings {
  readonly steps: readonly JourneyStep[];
}

const MOST_STEPS = 20;
const EXAMPLE = `journey((start) => start.step('log in', { url: 'https://shop.example/session', method: 'POST' }))`;

/**
 * HTTP requests one after another, each over a fresh connection, with the cookies and variables of those before. The
 * function is called once, when the journey is defined.
 * @example
 * journey((start) =>
 *   start
 *     .step('log in', {
 *       url: 'https://shop.example/session', method: 'POST',
 *       json: { user: 'probe', password: fromEnvironment('PROBE_PASSWORD') },
 *       save: (answer) => ({ token: answer.json('$.token') }),
 *     })
 *     .step('orders', ({ token }) => ({ url: '/orders', headers: { Authorization: `Bearer ${token}` } })),
 * )
 */
export function journey(write: (start: JourneySteps) => JourneySteps<never>): ProbeDefinition {
  const problems: Diagnostic[] = [];
  const report: Report = (problem) => void problems.push(problem);
  const written = writtenSteps(write, report);
  const known = new Set<string>();
  const steps: JourneyStep[] = [];
  for (const [index, each] of written.entries()) {
    const path = joinPath('steps', index);
    const step = readStep(each, path, report);
    if (step === undefined) continue;
    checkVariables(step, path, known, report);
    for (const name of Object.keys(step.save)) known.add(name);
    steps.push(step);
  }
  const settings: JourneySettings = { steps };
  const target = steps.map(({ name }) => name).join(' → ');
  const form = { type: 'journey', target, settings, assertions: [] };
  return frozenCopy({
    kind: 'probe' as const,
    type: 'journey',
    ...(problems.length === 0 ? { form } : {}),
    problems,
  });
}

interface WrittenStep {
  readonly name: string;
  readonly always: boolean;
  readonly input: unknown;
}

function writtenSteps(
  write: (start: JourneySteps) => JourneySteps<never>,
  report: Report,
): readonly WrittenStep[] {
  const steps: WrittenStep[] = [];
  // Any name gives a placeholder; which of them are saved is asked afterwards.
  const variables = new Proxy({}, { get: (_, name) => `{{${String(name)}}}` });
  const add = (always: boolean) => (name: string, step: unknown) => {
    const input = typeof step === 'function' ? (step as (all: object) => unknown)(variables) : step;
    steps.push({ name, always, input });
    return chain;
  };
  const chain = { step: add(false), always: add(true) };
  try {
    write(chain);
  } catch (error) {
    refuse(
      report,
      `It ended with an error: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  if (steps.length === 0 || steps.length > MOST_STEPS)
    refuse(report, `The journey has ${steps.length} steps.`);
  return steps.slice(0, MOST_STEPS);
}

function refuse(report: Report, message: string): void {
  const remedy = `Write 1 to ${MOST_STEPS} steps: ${EXAMPLE}.`;
  report({ code: 'wrong-type', severity: 'error', path: 'steps', value: '', message, remedy });
}

const SHAPE = {
  known: [...HTTP_REQUEST_PROPERTIES, 'expect', 'prefer', 'save', 'poll'],
  needed: ['url'],
  example: `{ url: 'https://shop.example/orders', expect: (answer) => answer.status.equals(200) }`,
};

function readStep(
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

function checkVariables(
  step: JourneyStep,
  path: string,
  known: ReadonlySet<string>,
  report: Report,
): void {
  const used = [...JSON.stringify([step.request, step.assertions]).matchAll(/\{\{(\w+)\}\}/g)].map(
    ([, name = '']) => name,
  );
  for (const name of new Set(used)) {
    if (known.has(name)) continue;
    report({
      code: 'unknown-variable',
      severity: 'error',
      path,
      value: printValue(name),
      message: `No step before saves '${name}'.${didYouMean(name, known)}`,
      remedy: `Save it first: save: (answer) => ({ ${name}: answer.json('$.${name}') }).`,
    });
  }
}
