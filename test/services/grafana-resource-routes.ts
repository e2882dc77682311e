/**
 * Grafana's API of resources over a store, as its documentation describes it: dashboard.grafana.app (v1beta1, v1, v2)
 * and folder.grafana.app (v1beta1, v1), in the namespace `default`.
 */
import type { GrafanaCall, GrafanaReply } from './grafana-classic-routes.ts';
import {
  type GrafanaStore,
  type Json,
  Refusal,
  type StoredDashboard,
  type StoredFolder,
} from './grafana-store.ts';

const PATH =
  /^\/apis\/(dashboard|folder)\.grafana\.app\/(v1beta1|v1|v2)\/namespaces\/default\/(dashboards|folders)(?:\/([^/]+))?$/;

/** The answer; undefined for an address that it does not have. @throws Refusal */
export function answerResource(store: GrafanaStore, call: GrafanaCall): GrafanaReply | undefined {
  const [, group, version, kind, name] = PATH.exec(call.path) ?? [];
  if (version === undefined || kind !== `${group ?? ''}s`) return undefined;
  try {
    return kind === 'folders'
      ? answerFolder(store, call, name)
      : answerDashboard(store, call, version, name);
  } catch (error) {
    // What the classic API calls a failed precondition is a conflict here.
    if (error instanceof Refusal && error.status === 412) throw new Refusal(409, error.message);
    throw error;
  }
}

function answerFolder(
  store: GrafanaStore,
  { method, body }: GrafanaCall,
  name: string | undefined,
): GrafanaReply | undefined {
  const { metadata, spec } = partsOf(body);
  if (name === undefined && method === 'GET') {
    const items = [...store.folders.values()].map(folderResource);
    return { status: 200, body: { kind: 'FolderList', items } };
  }
  if (name === undefined && method === 'POST') {
    const folder = store.createFolder(String(metadata['name']), String(spec['title']));
    return { status: 201, body: folderResource(folder) };
  }
  if (name === undefined) return undefined;
  if (method === 'PUT') {
    const renamed = store.renameFolder(name, String(spec['title']), versionIn(metadata));
    return { status: 200, body: folderResource(renamed) };
  }
  const folder = store.folders.get(name);
  if (folder === undefined) throw new Refusal(404, `folders "${name}" not found`);
  return method === 'GET' ? { status: 200, body: folderResource(folder) } : undefined;
}

function answerDashboard(
  store: GrafanaStore,
  { method, query, body, user }: GrafanaCall,
  apiVersion: string,
  name: string | undefined,
): GrafanaReply | undefined {
  const format = apiVersion === 'v2' ? 'v2' : 'classic';
  const shown = (stored: StoredDashboard): Json => dashboardResource(stored, apiVersion);
  const change = () => {
    const { metadata, spec } = partsOf(body);
    const annotations = objectIn(metadata['annotations']);
    const folderUid = annotations['grafana.app/folder'];
    return {
      uid: String(metadata['name']),
      folderUid: typeof folderUid === 'string' ? folderUid : '',
      spec,
      format,
      user,
    } as const;
  };
  if (name === undefined && method === 'GET')
    return { status: 200, body: listed(store, query, shown) };
  if (name === undefined && method === 'POST')
    return { status: 201, body: shown(store.createDashboard(change())) };
  if (name === undefined) return undefined;
  if (method === 'PUT') {
    const { metadata } = partsOf(body);
    if (metadata['name'] !== name)
      throw new Refusal(400, 'the name of the object does not match the name on the URL');
    const version = metadata['resourceVersion'] === undefined ? undefined : versionIn(metadata);
    return { status: 200, body: shown(store.updateDashboard(change(), version)) };
  }
  if (method === 'DELETE') {
    store.deleteDashboard(name);
    return { status: 200, body: { kind: 'Status', status: 'Success' } };
  }
  const there = store.dashboards.get(name);
  if (there === undefined) throw new Refusal(404, `dashboards "${name}" not found`);
  return method === 'GET' ? { status: 200, body: shown(there) } : undefined;
}

/** “Use the limit parameter … use the continue token returned to fetch the next page.” */
function listed(
  store: GrafanaStore,
  query: URLSearchParams,
  shown: (stored: StoredDashboard) => Json,
): Json {
  const all = [...store.dashboards.values()];
  const from = Number(query.get('continue') ?? 0);
  const to = from + Number(query.get('limit') ?? all.length);
  return {
    kind: 'DashboardList',
    metadata: to < all.length ? { continue: String(to) } : {},
    items: all.slice(from, to).map(shown),
  };
}

function dashboardResource(stored: StoredDashboard, apiVersion: string): Json {
  const { uid, version, folderUid, updatedBy, spec, managedBy, file } = stored;
  const manager = managedBy ?? (file === undefined ? undefined : 'classic-file-provisioning');
  return {
    kind: 'Dashboard',
    apiVersion: `dashboard.grafana.app/${apiVersion}`,
    metadata: {
      name: uid,
      namespace: 'default',
      resourceVersion: String(version),
      generation: version,
      annotations: {
        'grafana.app/folder': folderUid,
        'grafana.app/updatedBy': updatedBy,
        ...(manager !== undefined && { 'grafana.app/managedBy': manager }),
      },
    },
    spec,
  };
}

function folderResource({ uid, title, version }: StoredFolder): Json {
  return {
    kind: 'Folder',
    metadata: { name: uid, namespace: 'default', resourceVersion: String(version) },
    spec: { title },
  };
}

function versionIn(metadata: Json): number {
  return Number(metadata['resourceVersion']);
}

function partsOf(body: Json): { readonly metadata: Json; readonly spec: Json } {
  return { metadata: objectIn(body['metadata']), spec: objectIn(body['spec']) };
}

function objectIn(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
