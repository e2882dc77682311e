// Grafana's API of resources, as Kubernetes has them: dashboard.grafana.app and folder.grafana.app.
import type {
  FoundDashboard,
  FoundFolder,
  GrafanaApiName,
  PlacedDashboard,
} from '../../dashboards/delivery/placed-dashboard.ts';
import { formatOf } from '../../dashboards/delivery/placed-dashboard.ts';
import { hasMark } from '../../dashboards/delivery/managed-mark.ts';
import { type JsonObject, listOf, objectOf, textOf } from '../../dashboards/lint/json-reader.ts';
import { CommandFailure } from '../failure.ts';
import { type GrafanaApi, RefusedChangeError } from './grafana-api.ts';
import { type GrafanaAnswer, type GrafanaConnection, sentenceOf } from './grafana-connection.ts';

const PAGE = 100;
const MOST_PAGES = 1000;

/** @param namespace `default`, `org-2`, or `stacks-123` of Grafana Cloud */
export function createResourceApi(
  { url, ask }: GrafanaConnection,
  api: Exclude<GrafanaApiName, 'classic'>,
  namespace: string,
): GrafanaApi {
  const group = `dashboard.grafana.app/${api}`;
  const folderGroup = `folder.grafana.app/${api === 'v1beta1' ? 'v1beta1' : 'v1'}`;
  const dashboards = `/apis/${group}/namespaces/${namespace}/dashboards`;
  const folders = `/apis/${folderGroup}/namespaces/${namespace}/folders`;
  /** Creates a thing when no revision of it was found, else changes that one. */
  const put = (path: string, name: string, resource: object, revision: string | undefined) =>
    revision === undefined
      ? ask({ method: 'POST', path, body: resource })
      : ask({ method: 'PUT', path: `${path}/${name}`, body: resource });
  return {
    format: formatOf(api),
    async check() {
      const { status } = await ask({ method: 'GET', path: dashboards, query: { limit: '1' } });
      if (status === 200) return;
      throw new CommandFailure(
        'unavailable',
        `${url} has no ${group} in the namespace ${namespace} (${status})`,
        'take --api classic, or another --namespace: default, org-2, stacks-123',
      );
    },
    async folder(uid) {
      const answer = await ask({ method: 'GET', path: `${folders}/${uid}` });
      if (answer.status === 404) return undefined;
      return readFolder(expectOk(answer, `the folder ${uid}`));
    },
    async saveFolder({ uid, title }, found) {
      const metadata = { name: uid, ...versionOf(found?.revision) };
      const resource = { apiVersion: folderGroup, kind: 'Folder', metadata, spec: { title } };
      expectOk(await put(folders, uid, resource, found?.revision), `the folder ${title}`);
    },
    async dashboard(uid) {
      const answer = await ask({ method: 'GET', path: `${dashboards}/${uid}` });
      if (answer.status === 404) return undefined;
      return readDashboard(expectOk(answer, `the dashboard ${uid}`));
    },
    async marked() {
      const uids: string[] = [];
      let next = '';
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const query = { limit: String(PAGE), ...(next !== '' && { continue: next }) };
        const answer = await ask({ method: 'GET', path: dashboards, query });
        const { items, metadata } = objectOf(expectOk(answer, 'the list of dashboards'));
        for (const item of listOf(items)) {
          const { metadata, spec } = objectOf(item);
          if (hasMark(objectOf(spec))) uids.push(textOf(objectOf(metadata)['name']));
        }
        next = textOf(objectOf(metadata)['continue']);
        if (next === '') break;
      }
      return uids;
    },
    async save(dashboard, revision) {
      const resource = { apiVersion: group, kind: 'Dashboard', ...resourceOf(dashboard, revision) };
      expectOk(await put(dashboards, dashboard.uid, resource, revision), `“${dashboard.title}”`);
    },
    async remove(uid) {
      const answer = await ask({ method: 'DELETE', path: `${dashboards}/${uid}` });
      if (answer.status !== 404) expectOk(answer, `the dashboard ${uid}`);
    },
  };
}

function resourceOf({ uid, folderUid, spec }: PlacedDashboard, revision: string | undefined) {
  // A resource has its uid and its version in the metadata, and no number.
  const { id: _id, uid: _uid, version: _version, ...content } = spec;
  return {
    metadata: {
      name: uid,
      ...versionOf(revision),
      annotations: {
        'grafana.app/folder': folderUid,
        'grafana.app/message': 'ninefold dashboards push',
      },
    },
    spec: content,
  };
}

function versionOf(revision: string | undefined): { readonly resourceVersion?: string } {
  return revision === undefined ? {} : { resourceVersion: revision };
}

function readFolder(body: unknown): FoundFolder {
  const { metadata, spec } = objectOf(body);
  const { name, resourceVersion } = objectOf(metadata);
  return {
    uid: textOf(name),
    title: textOf(objectOf(spec)['title']),
    revision: textOf(resourceVersion),
  };
}

function readDashboard(body: unknown): FoundDashboard {
  const resource = objectOf(body);
  const spec = objectOf(resource['spec']);
  const { name, resourceVersion, annotations } = objectOf(resource['metadata']);
  const about = objectOf(annotations);
  const manager = managerOf(about);
  const savedBy = textOf(about['grafana.app/updatedBy']);
  return {
    uid: textOf(name),
    title: textOf(spec['title']),
    folderUid: textOf(about['grafana.app/folder']),
    spec,
    revision: textOf(resourceVersion),
    ...(manager !== undefined && { manager }),
    ...(savedBy !== '' && { savedBy }),
  };
}

/** Git sync, Terraform and file provisioning name themselves. */
function managerOf(annotations: JsonObject): string | undefined {
  const kind = textOf(annotations['grafana.app/managedBy']);
  if (kind === '') return undefined;
  const id = textOf(annotations['grafana.app/managerId']);
  return id === '' ? kind : `${kind} (${id})`;
}

function expectOk({ status, body }: GrafanaAnswer, what: string): unknown {
  if (status >= 200 && status < 300) return body;
  throw new RefusedChangeError(
    `Grafana refuses ${what} (${status})${sentenceOf(body)}`,
    status === 409 || status === 412
      ? 'Somebody changed it meanwhile: look with `ninefold dashboards diff`, and push again.'
      : status === 400 || status === 422
        ? 'Check whether its folder is still there; `ninefold dashboards lint` shows what is wrong with a file.'
        : 'Look at Grafana’s log.',
  );
}
