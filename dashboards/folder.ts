// The folder in Grafana where all generated dashboards of a workspace live.
import { FolderApiVersion, FolderKind } from '@grafana/grafana-foundation-sdk/folderv1';
import type { Manifest } from '@grafana/grafana-foundation-sdk/resource';
import { workspaceUid } from '../slo/names.ts';

export interface Folder {
  readonly uid: string;
  readonly title: string;
}

/** Each workspace that says its name has a folder of its own: `Ninefold payments`. */
export function folderOf(workspace?: string): Folder {
  const title = workspace === undefined ? 'Ninefold' : `Ninefold ${workspace}`;
  return { uid: workspaceUid(workspace), title };
}

/** Whether a folder is one that some workspace's dashboards go to. */
export function isWorkspaceFolder(uid: string): boolean {
  return uid === workspaceUid() || uid.startsWith(`${workspaceUid()}-`);
}

/** The folder as a resource, to be pushed before its dashboards. */
export function folderManifest({ uid, title }: Folder): Manifest {
  return {
    apiVersion: FolderApiVersion,
    kind: FolderKind,
    metadata: { name: uid },
    spec: { title },
  };
}
