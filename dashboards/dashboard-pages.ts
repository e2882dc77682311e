// The pages of a workspace: one for each service, and those about all of them.
import type { Service } from '../slo/service.ts';
import { pageUid, SERIES, workspaceUid } from '../slo/names.ts';
import type { Slo } from '../slo/slo.ts';
import type { Dashboard } from './dashboard.ts';
import type { ServiceTelemetry } from './define-telemetry.ts';
import { businessPage } from './pages/business-page.ts';
import { collectorPage } from './pages/collector-page.ts';
import { onCallPage } from './pages/on-call.ts';
import { ownPage } from './pages/own-page.ts';
import { overviewPage, TAGS } from './pages/overview.ts';
import type { SeriesSource, Site } from './pages/series-source.ts';
import { type ServiceSurroundings, servicePage } from './pages/service-page.ts';
import { slaPage } from './pages/sla-page.ts';

export interface PageSources {
  readonly services: readonly Service[];
  readonly slos: readonly Slo[];
  /** Where the series of SLOs come from. @default 'rules' */
  readonly source?: SeriesSource;
  /** Ids of the SLOs that have rules; the others are told by the collector in any case. @default all */
  readonly ruled?: readonly string[];
  /** Labels that tell installations apart, such as `cluster`: every page gets a variable for each. @default [] */
  readonly scopeLabels?: readonly string[];
  /** Ids of SLOs whose own series are in no Prometheus or Loki that the site names. @default [] */
  readonly unseen?: readonly string[];
  /** What users state about the telemetry of services. @default [] */
  readonly telemetry?: readonly ServiceTelemetry[];
  /** Names of the services that a service needs, by its name. @default {} */
  readonly needs?: Readonly<Record<string, readonly string[]>>;
  /** Tells this workspace's pages from those of others in the same Grafana. @default none: it has Grafana for itself */
  readonly workspace?: string;
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
  return [...eachPage(sources)];
}

/** The same, each made when it is asked for. */
export function* eachPage(sources: PageSources): Iterable<Page> {
  const { scopeLabels = [], dashboards = [], workspace } = sources;
  for (const page of generatedPages(sources)) {
    const narrowed = scopeLabels.length === 0 ? page : scoped(page, scopeLabels, workspace);
    yield workspace === undefined ? narrowed : amongOthers(narrowed, workspace);
  }
  for (const dashboard of dashboards.toSorted((a, b) => (a.uid < b.uid ? -1 : 1)))
    yield ownPage(dashboard, sources.slos, siteOf(sources));
}

/** A page that its reader can narrow down by labels which no definition knows; what lacks them is part of all. */
function scoped(page: Page, labels: readonly string[], workspace?: string): Page {
  const { dashboard } = page;
  const selector = SERIES.objective;
  const isCollector = dashboard.uid === pageUid('collector', workspace);
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

/** A page whose lists of other pages have those of its own workspace only. */
function amongOthers(page: Page, workspace: string): Page {
  const own = (tag: string): string =>
    tag === TAGS.all ? workspaceUid(workspace) : `${workspaceUid(workspace)}-${tag}`;
  const { tags, links } = page.dashboard;
  const dashboard = {
    ...page.dashboard,
    tags: [...tags, ...tags.map(own)],
    links: links.map((link) => ('tag' in link ? { ...link, tag: own(link.tag) } : link)),
  };
  return { ...page, dashboard };
}

function siteOf({ source = 'rules', ruled, workspace }: PageSources): Site {
  const withRules = ruled === undefined ? undefined : new Set(ruled);
  return { source, workspace, hasRules: ({ id }) => withRules?.has(id) ?? true };
}

/** What the page of a service tells beside its SLOs. */
function surroundings(
  name: string,
  own: readonly Slo[],
  { slos, unseen = [], telemetry = [], needs = {} }: PageSources,
): ServiceSurroundings {
  const needed = needs[name] ?? [];
  return {
    counted: own.filter(({ id }) => !unseen.includes(id)),
    telemetry: telemetry.find(({ service }) => service === name),
    needed: needed.length === 0 ? [] : slos.filter(({ service }) => needed.includes(service.name)),
  };
}

/** None without SLOs. */
function* generatedPages(sources: PageSources): Iterable<Page> {
  const { services, source = 'rules' } = sources;
  const slos = sources.slos.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (slos.length === 0) return;
  const site = siteOf(sources);
  const byService = Map.groupBy(slos, ({ service }) => service.name);
  const all = slos.map(({ id }) => id);
  const hasCollector = source === 'collector' || !slos.every(site.hasRules);
  yield { dashboard: overviewPage(slos, site), sources: all };
  yield { dashboard: onCallPage(slos, site), sources: all };
  if (hasCollector) yield { dashboard: collectorPage(site), sources: all };
  for (const service of services.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const own = byService.get(service.name);
    if (own === undefined) continue;
    const about = [service.name, ...own.map(({ id }) => id)];
    const around = surroundings(service.name, own, sources);
    yield { dashboard: servicePage(service, own, site, around), sources: about };
  }
  yield { dashboard: slaPage(slos, site), sources: all };
  const business = businessPage(slos, site);
  if (business !== undefined) yield { dashboard: business, sources: all };
}
