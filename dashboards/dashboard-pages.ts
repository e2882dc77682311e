// The pages of a workspace: one for each service, and those about all of them.
import type { Service } from '../slo/service.ts';
import type { Slo } from '../slo/slo.ts';
import type { Dashboard } from './dashboard.ts';
import { businessPage } from './pages/business-page.ts';
import { collectorPage } from './pages/collector-page.ts';
import { onCallPage } from './pages/on-call.ts';
import { overviewPage } from './pages/overview.ts';
import type { SeriesSource, Site } from './pages/series-source.ts';
import { servicePage } from './pages/service-page.ts';
import { slaPage } from './pages/sla-page.ts';

export interface PageSources {
  readonly services: readonly Service[];
  readonly slos: readonly Slo[];
  /** Where the series of SLOs come from. @default 'rules' */
  readonly source?: SeriesSource;
  /** Ids of the SLOs that have rules; the others are told by the collector in any case. @default all */
  readonly ruled?: readonly string[];
}

/** A dashboard, and what it is about: service names and SLO ids, sorted. */
export interface Page {
  readonly dashboard: Dashboard;
  readonly sources: readonly string[];
}

/** The pages in the order in which people meet them; none without SLOs. */
export function dashboardPages(sources: PageSources): readonly Page[] {
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
