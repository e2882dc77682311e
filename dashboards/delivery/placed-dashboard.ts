// A dashboard and a folder as they go to Grafana, and as they are found there.
import type { JsonObject } from '../lint/json-reader.ts';

/** How Grafana is asked: the API of all versions, or resources with their version. */
export const GRAFANA_APIS = ['classic', 'v1beta1', 'v1', 'v2'] as const;

export type GrafanaApiName = (typeof GRAFANA_APIS)[number];

/** The classic JSON, or that of resources of the second version. */
export type DashboardFormat = 'classic' | 'v2';

/** The format in which an API takes dashboards. */
export function formatOf(api: GrafanaApiName): DashboardFormat {
  return api === 'v2' ? 'v2' : 'classic';
}

export interface PlacedFolder {
  readonly uid: string;
  readonly title: string;
}

export interface PlacedDashboard {
  readonly uid: string;
  readonly title: string;
  readonly folderUid: string;
  /** What the reader sees, in one of the formats. */
  readonly spec: JsonObject;
}

/** What Grafana wants to see again when something is changed: the version that the change is of. */
export interface Revised {
  readonly revision: string;
}

export type FoundFolder = PlacedFolder & Revised;

export interface FoundDashboard extends PlacedDashboard, Revised {
  /** What else looks after it, so that a change would not last: `a file of Grafana's provisioning`. */
  readonly manager?: string;
  /** Who saved it last, as Grafana names them. */
  readonly savedBy?: string;
}
