// A dashboard of Grafana's as a file, in the very bytes that `ninefold build` writes when nobody changed it.
import { DashboardAPIVersion, DashboardKind } from '@grafana/grafana-foundation-sdk/dashboardv2';
import { jsonText } from '../json-text.ts';
import { withoutMark } from './managed-mark.ts';
import type { DashboardFormat, FoundDashboard } from './placed-dashboard.ts';

/** The text of the file: classic JSON, or a manifest. */
export function pulledFile(
  { uid, folderUid, spec }: FoundDashboard,
  format: DashboardFormat,
): string {
  const own = withoutMark(spec);
  if (format === 'v2')
    return jsonText({
      apiVersion: DashboardAPIVersion,
      kind: DashboardKind,
      metadata: { name: uid, annotations: { 'grafana.app/folder': folderUid } },
      spec: own,
    });
  // The number is Grafana's, and another one in each; the version counts its saves.
  const { version: _version, ...content } = own;
  return jsonText({ ...content, id: null, uid });
}
