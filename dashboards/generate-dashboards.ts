// All dashboards of a workspace, as files: one page a service, and the pages about all of them.
import type { Service } from '../slo/service.ts';
import type { Slo } from '../slo/slo.ts';
import { classicDashboard } from './classic/classic-dashboard.ts';
import type { Dashboard } from './dashboard.ts';
import { drawDashboard } from './drawn-dashboard.ts';
import { jsonText } from './json-text.ts';
import { overviewPage } from './pages/overview.ts';
import type { SeriesSource, Site } from './pages/series-source.ts';
import { servicePage } from './pages/service-page.ts';

export interface DashboardSources {
  readonly services: readonly Service[];
  readonly slos: readonly Slo[];
  /** Where the series of SLOs come from. @default 'rules' */
  readonly source?: SeriesSource;
  /** Ids of the SLOs that have rules; the others are told by the collector in any case. @default all */
  readonly ruled?: readonly string[];
}

export interface DashboardFile {
  readonly path: string;
  readonly text: string;
  /** Service names and SLO ids. */
  readonly sources: readonly string[];
}

export interface GeneratedDashboards {
  readonly files: readonly DashboardFile[];
}

/** A dashboard, and what it is about. */
export interface Page {
  readonly dashboard: Dashboard;
  readonly sources: readonly string[];
}

/** The pages of a workspace, in the order in which people meet them. */
export function dashboardPages(sources: DashboardSources): readonly Page[] {
  const { services, slos, source = 'rules', ruled } = sources;
  if (slos.length === 0) return [];
  const withRules = ruled === undefined ? undefined : new Set(ruled);
  const site: Site = { source, hasRules: ({ id }) => withRules?.has(id) ?? true };
  const all = slos.map(({ id }) => id).toSorted();
  const byService = Map.groupBy(slos, ({ service }) => service.name);
  return [
    { dashboard: overviewPage(slos, site), sources: all },
    ...services.flatMap((service) => {
      const own = (byService.get(service.name) ?? []).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const sources = [service.name, ...own.map(({ id }) => id)];
      return own.length === 0 ? [] : [{ dashboard: servicePage(service, own, site), sources }];
    }),
  ];
}

/** Generates the files. The same sources give the same bytes. */
export function generateDashboards(sources: DashboardSources): GeneratedDashboards {
  const { source = 'rules' } = sources;
  const files = dashboardPages(sources).map(({ dashboard, sources }) => ({
    path: `v1/${dashboard.uid}.json`,
    text: jsonText(classicDashboard(drawDashboard(dashboard, source))),
    sources,
  }));
  return { files };
}
