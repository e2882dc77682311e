// Makes Grafana dashboards: pages about all budgets, one for each service, and users' own.
import { generatePrometheusRules } from '../alerts/rules/prometheus-rules.ts';
import type { PrometheusTarget } from '../alerts/rules/prometheus-target.ts';
import { folderOf } from '../dashboards/folder.ts';
import {
  type DashboardFile,
  type DashboardSources,
  dashboardFiles,
} from '../dashboards/generate-dashboards.ts';
import { managedAlertsFile } from '../dashboards/provisioning/managed-alerts.ts';
import type { Slo } from '../slo/slo.ts';
import type { Artifact, Generator, GeneratorNote, Targets } from './artifact.ts';
import type { Catalog } from './catalog.ts';

const FOLDER = 'dashboards';

export const dashboardsGenerator: Generator = {
  kind: FOLDER,
  title: 'Grafana dashboards',
  generate(catalog, targets) {
    const notes: GeneratorNote[] = [];
    return { artifacts: artifactsOf(catalog, targets, notes), notes };
  },
};

/** One after another, so that those of a thousand services are never all in memory. */
function* artifactsOf(
  catalog: Catalog,
  targets: Targets,
  notes: GeneratorNote[],
): Iterable<Artifact> {
  const artifact = ({ path, text, sources }: DashboardFile): Artifact => ({
    path: `${FOLDER}/${path}`,
    kind: FOLDER,
    text,
    sources,
  });
  const files = dashboardFiles(
    dashboardSources(catalog, targets),
    ({ severity, about, message }) => {
      notes.push({ severity, kind: FOLDER, source: about, message });
    },
  );
  for (const file of files) yield artifact(file);
  yield* managedAlerts(catalog, targets).map(artifact);
}

/** The alerts of the rules, for a site that wants Grafana to evaluate them. */
function managedAlerts(
  { slos, config }: Catalog,
  { prometheus }: Targets,
): readonly DashboardFile[] {
  if (config?.dashboards?.managedAlerts !== true) return [];
  const { services } = generatePrometheusRules(slos, { target: prometheus as PrometheusTarget });
  const groups = services.flatMap((service) =>
    service.groups
      .map((group) => ({ ...group, rules: group.rules.filter((rule) => 'alert' in rule) }))
      .filter(({ rules }) => rules.length > 0),
  );
  if (groups.length === 0) return [];
  const folder = folderOf(config.dashboards.workspace);
  return [
    {
      path: `grafana/provisioning/alerting/${folder.uid}.yaml`,
      text: managedAlertsFile(groups, folder),
      sources: services.flatMap(({ sourceIds }) => sourceIds).toSorted(),
    },
  ];
}

/** SLOs whose series reach the collector only, or another server than the one that readers look at first. */
function unseen(slos: readonly Slo[], config: Catalog['config']): readonly string[] {
  const { prometheus, loki } = config?.connections ?? {};
  return slos
    .filter(({ sli: { connection, form } }) => {
      if (connection !== 'default') return true;
      if (config === undefined) return false;
      return form.form === 'logs'
        ? loki?.[connection] === undefined
        : prometheus?.[connection]?.url === undefined;
    })
    .map(({ id }) => id);
}

/** What the dashboards of a workspace are made from. */
export function dashboardSources(
  { services, slos, dashboards, telemetry, routing, config }: Catalog,
  { prometheus }: Pick<Targets, 'prometheus'>,
): DashboardSources {
  const settings = config?.dashboards;
  const needs = Object.fromEntries(
    (routing?.dependencies ?? []).map((each) => [each.service, each.needs]),
  );
  const base = { services, slos, dashboards, telemetry, needs, unseen: unseen(slos, config) };
  const path = settings?.path === undefined ? {} : { dashboardsPath: settings.path };
  const { source = 'rules', scopeLabels = [], datasources = ['prometheus'] } = settings ?? {};
  const named = settings?.workspace === undefined ? {} : { workspace: settings.workspace };
  const site = { ...base, ...path, ...named, source, scopeLabels, datasources };
  if (source === 'collector') return site;
  const target = prometheus as PrometheusTarget;
  const ruled = generatePrometheusRules(slos, { target }).files.flatMap(
    ({ sourceIds }) => sourceIds,
  );
  return { ...site, ruled };
}
