// The folder in Grafana where all generated dashboards live.
import { FolderApiVersion, FolderKind } from '@grafana/grafana-foundation-sdk/folderv1';
import type { Manifest } from '@grafana/grafana-foundation-sdk/resource';

export const FOLDER = { uid: 'ninefold', title: 'Ninefold' } as const;

/** The folder as a resource, to be pushed before its dashboards. */
export function folderManifest(): Manifest {
  return {
    apiVersion: FolderApiVersion,
    kind: FolderKind,
    metadata: { name: FOLDER.uid },
    spec: { title: FOLDER.title },
  };
}
