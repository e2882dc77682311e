// Folder and dashboards as resources of grafana-operator, which takes the dashboards out of our ConfigMaps.
import { writeYaml } from '../../formats/yaml-writer.ts';
import type { Folder } from '../folder.ts';

const API = 'grafana.integreatly.org/v1beta1';
const LABELS = { 'app.kubernetes.io/managed-by': 'ninefold' };

/** Which instances of Grafana: those that bear the label of the operator's own examples. */
const INSTANCES = { matchLabels: { dashboards: 'grafana' } };

/** The GrafanaFolder that all dashboards refer to. */
export function operatorFolder({ uid, title }: Folder): string {
  return writeYaml({
    apiVersion: API,
    kind: 'GrafanaFolder',
    metadata: { name: uid, labels: LABELS },
    spec: { instanceSelector: INSTANCES, uid, title },
  });
}

/** A GrafanaDashboard whose JSON is in the ConfigMap of the same name and namespace. */
export function operatorDashboard(uid: string, folder: Pick<Folder, 'uid'>): string {
  return writeYaml({
    apiVersion: API,
    kind: 'GrafanaDashboard',
    metadata: { name: uid, labels: LABELS },
    spec: {
      instanceSelector: INSTANCES,
      folderRef: folder.uid,
      configMapRef: { name: uid, key: `${uid}.json` },
    },
  });
}
