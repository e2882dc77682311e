// Dashboards as resources of Grafana's newer API (dashboard.grafana.app/v2), from the same drawing as the classic ones.
import {
  DashboardAPIVersion,
  type Dashboard as ResourceDashboard,
  type DashboardLink as ResourceLink,
  DashboardCursorSync,
  DashboardKind,
  DashboardLinkType,
  defaultDashboard,
  defaultTimeSettingsSpec,
  type FieldConfigSource,
  type PanelKind,
  type RowsLayoutRowKind,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Manifest } from '@grafana/grafana-foundation-sdk/resource';
import { queryBody } from '../classic/classic-query.ts';
import type { DrawnDashboard, DrawnPanel, DrawnQuery, DrawnRow } from '../drawn-dashboard.ts';
import { fieldConfigOf, transformationsOf } from '../field-config.ts';
import type { DashboardLink } from '../link.ts';
import { visualizationOf } from '../panel-options.ts';
import { queryKind } from './resource-query.ts';
import { resourceVariable } from './resource-variable.ts';

/** The manifest of a dashboard in a folder: what the HTTP API, `gcx` and Git sync take. */
export function dashboardManifest(drawn: DrawnDashboard, folderUid: string): Manifest {
  return {
    apiVersion: DashboardAPIVersion,
    kind: DashboardKind,
    metadata: {
      name: drawn.dashboard.uid,
      annotations: { 'grafana.app/folder': folderUid },
    },
    spec: resourceDashboard(drawn),
  };
}

function resourceDashboard(drawn: DrawnDashboard): ResourceDashboard {
  const { dashboard, rows } = drawn;
  const panels = rows.flatMap((row) => row.panels);
  return {
    ...defaultDashboard(),
    title: dashboard.title,
    description: dashboard.description,
    tags: [...dashboard.tags],
    editable: false,
    cursorSync: DashboardCursorSync.Crosshair,
    timeSettings: {
      ...defaultTimeSettingsSpec(),
      from: dashboard.from,
      to: 'now',
      timezone: 'browser',
      autoRefresh: `${dashboard.refreshSeconds}s`,
    },
    variables: dashboard.variables.map((each) => resourceVariable(each, drawn)),
    links: dashboard.links.map(resourceLink),
    elements: Object.fromEntries(panels.map((each) => [elementName(each), element(each, drawn)])),
    layout: { kind: 'RowsLayout', spec: { rows: rows.map(layoutRow) } },
  };
}

function elementName({ id }: DrawnPanel): string {
  return `panel-${id}`;
}

function layoutRow({ title, collapsed, place, panels }: DrawnRow): RowsLayoutRowKind {
  const top = place.y + place.h;
  const items = panels.map((panel) => ({
    kind: 'GridLayoutItem' as const,
    spec: {
      x: panel.place.x,
      y: panel.place.y - top,
      width: panel.place.w,
      height: panel.place.h,
      element: { kind: 'ElementReference' as const, name: elementName(panel) },
    },
  }));
  return {
    kind: 'RowsLayoutRow',
    spec: {
      title,
      collapse: collapsed,
      hideHeader: place.h === 0,
      layout: { kind: 'GridLayout', spec: { items } },
    },
  };
}

function element(placed: DrawnPanel, drawn: DrawnDashboard): PanelKind {
  const { id, panel, description, queries } = placed;
  const { plugin, options, custom } = visualizationOf(panel);
  // The same data as in the classic format; only the SDK's enums bear other names.
  const fieldConfig = fieldConfigOf(placed, custom) as unknown as FieldConfigSource;
  return {
    kind: 'Panel',
    spec: {
      id,
      title: panel.title,
      description,
      links: [],
      data: {
        kind: 'QueryGroup',
        spec: {
          queries: queries.map((query) => panelQuery(query, drawn)),
          transformations: transformationsOf(placed).map(({ id, options }) => ({
            kind: 'Transformation',
            group: id,
            spec: { options: options as object },
          })),
          queryOptions: {},
        },
      },
      vizConfig: {
        kind: 'VizConfig',
        group: plugin,
        version: '',
        spec: { options, fieldConfig },
      },
    },
  };
}

function panelQuery(
  query: DrawnQuery,
  drawn: DrawnDashboard,
): PanelKind['spec']['data']['spec']['queries'][number] {
  return {
    kind: 'PanelQuery',
    spec: {
      refId: query.refId,
      hidden: false,
      query: queryKind(query.telemetry, queryBody(query), drawn),
    },
  };
}

function resourceLink(link: DashboardLink): ResourceLink {
  const toTag = 'tag' in link;
  const leaves = !toTag && link.newTab;
  return {
    title: link.title,
    type: toTag ? DashboardLinkType.Dashboards : DashboardLinkType.Link,
    icon: 'external link',
    tooltip: '',
    tags: toTag ? [link.tag] : [],
    asDropdown: toTag,
    targetBlank: leaves,
    includeVars: !leaves,
    keepTime: !leaves,
    ...(!toTag && { url: link.url }),
  };
}
