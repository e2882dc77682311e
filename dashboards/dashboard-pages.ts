// The pages of a workspace: one for each service, and those about all of them.
import type { Service } from '../slo/service.ts';
import { SERIES } from '../slo/names.ts';
import type { Slo } from '../slo/slo.ts';
import type { Dashboard } from './dashboard.ts';
import { businessPage } from './pages/business-page.ts';
import { collectorPage } from './pages/collector-page.ts';
import { onCallPage } from './pages/on-call.ts';
import { overviewPage } from './pages/overview.ts';
import type { SeriesSource, Site } from './pages/series-source.ts';
import { servicePage } from './pages/service-page.ts';
import { slaPage } from './pages/sla-page.ts';
import { PAGE_UIDS } from './uid.ts';

export interface PageSources {
  readonly services: readonly Service[];
  readonly slos: readonly Slo[];
  /** Where the series of SLOs come from. @default 'rules' */
  readonly source?: SeriesSource;
  /** Ids of the SLOs that have rules; the others are told by the collector in any case. @default all */
  readonly ruled?: readonly string[];
  /** Labels that tell installations apart, such as `cluster`: every page gets a variable for each. @default [] */
  readonly scopeLabels?: readonly string[];
  /** Dashboards of users' own, defined with `defineDashboard`. @default [] */
  readonly dashboards?: readonly Dashboard[];
}

/** A dashboard, and what it is about: service names and SLO ids, sorted. */
export interface Page {
  readonly dashboard: Dashboard;
  readonly sources: readonly string[];
}

/** The pages in the order in which people meet them, users' own last. */
export function dashboardPages(sources: PageSources): readonly Page[] {
  const { scopeLabels = [], dashboards = [] } = sources;
  const own = dashboards
    .toSorted((a, b) => (a.uid < b.uid ? -1 : 1))
    .map((dashboard) => ({ dashboard, sources: [] }));
  const made = generatedPages(sources);
  if (scopeLabels.length === 0) return [...made, ...own];
  return [...made.map((page) => scoped(page, scopeLabels)), ...own];
}

/** A page that its reader can narrow down by labels which no definition knows; what lacks them is part of all. */
function scoped(page: Page, labels: readonly string[]): Page {
  const { dashboard } = page;
  const selector = SERIES.objective;
  const isCollector = dashboard.uid === PAGE_UIDS.collector;
  const variables = labels.map((name) => ({
    kind: 'label' as const,
    name,
    selector: isCollector ? 'ninefold_collector_evaluated_instances' : selector,
    allowsNone: true,
  }));
  const selectors = labels.map((name) => ({ name, operator: '=~' as const, value: `$${name}` }));
  const [datasource, ...others] = dashboard.variables;
  const all = datasource === undefined ? variables : [datasource, ...variables, ...others];
  return { ...page, dashboard: { ...dashboard, variables: all, selectors } };
}

/** None without SLOs. */
function generatedPages(sources: PageSources): readonly Page[] {
  const { services, source = 'rules', ruled } = sources;
  const slos = sources.slos.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (slos.length === 0) return [];
  const withRules = ruled === undefined ? undefined : new Set(ruled);
  const site: Site = { source, hasRules: ({ id }) => withRules?.has(id) ?? true };
  const byService = Map.groupBy(slos, ({ service }) => service.name);
  const all = slos.map(({ id }) => id);
  const business = businessPage(slos, site);
  const hasCollector = source === 'collector' || !slos.every(site.hasRules);
  return [
    { dashboard: overviewPage(slos, site), sources: all },
    { dashboard: onCallPage(slos, site), sources: all },
    ...(hasCollector ? [{ dashboard: collectorPage(), sources: all }] : []),
    ...services
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((service) => {
        const own = byService.get(service.name);
        if (own === undefined) return [];
        const sources = [service.name, ...own.map(({ id }) => id)];
        return [{ dashboard: servicePage(service, own, site), sources }];
      }),
    { dashboard: slaPage(slos, site), sources: all },
    ...(business === undefined ? [] : [{ dashboard: business, sources: all }]),
  ];
}
