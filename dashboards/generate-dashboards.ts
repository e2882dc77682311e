// All dashboards of a workspace, as files in every form in which Grafana takes them.
import { classicDashboard } from './classic/classic-dashboard.ts';
import { dashboardPages, type Page, type PageSources } from './dashboard-pages.ts';
import { drawDashboard } from './drawn-dashboard.ts';
import { FOLDER, folderManifest } from './folder.ts';
import { jsonText } from './json-text.ts';
import { lintExclusions } from './lint/exclusions.ts';
import { lintDashboard, type LintResult } from './lint/lint-dashboard.ts';
import { sharedNames } from './lint/lint-dashboards.ts';
import type { LintFinding } from './lint/rule.ts';
import { dashboardConfigMap, LARGEST_CONFIG_MAP } from './provisioning/config-map.ts';
import {
  DASHBOARDS_PATH,
  dashboardProvider,
  datasourcesFile,
} from './provisioning/grafana-files.ts';
import { operatorDashboard, operatorFolder } from './provisioning/operator-resources.ts';
import { dashboardManifest } from './resource/resource-dashboard.ts';
import type { Telemetry } from './signal.ts';

export interface DashboardSources extends PageSources {
  /** Where the classic files will lie on Grafana's machine. @default DASHBOARDS_PATH */
  readonly dashboardsPath?: string;
  /** Datasources that Grafana shall be told of. @default ['prometheus'] */
  readonly datasources?: readonly Telemetry[];
}

export interface DashboardFile {
  /** `grafana/dashboards/ninefold-slo-overview.json` */
  readonly path: string;
  readonly text: string;
  /** Service names and SLO ids, sorted. */
  readonly sources: readonly string[];
}

export interface DashboardNote {
  readonly severity: 'error' | 'warning' | 'info';
  /** The dashboard's title or uid. */
  readonly about: string;
  readonly message: string;
}

export interface GeneratedDashboards {
  readonly files: readonly DashboardFile[];
  /** Findings of the linter, and what could not be made. */
  readonly notes: readonly DashboardNote[];
}

/** Generates the files. The same sources give the same bytes. */
export function generateDashboards(sources: DashboardSources): GeneratedDashboards {
  const pages = dashboardPages(sources);
  if (pages.length === 0) return { files: [], notes: [] };
  const all = [...new Set(pages.flatMap(({ sources }) => sources))].toSorted();
  const files = [...siteFiles(sources, all)];
  const notes: DashboardNote[] = [];
  const excepted: LintResult['excepted'][number][] = [];
  // One page after another: of a thousand services only the texts are kept.
  for (const page of pages) {
    const made = pageFiles(page, sources);
    files.push(...made.files);
    notes.push(...made.notes);
    excepted.push(...made.excepted);
  }
  notes.push(...sharedNames(pages.map(({ dashboard }) => dashboard)).map(noteOf));
  if (excepted.length > 0) {
    const text = lintExclusions(excepted);
    files.push({ path: 'grafana/dashboards/.lint', text, sources: all });
  }
  files.push({ path: 'index.json', text: indexOf(pages), sources: all });
  return { files, notes };
}

/** What there is once, whatever the pages. */
function siteFiles(
  { dashboardsPath = DASHBOARDS_PATH, datasources = ['prometheus'] }: DashboardSources,
  all: readonly string[],
): readonly DashboardFile[] {
  const file = (path: string, text: string): DashboardFile => ({ path, text, sources: all });
  return [
    file('grafana/provisioning/dashboards/ninefold.yaml', dashboardProvider(dashboardsPath)),
    file('grafana/provisioning/datasources/ninefold.yaml', datasourcesFile(datasources)),
    file('resources/folders/ninefold.json', jsonText(folderManifest())),
    file('kubernetes-operator/ninefold.grafanafolder.yaml', operatorFolder()),
  ];
}

function pageFiles(
  { dashboard, sources }: Page,
  { source = 'rules', slos }: DashboardSources,
): GeneratedDashboards & Pick<LintResult, 'excepted'> {
  const { uid, exceptions } = dashboard;
  const drawn = drawDashboard(dashboard, source);
  const json = classicDashboard(drawn);
  const about = new Set(sources);
  const { findings, excepted } = lintDashboard(json, {
    slos: slos.filter(({ id }) => about.has(id)),
    exceptions,
  });
  const config = dashboardConfigMap(uid, json);
  const manifest = jsonText(dashboardManifest(drawn, FOLDER.uid));
  const files = [
    { path: `grafana/dashboards/${uid}.json`, text: jsonText(json), sources },
    { path: `resources/dashboards/${uid}.json`, text: manifest, sources },
  ];
  if (config === undefined)
    return { files, notes: [...findings.map(noteOf), tooLarge(uid)], excepted };
  const kubernetes = [
    { path: `kubernetes/${uid}.configmap.yaml`, text: config, sources },
    {
      path: `kubernetes-operator/${uid}.grafanadashboard.yaml`,
      text: operatorDashboard(uid),
      sources,
    },
  ];
  return { files: [...files, ...kubernetes], notes: findings.map(noteOf), excepted };
}

/** Which dashboards there are, for programs that push or list them. */
function indexOf(pages: readonly Page[]): string {
  const dashboards = pages.map(({ dashboard: { uid, title, tags } }) => ({
    uid,
    title,
    tags,
    folder: FOLDER.uid,
    file: `grafana/dashboards/${uid}.json`,
    resource: `resources/dashboards/${uid}.json`,
  }));
  return jsonText({ folder: FOLDER, dashboards });
}

function noteOf({ severity, dashboard, panel, rule, message, remedy }: LintFinding): DashboardNote {
  const where = panel === undefined ? '' : `${panel}: `;
  return { severity, about: dashboard, message: `${where}${message} ${remedy} (${rule})` };
}

function tooLarge(uid: string): DashboardNote {
  return {
    severity: 'warning',
    about: uid,
    message: `It has more than ${LARGEST_CONFIG_MAP} bytes, so no ConfigMap is written: provision it from the file, or push it.`,
  };
}
