// Grafana's classic API: /api/folders, /api/dashboards and /api/search, which Grafana 10 to 13 have.
import { MANAGED_TAG } from '../../dashboards/delivery/managed-mark.ts';
import type { FoundDashboard, FoundFolder } from '../../dashboards/delivery/placed-dashboard.ts';
import { listOf, numberOf, objectOf, textOf } from '../../dashboards/lint/json-reader.ts';
import { CommandFailure } from '../failure.ts';
import { type GrafanaApi, RefusedChangeError } from './grafana-api.ts';
import { type GrafanaAnswer, type GrafanaConnection, sentenceOf } from './grafana-connection.ts';

/** Grafana answers with at most 5000 hits; its default is 1000. */
const PAGE = 1000;
const MOST_PAGES = 100;

export function createClassicApi({ url, ask }: GrafanaConnection): GrafanaApi {
  const get = (path: string) => ask({ method: 'GET', path });
  return {
    format: 'classic',
    async check() {
      const { status } = await ask({ method: 'GET', path: '/api/folders', query: { limit: '1' } });
      if (status !== 200)
        throw new CommandFailure(
          'unavailable',
          `${url} answers ${status} to /api/folders: it is no Grafana, or lies below another path`,
          'check --url',
        );
    },
    async folder(uid) {
      const answer = await get(`/api/folders/${uid}`);
      return answer.status === 404 ? undefined : readFolder(expectOk(answer, `the folder ${uid}`));
    },
    async saveFolder({ uid, title }, found) {
      const answer = await (found === undefined
        ? ask({ method: 'POST', path: '/api/folders', body: { uid, title } })
        : ask({
            method: 'PUT',
            path: `/api/folders/${uid}`,
            body: { title, version: Number(found.revision) },
          }));
      expectOk(answer, `the folder ${title}`);
    },
    async dashboard(uid) {
      const answer = await get(`/api/dashboards/uid/${uid}`);
      if (answer.status === 404) return undefined;
      return readDashboard(uid, expectOk(answer, `the dashboard ${uid}`));
    },
    async marked() {
      const uids: string[] = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const query = {
          type: 'dash-db',
          tag: MANAGED_TAG,
          limit: String(PAGE),
          page: String(page),
        };
        const answer = await ask({ method: 'GET', path: '/api/search', query });
        const hits = listOf(expectOk(answer, 'the search'));
        uids.push(...hits.map((hit) => textOf(objectOf(hit)['uid'])));
        if (hits.length < PAGE) break;
      }
      return [...new Set(uids)].filter((uid) => uid !== '');
    },
    async save({ uid, title, folderUid, spec }, revision) {
      const version = revision === undefined ? {} : { version: Number(revision) };
      const answer = await ask({
        method: 'POST',
        path: '/api/dashboards/db',
        body: {
          dashboard: { ...spec, id: null, uid, ...version },
          folderUid,
          message: 'ninefold dashboards push',
          overwrite: false,
        },
      });
      expectOk(answer, `“${title}”`);
    },
    async remove(uid) {
      const answer = await ask({ method: 'DELETE', path: `/api/dashboards/uid/${uid}` });
      if (answer.status !== 404) expectOk(answer, `the dashboard ${uid}`);
    },
  };
}

function readFolder(body: unknown): FoundFolder {
  const { uid, title, version } = objectOf(body);
  return { uid: textOf(uid), title: textOf(title), revision: String(numberOf(version) ?? 0) };
}

function readDashboard(uid: string, body: unknown): FoundDashboard {
  const { dashboard, meta } = objectOf(body);
  const spec = objectOf(dashboard);
  const { folderUid, provisioned, provisionedExternalId, updatedBy } = objectOf(meta);
  const file = textOf(provisionedExternalId);
  const savedBy = textOf(updatedBy);
  return {
    uid,
    title: textOf(spec['title']),
    folderUid: textOf(folderUid),
    spec,
    revision: String(numberOf(spec['version']) ?? 0),
    ...(provisioned === true && {
      manager: `a file that Grafana provisions it from${file === '' ? '' : ` (${file})`}`,
    }),
    ...(savedBy !== '' && { savedBy }),
  };
}

/** The body of an answer that is as hoped. */
function expectOk({ status, body }: GrafanaAnswer, what: string): unknown {
  if (status >= 200 && status < 300) return body;
  const said = sentenceOf(body);
  const kind = textOf(objectOf(body)['status']);
  throw new RefusedChangeError(
    `Grafana refuses ${what} (${status})${said}`,
    remedyFor(status, kind),
  );
}

/** The words of `status` are those of Grafana's documentation of POST /api/dashboards/db. */
function remedyFor(status: number, kind: string): string {
  if (kind === 'version-mismatch')
    return 'Somebody saved it meanwhile: look with `ninefold dashboards diff`, and push again.';
  if (kind === 'name-exists')
    return 'Another dashboard of that folder has its uid or title: rename one of them, or delete the other.';
  if (status === 406) return 'It was saved as a resource: take --api v2.';
  if (kind === 'plugin-dashboard') return 'It belongs to a plugin: give yours another uid.';
  if (status === 409 || status === 412)
    return 'Somebody changed it meanwhile: look with `ninefold dashboards diff`, and push again.';
  if (status === 400)
    return 'Check whether its folder is still there and nobody provisions it from a file, and push again.';
  return 'Look at Grafana’s log.';
}
