/**
 * Grafana's classic HTTP API over a store, as its documentation describes it: Dashboard, Folder and Folder/Dashboard
 * Search HTTP API.
 */
import { type GrafanaStore, type Json, Refusal, type StoredDashboard } from './grafana-store.ts';

export interface GrafanaCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly user: string;
}

export interface GrafanaReply {
  readonly status: number;
  readonly body: unknown;
}

/** The answer; undefined for an address that it does not have. @throws Refusal */
export function answerClassic(store: GrafanaStore, call: GrafanaCall): GrafanaReply | undefined {
  const { method, path, query, body } = call;
  const [, area, ...rest] = path.split('/').filter((part) => part !== '');
  const route = `${method} ${area ?? ''}`;
  if (route === 'GET search') return { status: 200, body: search(store, query) };
  if (area === 'folders') return answerFolder(store, method, rest[0], body);
  if (route === 'POST dashboards' && rest[0] === 'db') return save(store, call);
  if (area !== 'dashboards' || rest[0] !== 'uid' || rest[1] === undefined) return undefined;
  if (method === 'GET') return { status: 200, body: found(store, rest[1]) };
  if (method !== 'DELETE') return undefined;
  const { spec } = store.deleteDashboard(rest[1]);
  const title = spec['title'];
  return { status: 200, body: { title, message: `Dashboard ${String(title)} deleted` } };
}

function answerFolder(
  store: GrafanaStore,
  method: string,
  uid: string | undefined,
  body: Json,
): GrafanaReply | undefined {
  if (uid === undefined && method === 'GET')
    return {
      status: 200,
      body: [...store.folders.values()].map(({ uid, title }) => ({ uid, title })),
    };
  if (uid === undefined && method === 'POST')
    return { status: 200, body: store.createFolder(String(body['uid']), String(body['title'])) };
  if (uid === undefined) return undefined;
  if (method === 'PUT')
    return {
      status: 200,
      body: store.renameFolder(uid, String(body['title']), Number(body['version'])),
    };
  const folder = store.folders.get(uid);
  if (folder === undefined) throw new Refusal(404, 'folder not found');
  return method === 'GET' ? { status: 200, body: folder } : undefined;
}

function found(store: GrafanaStore, uid: string): Json {
  const there = store.dashboards.get(uid);
  if (there === undefined) throw new Refusal(404, 'Dashboard not found');
  if (there.format === 'v2')
    throw new Refusal(
      406,
      'dashboard api version not supported, use /apis/dashboard.grafana.app/v2 instead',
    );
  const { id, version, spec, folderUid, updatedBy, file } = there;
  return {
    dashboard: { ...spec, id, uid, version },
    meta: {
      folderUid,
      updatedBy,
      version,
      provisioned: file !== undefined,
      provisionedExternalId: file ?? '',
    },
  };
}

function save(store: GrafanaStore, { body, user }: GrafanaCall): GrafanaReply {
  const dashboard = body['dashboard'];
  if (typeof dashboard !== 'object' || dashboard === null)
    throw new Refusal(400, 'bad request data');
  const { id: _id, uid, version, ...spec } = dashboard as Json;
  const change = {
    uid: String(uid),
    // “If you do not define the folderId or the folderUid, the dashboard is moved to the root level.”
    folderUid: typeof body['folderUid'] === 'string' ? body['folderUid'] : '',
    spec,
    format: 'classic' as const,
    user,
  };
  const overwrite = body['overwrite'] === true;
  const there = store.dashboards.get(change.uid);
  const stored =
    there === undefined
      ? store.createDashboard(change)
      : updated(store, there, change, overwrite ? undefined : version);
  const { version: saved } = stored;
  return {
    status: 200,
    body: { id: stored.id, uid: stored.uid, status: 'success', version: saved },
  };
}

/** Without the version that it read and without `overwrite`, a client means to create: that is “name-exists”. */
function updated(
  store: GrafanaStore,
  there: StoredDashboard,
  change: Parameters<GrafanaStore['updateDashboard']>[0],
  version: unknown,
): StoredDashboard {
  if (there.file !== undefined || version !== undefined)
    return store.updateDashboard(change, version === undefined ? undefined : Number(version));
  return store.createDashboard(change);
}

/** “limit – max is 5000; default is 1000”, “page – numbering starts at 1”, several tags must all fit. */
function search(store: GrafanaStore, query: URLSearchParams): readonly Json[] {
  const tags = query.getAll('tag');
  const limit = Math.min(5000, Number(query.get('limit') ?? 1000));
  const page = Number(query.get('page') ?? 1);
  const hits = [...store.dashboards.values()]
    .filter(({ spec }) => tags.every((tag) => tagsOf(spec).includes(tag)))
    .map(({ uid, spec, folderUid }) => ({
      uid,
      title: spec['title'],
      type: 'dash-db',
      tags: tagsOf(spec),
      folderUid,
    }));
  return hits.slice((page - 1) * limit, page * limit);
}

function tagsOf(spec: Json): readonly unknown[] {
  return Array.isArray(spec['tags']) ? spec['tags'] : [];
}
