// Dashboards in Grafana's classic format (schema version 42), which Grafana 10 to 13 read from files.
import type {
  Dashboard as GrafanaDashboard,
  DashboardLink as GrafanaLink,
  Panel as GrafanaPanel,
  RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  DashboardCursorSync,
  DashboardLinkType,
  defaultDashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DrawnDashboard, DrawnPanel, DrawnRow } from '../drawn-dashboard.ts';
import { fieldConfigOf, transformationsOf } from '../field-config.ts';
import type { DashboardLink } from '../link.ts';
import { visualizationOf } from '../panel-options.ts';
import { classicQuery, datasourceOf } from './classic-query.ts';
import { classicVariable } from './classic-variable.ts';

/** The dashboard as Grafana's classic JSON. */
export function classicDashboard(drawn: DrawnDashboard): GrafanaDashboard {
  const { dashboard } = drawn;
  return {
    ...defaultDashboard(),
    id: null,
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: [...dashboard.tags],
    timezone: 'browser',
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: dashboard.from, to: 'now' },
    refresh: `${dashboard.refreshSeconds}s`,
    panels: drawn.rows.flatMap((row) => rowPanels(row, drawn)),
    templating: { list: dashboard.variables.map((each) => classicVariable(each, drawn)) },
    annotations: { list: [] },
    links: dashboard.links.map(classicLink),
  };
}

/** Panels of an open row follow its title; those of a closed one lie in it. */
function rowPanels(row: DrawnRow, drawn: DrawnDashboard): (GrafanaPanel | RowPanel)[] {
  const panels = row.panels.map((each) => classicPanel(each, drawn));
  if (row.place.h === 0) return panels;
  const title: RowPanel = {
    type: 'row',
    id: row.id,
    title: row.title,
    collapsed: row.collapsed,
    gridPos: { ...row.place },
    panels: row.collapsed ? panels : [],
  };
  return row.collapsed ? [title] : [title, ...panels];
}

function classicPanel(placed: DrawnPanel, drawn: DrawnDashboard): GrafanaPanel {
  const { id, panel, place, description, queries } = placed;
  const { plugin, options, custom } = visualizationOf(panel);
  const first = queries[0];
  const transformations = transformationsOf(placed);
  return {
    id,
    type: plugin,
    title: panel.title,
    description,
    gridPos: { ...place },
    options,
    fieldConfig: fieldConfigOf(placed, custom),
    ...(first !== undefined && { datasource: datasourceOf(first, drawn) }),
    ...(queries.length > 0 && { targets: queries.map((each) => classicQuery(each, drawn)) }),
    ...(transformations.length > 0 && { transformations: [...transformations] }),
  };
}

function classicLink(link: DashboardLink): GrafanaLink {
  const base = { title: link.title, icon: 'external link', tooltip: '', includeVars: true };
  if ('tag' in link)
    return {
      ...base,
      type: DashboardLinkType.Dashboards,
      tags: [link.tag],
      asDropdown: true,
      targetBlank: false,
      keepTime: true,
    };
  return {
    ...base,
    type: DashboardLinkType.Link,
    url: link.url,
    tags: [],
    asDropdown: false,
    includeVars: !link.newTab,
    keepTime: !link.newTab,
    targetBlank: link.newTab,
  };
}
