// The kind of probe for journeys: HTTP requests one after another, each with what the ones before have brought.
import { type Diagnostic, joinPath, printValue, type Report } from '../../slo/diagnostic.ts';
import { didYouMean } from '../../slo/nearest-name.ts';
import { frozenCopy } from '../../slo/plain-data.ts';
import type { ProbeDefinition } from '../probe-definition.ts';
import {
  type JourneyStep,
  readStep,
  type Saved,
  type StepInput,
  type WrittenStep,
} from './journey-step.ts';

declare const nothing: unique symbol;

/** No variables; an empty object type would take anything. */
type Nothing = { readonly [nothing]?: never };

/** Stands in texts for the value that a step saves. */
type Placeholders<Kept> = { readonly [Name in keyof Kept & string]: `{{${Name}}}` };

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
