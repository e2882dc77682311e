// Checks the variables of a user's own dashboard.
import { promqlProblems } from '../formats/dashboard-query.ts';
import { type DefinitionReader, readDefinition } from '../slo/definition-reader.ts';
import type { Report } from '../slo/diagnostic.ts';
import { isRecord } from '../slo/plain-data.ts';
import type { Variable } from './variable.ts';

/** What each kind has beside its kind and its name. */
const KINDS: Readonly<Record<Variable['kind'], readonly string[]>> = {
  datasource: ['telemetry'],
  label: ['name', 'label', 'of', 'selector', 'allowsNone'],
  choice: ['name', 'label', 'values'],
  text: ['name', 'label', 'initial'],
};
const KIND_NAMES = Object.keys(KINDS) as Variable['kind'][];
const MOST_VALUES = 100;

/** Reads a variable and reports what is wrong with it. */
export function readVariable(written: unknown, path: string, report: Report): void {
  const kind = isRecord(written) ? KIND_NAMES.find((each) => each === written['kind']) : undefined;
  const reader = readDefinition(written, path, report, {
    known: ['kind', ...(kind === undefined ? Object.values(KINDS).flat() : KINDS[kind])],
    needed: ['kind', ...(kind === 'datasource' ? ['telemetry'] : ['name'])],
    example: `{ kind: 'label', name: 'job', selector: 'up' }`,
  });
  if (reader?.oneOf('kind', KIND_NAMES) === undefined) return;
  const name = reader.text('name', 100);
  if (name !== undefined && !/^[A-Za-z]\w*$/.test(name))
    reader.refuse('name', {
      code: 'not-a-label',
      message: `'${name}' is not a name that queries can use as $${name}.`,
      remedy: 'Use letters, digits and _, beginning with a letter.',
    });
  if (kind === 'label') checkSelector(reader);
  if (kind === 'choice' && (reader.list('values', MOST_VALUES)?.length ?? 1) === 0)
    reader.refuse('values', {
      code: 'missing-field',
      message: 'There is nothing to choose from.',
      remedy: 'Give one value at least.',
    });
}

function checkSelector(reader: DefinitionReader): void {
  const selector = reader.text('selector', 2000);
  if (selector === undefined) return;
  for (const { message, remedy } of promqlProblems(selector))
    reader.refuse('selector', {
      code: 'promql-syntax',
      message: `'${selector}': ${message}`,
      remedy,
    });
}
