// Reads the steps of a runbook: what to do, what to run, what to expect, and where each outcome leads.
import { checkLogQuery } from '../formats/logql.ts';
import { checkPromql } from '../formats/promql.ts';
import { type DefinitionReader, readDefinition } from '../slo/definition-reader.ts';
import { type DiagnosticCode, joinPath, printValue } from '../slo/diagnostic.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import { isRecord } from '../slo/plain-data.ts';
import { NAME_RULE } from '../slo/text-rules.ts';
import { type Decision, RUN_KINDS, type Step, type StepRun, type Turn } from './runbook.ts';

const MOST_STEPS = 50;
const MOST_TURNS = 20;
const LONGEST_TEXT = 2000;
const LONGEST_RUN = 10_000;
const EXAMPLE = `{ do: 'See what was deployed last.', command: 'kubectl rollout history deployment/checkout', expect: '…' }`;
const STEP = ['do', ...RUN_KINDS, 'expect'];

/** The steps of a list; [] when there is none. */
export function readSteps(reader: DefinitionReader, name: string): readonly Step[] {
  return elementsOf(reader, name, STEP, EXAMPLE).flatMap((each) => {
    const step = readStep(each);
    return step === undefined ? [] : [step];
  });
}

/** The decision tree; ids are unique and every turn leads somewhere. */
export function readDecisions(reader: DefinitionReader, name: string): readonly Decision[] {
  const example = `{ id: 'where', do: '…', next: [{ when: 'one region', step: 'region' }, { when: 'all', do: 'Roll back.' }] }`;
  const readers = elementsOf(reader, name, [...STEP, 'id', 'next'], example, ['do', 'id', 'next']);
  const ids = readers.map((each) => each.parsed('id', NAME_RULE));
  return readers.flatMap((each, index) => {
    const id = ids[index];
    if (id !== undefined && ids.indexOf(id) < index)
      each.refuse('id', {
        code: 'duplicate-name',
        message: `Another decision of the runbook has the id '${id}'.`,
        remedy: 'Give each decision an id of its own.',
      });
    const next = readTurns(
      each,
      ids.filter((other) => other !== undefined),
    );
    const step = readStep(each);
    return step === undefined || id === undefined ? [] : [{ ...step, id, next }];
  });
}

function readTurns(decision: DefinitionReader, ids: readonly string[]): readonly Turn[] {
  const example = `{ when: 'it says so', step: 'another' }`;
  const written = decision.raw('next');
  if (Array.isArray(written) && written.length === 0)
    decision.refuse('next', {
      code: 'missing-field',
      message: 'The list is empty: the decision leads nowhere.',
      remedy: `Write [${example}] or [{ when: '…', do: '…' }].`,
    });
  return elementsOf(
    decision,
    'next',
    ['when', 'step', 'do'],
    example,
    ['when'],
    MOST_TURNS,
  ).flatMap((turn): Turn[] => {
    const when = turn.text('when', LONGEST_TEXT);
    const todo = turn.text('do', LONGEST_TEXT);
    const step = turn.text('step', 63);
    if (turn.has('do') === turn.has('step')) {
      turn.refuse('step', {
        code: 'missing-field',
        message: 'An outcome leads to a step or says what to do, one of them.',
        remedy: `Write exactly one of step and do: ${example}.`,
      });
      return [];
    }
    if (step !== undefined && !ids.includes(step))
      turn.refuse('step', {
        code: 'unknown-step',
        message: `No decision of the runbook has the id '${step}'.${didYouMean(step, ids)}`,
        remedy: `Use one of: ${ids.join(', ')}; or say what to do: { when: '…', do: '…' }.`,
      });
    if (when === undefined) return [];
    if (step !== undefined) return [{ when, step }];
    return todo === undefined ? [] : [{ when, do: todo }];
  });
}

function readStep(reader: DefinitionReader): Step | undefined {
  const todo = reader.text('do', LONGEST_TEXT);
  const run = readRun(reader);
  const expect = reader.text('expect', LONGEST_TEXT);
  if (todo === undefined) return undefined;
  return { do: todo, ...(run && { run }), ...(expect === undefined ? {} : { expect }) };
}

function readRun(reader: DefinitionReader): StepRun | undefined {
  const given = RUN_KINDS.filter((each) => reader.has(each));
  const [first, second] = given;
  if (second !== undefined)
    reader.refuse(second, {
      code: 'unknown-field',
      message: `The step has ${given.join(' and ')}; a step runs one thing.`,
      remedy: 'Make a step of each.',
    });
  const text = first === 'check' ? readCheck(reader) : first && readQuery(reader, first, first);
  return first === undefined || text === undefined ? undefined : { in: first, text };
}

/** The id of a check that is passed itself. */
function readCheck(reader: DefinitionReader): string | undefined {
  const written = reader.raw('check');
  const id = referenceId(written, 'check');
  if (id !== undefined) return id;
  const message = `${printValue(written)} is not a check.`;
  return reader.refuse('check', {
    code: 'wrong-type',
    message,
    remedy: 'Pass what defineCheck returned.',
  });
}

/** `service/name` of an SLO or a check that is passed itself; undefined when it is something else. */
export function referenceId(written: unknown, kind: 'slo' | 'check'): string | undefined {
  if (!isRecord(written) || written['kind'] !== kind || !isRecord(written['service']))
    return undefined;
  const names = [written['service']['name'], written['name']];
  const named = names.every(
    (name) => typeof name === 'string' && NAME_RULE.parse(name) !== undefined,
  );
  return named ? names.join('/') : undefined;
}

/** Text in one of the languages; a query must parse. */
export function readQuery(
  reader: DefinitionReader,
  name: string,
  language: Exclude<StepRun['in'], 'check'>,
): string | undefined {
  const text = reader.text(name, LONGEST_RUN);
  if (text === undefined || language === 'command') return text;
  const [problem] = language === 'promql' ? checkPromql(text).problems : checkLogQuery(text);
  if (problem === undefined) return text;
  return reader.refuse(name, {
    code: codeOf(language, problem.kind),
    message: `${problem.message} The query is ${printValue(text)}.`,
    remedy: problem.remedy,
  });
}

function codeOf(language: 'promql' | 'logql', kind: 'syntax' | 'type'): DiagnosticCode {
  if (language === 'promql') return kind === 'syntax' ? 'promql-syntax' : 'promql-type';
  return kind === 'syntax' ? 'logql-syntax' : 'logql-log-query';
}

/** Readers of the objects in a list; the first property is needed unless `needed` says otherwise. */
export function elementsOf(
  reader: DefinitionReader,
  name: string,
  known: readonly string[],
  example: string,
  needed: readonly string[] = known.slice(0, 1),
  most = MOST_STEPS,
): readonly DefinitionReader[] {
  const list = reader.list(name, most) ?? [];
  const shape = { known, needed, example };
  return list
    .slice(0, most)
    .map((each, index) =>
      readDefinition(each, joinPath(reader.at(name), index), reader.report, shape),
    )
    .filter((each) => each !== undefined);
}
