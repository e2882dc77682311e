// What every kind of probe returns: its settings and assertions as data, or what is wrong with them.
import { type DefinitionReader, readDefinition, type Shape } from '../slo/definition-reader.ts';
import { type Diagnostic, printValue } from '../slo/diagnostic.ts';
import { frozenCopy } from '../slo/plain-data.ts';
import { GrammarError } from './assertion-operand.ts';
import type { Assertion } from './assertion.ts';
import { type AnswerOf, answerOf, isAssertion, type Sources } from './sources.ts';

/** What is tried: plain data, in the normal form that the kind's probe reads. */
export interface ProbeForm<Settings = unknown> {
  /** The kind, as users write it: `http`. */
  readonly type: string;
  /** For people: `GET https://shop.example/`. No secret. */
  readonly target: string;
  readonly settings: Settings;
  readonly assertions: readonly Assertion[];
}

/** What `http(…)` and its like return: frozen plain data. */
export interface ProbeDefinition {
  readonly kind: 'probe';
  readonly type: string;
  /** Absent when a problem keeps it from being lowered. */
  readonly form?: ProbeForm;
  /** All that is wrong with it; paths begin at the probe. */
  readonly problems: readonly Diagnostic[];
}

/** Expectations of an answer, written as a function that is called once, when the probe is defined. */
export interface Expectations<Table extends Sources> {
  /** What must hold: `(answer) => [answer.status.equals(200)]`. */
  readonly expect?: (answer: AnswerOf<Table>) => Assertion | readonly Assertion[];
  /** What should hold: otherwise the run is degraded. */
  readonly prefer?: (answer: AnswerOf<Table>) => Assertion | readonly Assertion[];
}

/** How a kind reads its input; `expect` and `prefer` are known by themselves. */
export interface ProbeShape<Table extends Sources> extends Shape {
  readonly sources: Table;
  /** What is expected without being said, given what is. @default nothing */
  implied?(written: readonly Assertion[]): readonly Assertion[];
}

/**
 * Makes a definition of what a kind lowers its input to. Never throws, whatever the input holds:
 * `lower` reports through the reader, and returns undefined when no form can be made.
 */
export function defineProbe<Table extends Sources, Settings>(
  type: string,
  input: unknown,
  shape: ProbeShape<Table>,
  lower: (
    reader: DefinitionReader,
  ) => { readonly target: string; readonly settings: Settings } | undefined,
): ProbeDefinition {
  const problems: Diagnostic[] = [];
  const reader = readDefinition(input, '', (problem) => problems.push(problem), {
    ...shape,
    known: [...shape.known, 'expect', 'prefer'],
  });
  const lowered = reader === undefined ? undefined : lower(reader);
  const written = reader === undefined ? [] : readExpectations(reader, shape.sources);
  const failed = problems.some(({ severity }) => severity === 'error');
  const form: ProbeForm | undefined =
    lowered === undefined || failed
      ? undefined
      : { type, ...lowered, assertions: [...(shape.implied?.(written) ?? []), ...written] };
  return frozenCopy({ kind: 'probe', type, ...(form === undefined ? {} : { form }), problems });
}

const MOST_ASSERTIONS = 50;
const EXAMPLE = `expect: (answer) => [answer.duration.atMost('1s')]`;

/** The assertions in `expect` and `prefer`; those of `prefer` only degrade. */
export function readExpectations(reader: DefinitionReader, sources: Sources): readonly Assertion[] {
  return [
    ...readOne(reader, 'expect', sources),
    ...readOne(reader, 'prefer', sources).map((each) => ({ ...each, degrades: true as const })),
  ];
}

function readOne(
  reader: DefinitionReader,
  name: 'expect' | 'prefer',
  sources: Sources,
): readonly Assertion[] {
  const expect = reader.raw(name);
  if (expect === undefined) return [];
  const refuse = (message: string, remedy: string): readonly Assertion[] => {
    reader.refuse(name, { code: 'not-an-assertion', message, remedy });
    return [];
  };
  if (typeof expect !== 'function')
    return refuse(`${printValue(expect)} is not a function of the answer.`, `Write ${EXAMPLE}.`);
  let given: unknown;
  try {
    given = (expect as (answer: unknown) => unknown)(answerOf(sources));
  } catch (error) {
    if (error instanceof GrammarError) return refuse(`${error.message}.`, error.remedy);
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(`It ended with an error: ${reason}.`, `Write ${EXAMPLE}.`);
  }
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  if (list.length > MOST_ASSERTIONS)
    return refuse(`It gives ${list.length} assertions.`, `Give at most ${MOST_ASSERTIONS}.`);
  const wrong = list.find((each) => !isAssertion(each, sources));
  if (wrong !== undefined || list.includes(undefined))
    return refuse(
      `It gives ${printValue(wrong)}, which is not an assertion.`,
      `Return what the answer's conditions return, without && or ||: ${EXAMPLE}.`,
    );
  return list as readonly Assertion[];
}
