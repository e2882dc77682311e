// Reads a dashboard in Grafana's classic format for the linter: today's, and those with `rows` of Grafana 4.
import { given, type JsonObject, listOf, numberOf, objectOf, textOf } from './json-reader.ts';
import type {
  LintedDashboard,
  LintedDatasource,
  LintedPanel,
  LintedTarget,
  LintedVariable,
} from './linted-dashboard.ts';

/** What the linter sees of classic JSON; `path` is where it stands in what was read. */
export function readClassic(json: JsonObject, path = '$'): LintedDashboard {
  const rows = listOf(json['rows']).flatMap((row, at) =>
    listOf(objectOf(row)['panels']).flatMap((each, index) =>
      readPanels(objectOf(each), `${path}.rows[${at}].panels[${index}]`),
    ),
  );
  return {
    format: 'classic',
    uid: textOf(json['uid']),
    title: textOf(json['title']),
    // Grafana takes a missing property for true.
    editable: json['editable'] !== false,
    variables: listOf(objectOf(json['templating'])['list']).map((each) =>
      readVariable(objectOf(each)),
    ),
    panels: [
      ...rows,
      ...listOf(json['panels']).flatMap((each, index) =>
        readPanels(objectOf(each), `${path}.panels[${index}]`),
      ),
    ],
    links: readLinks(json['links']),
  };
}

/** A panel, or the panels within a row. */
function readPanels(json: JsonObject, path: string, collapsed = false): readonly LintedPanel[] {
  if (json['type'] !== 'row') return [readPanel(json, path, collapsed)];
  return listOf(json['panels']).flatMap((each, index) =>
    readPanels(objectOf(each), `${path}.panels[${index}]`, json['collapsed'] === true),
  );
}

function readPanel(json: JsonObject, path: string, collapsed: boolean): LintedPanel {
  const { x, y, w, h } = objectOf(json['gridPos']);
  const place = { x: numberOf(x), y: numberOf(y), w: numberOf(w), h: numberOf(h) };
  const { x: left, y: top, w: width, h: height } = place;
  const placed =
    left === undefined || top === undefined || width === undefined || height === undefined
      ? undefined
      : { x: left, y: top, w: width, h: height };
  const defaults = objectOf(objectOf(json['fieldConfig'])['defaults']);
  return {
    path,
    ...given('id', numberOf(json['id'])),
    title: textOf(json['title']),
    description: textOf(json['description']),
    type: textOf(json['type']),
    datasource: readDatasource(json['datasource']),
    targets: listOf(json['targets']).map((each, index) => readTarget(objectOf(each), index)),
    collapsed,
    ...readFields(json['fieldConfig'], json['options']),
    links: [...readLinks(json['links']), ...readLinks(defaults['links'])],
    text: textOf(objectOf(json['options'])['content']),
    ...given('place', placed),
  };
}

function readTarget(json: JsonObject, index: number): LintedTarget {
  return {
    refId: textOf(json['refId']),
    index,
    expression: textOf(json['expr']),
    hidden: json['hide'] === true,
    datasource: readDatasource(json['datasource']),
  };
}

/** The addresses of links, which are written alike in all formats. */
export function readLinks(links: unknown): readonly string[] {
  return listOf(links).flatMap((each) => textOf(objectOf(each)['url']) || []);
}

/** What a field configuration says, which is written alike in all formats. */
export function readFields(
  fieldConfig: unknown,
  options: unknown,
): Pick<LintedPanel, 'units' | 'hasMappings' | 'showsText' | 'thresholds'> &
  Partial<Pick<LintedPanel, 'noValue'>> {
  const { defaults, overrides } = objectOf(fieldConfig);
  const { unit, mappings, noValue, thresholds } = objectOf(defaults);
  const overridden = listOf(overrides).flatMap((each) =>
    listOf(objectOf(each)['properties']).flatMap((property) => {
      const { id, value } = objectOf(property);
      return id === 'unit' ? [textOf(value)] : [];
    }),
  );
  const steps = listOf(objectOf(thresholds)['steps']);
  return {
    units: [textOf(unit), ...overridden].filter((each) => each !== ''),
    hasMappings: listOf(mappings).length > 0,
    showsText: textOf(objectOf(objectOf(options)['reduceOptions'])['fields']) !== '',
    thresholds: steps.flatMap((each) => numberOf(objectOf(each)['value']) ?? []),
    ...given('noValue', typeof noValue === 'string' ? noValue : undefined),
  };
}

/** Grafana once wrote only a name. */
function readDatasource(json: unknown): LintedDatasource {
  if (typeof json === 'string') return { uid: json };
  const { type, uid } = objectOf(json);
  return {
    ...(typeof type === 'string' && { type }),
    ...(typeof uid === 'string' && { uid }),
  };
}

function readVariable(json: JsonObject): LintedVariable {
  const query =
    typeof json['query'] === 'string' ? json['query'] : objectOf(json['query'])['query'];
  const { allValue } = json;
  return {
    name: textOf(json['name']),
    label: textOf(json['label']),
    type: textOf(json['type']),
    query: textOf(query),
    datasource: readDatasource(json['datasource']),
    multi: json['multi'] === true,
    refreshesOnTimeChange: json['refresh'] === 2,
    ...(typeof allValue === 'string' && { allValue }),
  };
}
