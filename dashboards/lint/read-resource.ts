// Reads a dashboard in Grafana's resource format (v2), a whole manifest or its spec alone, for the linter.
import { given, type JsonObject, listOf, numberOf, objectOf, textOf } from './json-reader.ts';
import type {
  LintedDashboard,
  LintedDatasource,
  LintedPanel,
  LintedTarget,
  LintedVariable,
} from './linted-dashboard.ts';
import { readFields, readLinks } from './read-classic.ts';

/**
 * What the linter sees of a resource; `metadata` is empty when only the spec is given, and `path` is where the spec
 * stands in what was read.
 */
export function readResource(
  spec: JsonObject,
  metadata: JsonObject,
  path = '$.spec',
): LintedDashboard {
  const collapsed = collapsedElements(objectOf(spec['layout']), false);
  return {
    format: 'resource',
    uid: textOf(metadata['name']),
    title: textOf(spec['title']),
    editable: spec['editable'] !== false,
    variables: listOf(spec['variables']).map((each) => readVariable(objectOf(each))),
    panels: Object.entries(objectOf(spec['elements'])).flatMap(([name, each]) => {
      const element = objectOf(each);
      if (element['kind'] !== 'Panel') return [];
      const place = `${path}.elements[${JSON.stringify(name)}]`;
      return [readPanel(objectOf(element['spec']), place, collapsed.has(name))];
    }),
    links: readLinks(spec['links']),
  };
}

/** Names of elements that lie in closed rows, however deep the layout is. */
function collapsedElements(layout: JsonObject, closed: boolean): ReadonlySet<string> {
  const names = new Set<string>();
  const spec = objectOf(layout['spec']);
  for (const item of listOf(spec['items'])) {
    const name = textOf(objectOf(objectOf(objectOf(item)['spec'])['element'])['name']);
    if (closed && name !== '') names.add(name);
  }
  for (const part of [...listOf(spec['rows']), ...listOf(spec['tabs'])]) {
    const { collapse, layout } = objectOf(objectOf(part)['spec']);
    for (const name of collapsedElements(objectOf(layout), closed || collapse === true))
      names.add(name);
  }
  return names;
}

function readPanel(spec: JsonObject, path: string, collapsed: boolean): LintedPanel {
  const viz = objectOf(spec['vizConfig']);
  const { fieldConfig, options } = objectOf(viz['spec']);
  const queries = listOf(objectOf(objectOf(spec['data'])['spec'])['queries']);
  const targets = queries.map((each, index) => readQuery(objectOf(objectOf(each)['spec']), index));
  const defaults = objectOf(objectOf(fieldConfig)['defaults']);
  return {
    path,
    ...given('id', numberOf(spec['id'])),
    title: textOf(spec['title']),
    description: textOf(spec['description']),
    type: textOf(viz['group']),
    // A resource names datasources by query; the panel is about that of its first.
    datasource: targets[0]?.datasource ?? {},
    targets,
    collapsed,
    ...readFields(fieldConfig, options),
    links: [...readLinks(spec['links']), ...readLinks(defaults['links'])],
    text: textOf(objectOf(options)['content']),
  };
}

function readQuery(spec: JsonObject, index: number): LintedTarget {
  const query = objectOf(spec['query']);
  return {
    refId: textOf(spec['refId']),
    index,
    expression: textOf(objectOf(query['spec'])['expr']),
    hidden: spec['hidden'] === true,
    datasource: readDatasource(query),
  };
}

function readDatasource(query: JsonObject): LintedDatasource {
  const { name } = objectOf(query['datasource']);
  return {
    ...(typeof query['group'] === 'string' && { type: query['group'] }),
    ...(typeof name === 'string' && { uid: name }),
  };
}

/** `QueryVariable` is a `query`, and so on. */
function readVariable(json: JsonObject): LintedVariable {
  const spec = objectOf(json['spec']);
  const query = objectOf(spec['query']);
  const body = objectOf(query['spec']);
  const asked = textOf(body['query']) || textOf(body['__legacyStringValue']);
  const { allValue } = spec;
  return {
    name: textOf(spec['name']),
    label: textOf(spec['label']),
    type: textOf(json['kind'])
      .replace(/Variable$/, '')
      .toLowerCase(),
    query: json['kind'] === 'DatasourceVariable' ? textOf(spec['pluginId']) : asked,
    datasource: readDatasource(query),
    multi: spec['multi'] === true,
    refreshesOnTimeChange: spec['refresh'] === 'onTimeRangeChanged',
    ...(typeof allValue === 'string' && { allValue }),
  };
}
