// Checks the signals of a user's own dashboard: known units, labels that can be labels, queries that parse.
import { logqlProblems, promqlProblems } from '../formats/dashboard-query.ts';
import { type DefinitionReader, readDefinition } from '../slo/definition-reader.ts';
import { joinPath, printValue, type Report } from '../slo/diagnostic.ts';
import { isRecord } from '../slo/plain-data.ts';
import type { Signal } from './signal.ts';
import { UNIT_NAMES } from './unit.ts';

const TELEMETRIES = ['prometheus', 'loki', 'tempo'] as const;
const MOST_QUERIES = 20;
const MOST_LABELS = 20;
const LONGEST_QUERY = 20_000;

const SHAPE = {
  known: ['name', 'description', 'type', 'telemetry', 'unit', 'labels', 'queries'],
  needed: ['name', 'description', 'telemetry', 'unit', 'labels', 'queries'],
  example: `counterSignal({ name: 'orders', description: 'orders_total', unit: 'events per second', selector: 'orders_total' })`,
};

const QUERY_SHAPE = {
  known: ['expression', 'legend', 'exemplars'],
  needed: ['expression'],
  example: `{ expression: 'up', legend: '', exemplars: false }`,
};

/** Reads a signal; undefined when anything is wrong that others would have to look at. */
export function readSignal(written: unknown, path: string, report: Report): Signal | undefined {
  const reader = readDefinition(written, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const name = reader.text('name', 200);
  reader.text('description', 2000);
  const telemetry = reader.oneOf('telemetry', TELEMETRIES);
  const unit = reader.oneOf('unit', UNIT_NAMES);
  const labels = readLabels(reader);
  const queries = reader.list('queries', MOST_QUERIES);
  if (name === undefined || telemetry === undefined || unit === undefined) return undefined;
  for (const [index, each] of (queries ?? []).entries()) {
    const place = joinPath(reader.at('queries'), index);
    readQuery(readDefinition(each, place, report, QUERY_SHAPE), telemetry, labels);
  }
  return queries === undefined ? undefined : (written as Signal);
}

function readLabels(reader: DefinitionReader): readonly string[] {
  const labels = reader.list('labels', MOST_LABELS) ?? [];
  for (const label of labels)
    if (typeof label !== 'string' || !/^[A-Za-z_]\w*$/.test(label))
      reader.refuse('labels', {
        code: 'not-a-label',
        message: `${printValue(label)} is not a label name.`,
        remedy: 'Use letters, digits and _, beginning with a letter or _.',
      });
  return labels.map(String);
}

function readQuery(
  query: DefinitionReader | undefined,
  telemetry: Signal['telemetry'],
  labels: readonly string[],
): void {
  if (query === undefined) return;
  const legend = query.raw('legend');
  const text = typeof legend === 'string' ? legend : '';
  for (const [, label = ''] of text.matchAll(/\{\{\s*(\w+)\s*\}\}/g))
    if (!labels.includes(label))
      query.refuse('legend', {
        code: 'unknown-label',
        message: `The legend names the label '${label}', which the signal does not keep.`,
        remedy:
          labels.length === 0
            ? `Keep it: labels: ['${label}'].`
            : `Use one of: ${labels.join(', ')}; or keep it, too.`,
      });
  const expression = query.raw('expression');
  const texts = isRecord(expression) ? Object.values(expression) : [expression];
  for (const each of texts) readText(query, each, telemetry);
}

function readText(query: DefinitionReader, text: unknown, telemetry: Signal['telemetry']): void {
  if (typeof text !== 'string' || text === '' || text.length > LONGEST_QUERY) {
    query.refuse('expression', {
      code: 'wrong-type',
      message: `${printValue(text)} is not a query of 1 to ${LONGEST_QUERY} characters.`,
      remedy: `Write one text, or one for each dialect: { rules: 'a', collector: 'b' }.`,
    });
    return;
  }
  if (telemetry === 'tempo') return;
  const problems = telemetry === 'prometheus' ? promqlProblems(text) : logqlProblems(text);
  for (const { message, remedy } of problems)
    query.refuse('expression', {
      code: telemetry === 'prometheus' ? 'promql-syntax' : 'logql-syntax',
      message: `'${text.slice(0, 300)}': ${message}`,
      remedy,
    });
}
