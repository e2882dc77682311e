// Checks a dashboard of a user's own as written: what types cannot tell, and what whoever does not compile gets wrong.
import { type DefinitionReader, readDefinition, refuseType } from '../slo/definition-reader.ts';
import { joinPath, type Report } from '../slo/diagnostic.ts';
import { LONGEST_UID, OWN_UID_PREFIX } from '../slo/names.ts';
import { isRecord } from '../slo/plain-data.ts';
import { type Resolved, resolved } from '../slo/resolved.ts';
import type { Dashboard, Row } from './dashboard.ts';
import { readPanel } from './resolve-panel.ts';
import { readVariable } from './resolve-variable.ts';

/** The dashboard that a definition stands for. The definition may hold anything; nothing is thrown. */
export function resolveDashboard(definition: unknown, path = ''): Resolved<Dashboard> {
  return resolved((report) => readDashboard(definition, path, report));
}

const MOST_ROWS = 50;
const MOST_PANELS = 100;
const MOST_WORDS = 30;

const SHAPE = {
  known: [
    'kind',
    'uid',
    'title',
    'description',
    'tags',
    'variables',
    'rows',
    'links',
    'from',
    'refreshSeconds',
    'selectors',
    'exceptions',
  ],
  needed: ['uid', 'title', 'description', 'rows'],
  example: `defineDashboard({ uid: 'shop-orders', title: 'Orders', description: 'Who orders how much.', rows: [row('Traffic', [ … ])] })`,
};

const UID_RULE = {
  code: 'not-a-uid' as const,
  parse: (text: string) =>
    /^[\w-]+$/.test(text) && text.length <= LONGEST_UID && !text.startsWith(OWN_UID_PREFIX)
      ? text
      : undefined,
  expected: 'a uid',
  remedy: `Use 1 to ${LONGEST_UID} letters, digits, - and _, and do not begin with ${OWN_UID_PREFIX}: those are the generated ones.`,
};

const FROM_RULE = {
  code: 'not-a-duration' as const,
  parse: (text: string) => (/^now-[1-9]\d{0,4}[smhdwMy]$/.test(text) ? text : undefined),
  expected: 'a beginning that Grafana understands',
  remedy: `Write 'now-' and a duration: 'now-6h'.`,
};

function readDashboard(definition: unknown, path: string, report: Report): Dashboard | undefined {
  if (!isRecord(definition) || definition['kind'] !== 'dashboard')
    return refuseType(definition, path, report, 'a dashboard', `Write ${SHAPE.example}.`);
  const reader = readDefinition(definition, path, report, SHAPE);
  if (reader === undefined) return undefined;
  const uid = reader.parsed('uid', UID_RULE);
  const title = reader.text('title', 200);
  reader.text('description', 2000);
  reader.parsed('from', FROM_RULE);
  reader.whole('refreshSeconds', 5, 86_400);
  for (const name of ['tags', 'links', 'selectors', 'exceptions']) reader.list(name, MOST_WORDS);
  for (const [index, each] of (reader.list('variables', MOST_WORDS) ?? []).entries())
    readVariable(each, joinPath(reader.at('variables'), index), report);
  const rows = readRows(reader);
  if (uid === undefined || title === undefined || rows === undefined) return undefined;
  return { ...(definition as unknown as Dashboard), rows };
}

function readRows(reader: DefinitionReader): readonly Row[] | undefined {
  const written = reader.list('rows', MOST_ROWS);
  const rows = written?.flatMap((each, index): Row[] => {
    const path = joinPath(reader.at('rows'), index);
    const row = readDefinition(each, path, reader.report, {
      known: ['title', 'collapsed', 'panels', 'slo'],
      needed: ['title', 'panels'],
      example: `row('Traffic', [ … ])`,
    });
    const panels = row?.list('panels', MOST_PANELS);
    if (row === undefined || panels === undefined) return [];
    const slo = row.text('slo', 200);
    return [
      {
        title: String(row.raw('title')),
        collapsed: row.flag('collapsed') ?? false,
        panels: panels.flatMap(
          (panel, at) => readPanel(panel, joinPath(row.at('panels'), at), reader.report) ?? [],
        ),
        ...(slo !== undefined && { slo }),
      },
    ];
  });
  if (rows?.every(({ panels, slo }) => panels.length === 0 && slo === undefined) === true)
    reader.refuse('rows', {
      code: 'missing-field',
      message: 'There is no panel in any row.',
      remedy: 'Add a panel, or leave the dashboard out.',
    });
  return rows;
}
