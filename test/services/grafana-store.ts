/** What a Grafana keeps of folders and dashboards, with the rules that its documentation states for changes of them. */

export type Json = Readonly<Record<string, unknown>>;

export interface StoredFolder {
  readonly uid: string;
  readonly title: string;
  readonly version: number;
}

export interface StoredDashboard {
  readonly uid: string;
  /** Number that only this Grafana gives it. */
  readonly id: number;
  readonly folderUid: string;
  readonly spec: Json;
  readonly format: 'classic' | 'v2';
  readonly version: number;
  readonly updatedBy: string;
  /** A file that Grafana provisions it from. */
  readonly file?: string;
  /** `grafana.app/managedBy`: repo, terraform … */
  readonly managedBy?: string;
}

/** A change that Grafana does not make, as it answers it. */
export class Refusal extends Error {
  readonly status: number;
  readonly kind: string | undefined;
  constructor(status: number, message: string, kind?: string) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

export interface DashboardChange {
  readonly uid: string;
  readonly folderUid: string;
  readonly spec: Json;
  readonly format: 'classic' | 'v2';
  readonly user: string;
}

export interface GrafanaStore {
  readonly folders: Map<string, StoredFolder>;
  readonly dashboards: Map<string, StoredDashboard>;
  createFolder(uid: string, title: string): StoredFolder;
  renameFolder(uid: string, title: string, version: number): StoredFolder;
  createDashboard(change: DashboardChange): StoredDashboard;
  /** Without a version it overwrites whatever is there. */
  updateDashboard(change: DashboardChange, version?: number): StoredDashboard;
  deleteDashboard(uid: string): StoredDashboard;
}

/** An empty one. */
export function createGrafanaStore(): GrafanaStore {
  const folders = new Map<string, StoredFolder>();
  const dashboards = new Map<string, StoredDashboard>();
  let ids = 0;
  const checkSpec = ({ uid, folderUid, spec }: DashboardChange): void => {
    // “The uid can have a maximum length of 40 characters.”
    if (!/^[\w-]{1,40}$/.test(uid)) throw new Refusal(400, 'uid contains illegal characters');
    if (typeof spec['title'] !== 'string' || spec['title'] === '')
      throw new Refusal(400, 'Dashboard title cannot be empty');
    // A dashboard can only be put into a folder that is there: folders come first.
    if (folderUid !== '' && !folders.has(folderUid)) throw new Refusal(400, 'folder not found');
  };
  const keep = (
    { uid, folderUid, spec, format, user }: DashboardChange,
    id: number,
    version: number,
  ): StoredDashboard => {
    const stored = { uid, id, folderUid, spec, format, version, updatedBy: user };
    dashboards.set(uid, stored);
    return stored;
  };
  return {
    folders,
    dashboards,
    createFolder(uid, title) {
      // “412 – Folder already exists”; resources: “409 – Conflict (folder with the same uid already exists)”.
      if (folders.has(uid)) throw new Refusal(412, 'a folder with the same uid already exists');
      const folder = { uid, title, version: 1 };
      folders.set(uid, folder);
      return folder;
    },
    renameFolder(uid, title, version) {
      const folder = folders.get(uid);
      if (folder === undefined) throw new Refusal(404, 'folder not found');
      if (folder.version !== version)
        throw new Refusal(412, 'the folder has been changed by someone else', 'version-mismatch');
      const renamed = { uid, title, version: version + 1 };
      folders.set(uid, renamed);
      return renamed;
    },
    createDashboard(change) {
      checkSpec(change);
      if (dashboards.has(change.uid))
        throw new Refusal(412, 'A dashboard with the same uid already exists', 'name-exists');
      ids += 1;
      return keep(change, ids, 1);
    },
    updateDashboard(change, version) {
      checkSpec(change);
      const there = dashboards.get(change.uid);
      if (there === undefined) throw new Refusal(404, 'Dashboard not found');
      if (there.file !== undefined) throw new Refusal(400, 'Cannot save provisioned dashboard');
      // “The dashboard has been changed by someone else, status=version-mismatch”
      if (version !== undefined && version !== there.version)
        throw new Refusal(
          412,
          'The dashboard has been changed by someone else',
          'version-mismatch',
        );
      return keep(change, there.id, there.version + 1);
    },
    deleteDashboard(uid) {
      const there = dashboards.get(uid);
      if (there === undefined) throw new Refusal(404, 'Dashboard not found');
      if (there.file !== undefined)
        throw new Refusal(400, 'provisioned dashboard cannot be deleted');
      dashboards.delete(uid);
      return there;
    },
  };
}
