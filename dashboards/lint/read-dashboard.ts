// Reads a dashboard of any format of Grafana's, from whatever it is wrapped in, for the linter.
import { type JsonObject, listOf, objectOf, textOf } from './json-reader.ts';
import type { LintedDashboard } from './linted-dashboard.ts';
import { readClassic } from './read-classic.ts';
import { readResource } from './read-resource.ts';

/** What the linter sees; undefined when it is no dashboard. Never throws. */
export function readDashboard(json: unknown): LintedDashboard | undefined {
  const object = objectOf(json);
  if ('elements' in objectOf(object['spec']))
    return readResource(objectOf(object['spec']), objectOf(object['metadata']));
  if ('elements' in object) return readResource(object, {}, '$');
  // What the HTTP API answers has the dashboard within, and so has a resource of the first version.
  for (const name of ['dashboard', 'spec', undefined]) {
    const classic = name === undefined ? object : objectOf(object[name]);
    if ('panels' in classic || 'rows' in classic || 'schemaVersion' in classic) {
      const uid = textOf(objectOf(object['metadata'])['name']);
      const read = readClassic(classic, name === undefined ? '$' : `$.${name}`);
      return name === 'spec' && read.uid === '' ? { ...read, uid } : read;
    }
  }
  return undefined;
}

/** A dashboard, or the text of one, inside of something that Kubernetes takes. */
export interface WrappedDashboard {
  /** Where it stands: `$.data["slo.json"]`; `$` when nothing is around it. */
  readonly path: string;
  readonly json?: unknown;
  readonly text?: string;
}

/** Dashboards in ConfigMaps, in resources of grafana-operator, and in lists of those; else the very value. */
export function unwrapDashboards(json: unknown, path = '$'): readonly WrappedDashboard[] {
  const object = objectOf(json);
  const kind = textOf(object['kind']);
  if (kind === 'ConfigMap') return configMapData(objectOf(object['data']), path);
  if (kind === 'GrafanaDashboard' || kind === 'GrafanaManifest')
    return operatorResource(objectOf(object['spec']), path);
  if (kind === 'GrafanaFolder' || kind === 'Folder') return [];
  // Grafana's own lists and those of Kubernetes; one level of them, for nobody writes more.
  if (kind.endsWith('List') && path === '$')
    return listOf(object['items']).flatMap((item, at) => unwrapDashboards(item, `$.items[${at}]`));
  return [{ path, json }];
}

function configMapData(data: JsonObject, path: string): readonly WrappedDashboard[] {
  return Object.entries(data)
    .filter(([name]) => name.endsWith('.json'))
    .map(([name, text]) => ({
      path: `${path}.data[${JSON.stringify(name)}]`,
      text: textOf(text),
    }));
}

/** GrafanaDashboard has the text of a classic one, or says where it is; GrafanaManifest has a whole resource. */
function operatorResource(spec: JsonObject, path: string): readonly WrappedDashboard[] {
  if (typeof spec['json'] === 'string') return [{ path: `${path}.spec.json`, text: spec['json'] }];
  return 'template' in spec ? [{ path: `${path}.spec.template`, json: spec['template'] }] : [];
}
