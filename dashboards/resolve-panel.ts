// Checks the panels of a user's own dashboard: one unit each, limits in that unit, columns that a signal fills.
import { type DefinitionReader, readDefinition } from '../slo/definition-reader.ts';
import { joinPath, type Report } from '../slo/diagnostic.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import { type Panel, PANEL_KINDS, type TableShape } from './panel.ts';
import { readSignal } from './resolve-signal.ts';
import { SHADE_NAMES } from './shade.ts';
import type { Signal } from './signal.ts';

const MOST_SIGNALS = 26;
const MOST_COLUMNS = 30;
const MOST_MARKS = 30;

const SHAPE = {
  known: [
    'kind',
    'title',
    'description',
    'signals',
    'width',
    'height',
    'limits',
    'levels',
    'states',
    'links',
    'decimals',
    'min',
    'max',
    'stacked',
    'whenEmpty',
    'mayBeEmpty',
    'table',
    'text',
  ],
  needed: ['title', 'description', 'signals', 'width', 'height', 'limits', 'levels', 'states'],
  example: `statPanel({ title: 'Orders', description: 'From orders_total.', signals: [orders] })`,
};

/** Reads a panel. The table of one copied from elsewhere shares its signals with it again. */
export function readPanel(written: unknown, path: string, report: Report): Panel | undefined {
  const reader = readDefinition(written, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const kind = reader.oneOf('kind', PANEL_KINDS);
  reader.text('title', 200);
  reader.text('description', 2000);
  reader.text('whenEmpty', 200);
  reader.whole('width', 1, 24);
  reader.whole('height', 1, 60);
  reader.whole('decimals', 0, 12);
  reader.list('links', MOST_MARKS);
  const signals = readSignals(reader, kind);
  if (kind === undefined || signals === undefined) return undefined;
  const panel = { ...(written as Panel), signals };
  if (kind === 'table') return withTable(reader, panel);
  const unit = signals[0]?.unit;
  for (const [index, signal] of signals.entries())
    if (signal.unit !== unit) refuseUnit(reader, `signals[${index}]`, signal.unit, unit);
  checkMarks(reader, 'limits', unit);
  checkMarks(reader, 'levels', unit);
  return panel;
}

function readSignals(
  reader: DefinitionReader,
  kind: Panel['kind'] | undefined,
): readonly Signal[] | undefined {
  const written = reader.list('signals', MOST_SIGNALS);
  if (written?.length === 0 && kind !== 'text')
    reader.refuse('signals', {
      code: 'missing-field',
      message: 'The list is empty: the panel would show nothing.',
      remedy: 'Give it one signal at least.',
    });
  const signals = written?.map((each, index) =>
    readSignal(each, joinPath(reader.at('signals'), index), reader.report),
  );
  return signals?.every((each) => each !== undefined) === true ? signals : undefined;
}

/** Limits and levels are numbers in the unit of what they judge, with a shade that we know. */
function checkMarks(reader: DefinitionReader, name: string, unit: string | undefined): void {
  const key = name === 'limits' ? 'at' : 'from';
  for (const [index, each] of (reader.list(name, MOST_MARKS) ?? []).entries()) {
    const mark = readDefinition(each, joinPath(reader.at(name), index), reader.report, {
      known: [key, 'unit', 'shade', 'name'],
      needed: [key, 'unit', 'shade'],
      example: `{ ${key}: 2, unit: 'seconds', shade: 'critical'${key === 'at' ? `, name: 'promised'` : ''} }`,
    });
    if (mark === undefined) continue;
    mark.oneOf('shade', SHADE_NAMES);
    const number = mark.raw(key);
    if (typeof number !== 'number' && number !== null)
      mark.refuse(key, {
        code: 'wrong-type',
        message: `${JSON.stringify(number)} is not a number.`,
        remedy: 'Write a number without quotes.',
      });
    const own = mark.raw('unit');
    if (own !== unit) refuseUnit(mark, 'unit', String(own), unit);
  }
}

function refuseUnit(
  reader: DefinitionReader,
  name: string,
  own: string,
  wanted: string | undefined,
): void {
  reader.report({
    code: 'mixed-units',
    severity: 'error',
    path: name.includes('[') ? `${reader.path}.${name}` : reader.at(name),
    value: `'${own}'`,
    message: `'${own}' stands in a panel of '${wanted ?? 'nothing'}'.`,
    remedy: 'Show one unit in one panel: make two panels of it, or convert one.',
  });
}

function withTable(reader: DefinitionReader, panel: Panel): Panel | undefined {
  const table = reader.object('table', {
    known: ['columns', 'sortBy', 'descending'],
    needed: ['columns', 'sortBy'],
    example: `{ columns: [{ title: 'SLO', label: 'slo' }], sortBy: 'SLO', descending: false }`,
  });
  const written = table?.list('columns', MOST_COLUMNS);
  if (table === undefined || written === undefined) return undefined;
  const labels = panel.signals.flatMap((signal) => signal.labels);
  let next = 0;
  const columns = written.flatMap((each, index): TableShape['columns'] => {
    const column = readDefinition(each, joinPath(table.at('columns'), index), reader.report, {
      known: ['title', 'label', 'signal', 'levels', 'states', 'link', 'mayBeEmpty', 'width'],
      needed: ['title'],
      example: `{ title: 'SLO', label: 'slo' }`,
    });
    if (column === undefined) return [];
    const signal = column.has('signal') ? panel.signals[next++] : undefined;
    checkLabel(column, labels);
    if (signal !== undefined) checkMarks(column, 'levels', signal.unit);
    return [
      { ...(each as TableShape['columns'][number]), ...(signal !== undefined && { signal }) },
    ];
  });
  const sortBy = table.oneOf(
    'sortBy',
    columns.map(({ title }) => title),
  );
  if (sortBy === undefined) return undefined;
  return { ...panel, table: { columns, sortBy, descending: table.flag('descending') ?? false } };
}

function checkLabel(column: DefinitionReader, labels: readonly string[]): void {
  const label = column.text('label', 200);
  if (label === undefined || labels.includes(label)) return;
  column.refuse('label', {
    code: 'unknown-label',
    message: `No signal of the table keeps the label '${label}'.${didYouMean(label, labels)}`,
    remedy: `Use one of: ${[...new Set(labels)].join(', ')}; or keep it: labels: ['${label}'].`,
  });
}
