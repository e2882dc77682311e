// Dashboards as ConfigMaps, as the sidecar of Grafana's Helm charts collects them.
import { writeYaml } from '../../formats/yaml-writer.ts';
import type { Folder } from '../folder.ts';
import { sortedLine } from '../json-text.ts';

/** What a ConfigMap may hold; Kubernetes refuses more than a mebibyte with all that is around it. */
export const LARGEST_CONFIG_MAP = 1_000_000;

/** A ConfigMap with one dashboard, whose names are sorted; undefined when it is too large for one. Its JSON is one line: half the size. */
export function dashboardConfigMap(
  uid: string,
  dashboard: object,
  { title }: Pick<Folder, 'title'>,
): string | undefined {
  const data = sortedLine(dashboard);
  if (!fits(data)) return undefined;
  return writeYaml({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: uid,
      labels: { grafana_dashboard: '1', 'app.kubernetes.io/managed-by': 'ninefold' },
      annotations: { grafana_folder: title },
    },
    data: { [`${uid}.json`]: data },
  });
}

/** Whether a text is small enough as UTF-8, in which a unit of it takes at most three bytes. */
function fits(text: string): boolean {
  if (text.length * 3 <= LARGEST_CONFIG_MAP) return true;
  return new TextEncoder().encode(text).length <= LARGEST_CONFIG_MAP;
}
