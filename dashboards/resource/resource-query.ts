// Queries of dashboards as resources.
import type { DataQueryKind } from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { DrawnDashboard } from '../drawn-dashboard.ts';
import type { Telemetry } from '../signal.ts';

/** A query as resources have it; the datasource is the variable that the reader chooses it by. */
export function queryKind(
  telemetry: Telemetry,
  spec: object,
  { datasources }: DrawnDashboard,
): DataQueryKind {
  return {
    kind: 'DataQuery',
    group: telemetry,
    version: 'v0',
    datasource: { name: `\${${datasources[telemetry] ?? 'datasource'}}` },
    spec,
  };
}
