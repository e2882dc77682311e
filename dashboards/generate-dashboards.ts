// All dashboards of a workspace, as files in every form in which Grafana takes them.
import type { Slo } from '../slo/slo.ts';
import { classicDashboard } from './classic/classic-dashboard.ts';
import { dashboardPages, type PageSources } from './dashboard-pages.ts';
import { drawDashboard } from './drawn-dashboard.ts';
import { FOLDER, folderManifest } from './folder.ts';
import { jsonText } from './json-text.ts';
import { lintExclusions } from './lint/exclusions.ts';
import { lintDashboards } from './lint/lint-dashboards.ts';
import type { LintFinding } from './lint/rule.ts';
import { dashboardConfigMap, LARGEST_CONFIG_MAP } from './provisioning/config-map.ts';
import {
  DASHBOARDS_PATH,
  dashboardProvider,
  datasourcesFile,
} from './provisioning/grafana-files.ts';
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
  const { source = 'rules', slos, dashboardsPath = DASHBOARDS_PATH } = sources;
  const pages = dashboardPages(sources).map((page) => {
    const drawn = drawDashboard(page.dashboard, source);
    const json = classicDashboard(drawn);
    return { ...page, drawn, json, text: jsonText(json) };
  });
  if (pages.length === 0) return { files: [], notes: [] };
  const all = [...new Set(pages.flatMap(({ sources }) => sources))].toSorted();
  const notes: DashboardNote[] = [];
  const files: DashboardFile[] = [
    {
      path: 'grafana/provisioning/dashboards/ninefold.yaml',
      text: dashboardProvider(dashboardsPath),
      sources: all,
    },
    {
      path: 'grafana/provisioning/datasources/ninefold.yaml',
      text: datasourcesFile(sources.datasources ?? ['prometheus']),
      sources: all,
    },
    { path: 'resources/folders/ninefold.json', text: jsonText(folderManifest()), sources: all },
  ];
  for (const { dashboard, drawn, json, text, sources } of pages) {
    const { uid } = dashboard;
    const config = dashboardConfigMap(uid, json);
    const manifest = jsonText(dashboardManifest(drawn, FOLDER.uid));
    files.push(
      { path: `grafana/dashboards/${uid}.json`, text, sources },
      { path: `resources/dashboards/${uid}.json`, text: manifest, sources },
    );
    if (config !== undefined)
      files.push({ path: `kubernetes/${uid}.configmap.yaml`, text: config, sources });
    else notes.push(tooLarge(uid));
  }
  const linted = lint(pages, slos);
  if (linted.excepted.length > 0) {
    const text = lintExclusions(linted.excepted);
    files.push({ path: 'grafana/dashboards/.lint', text, sources: all });
  }
  files.push({ path: 'index.json', text: indexOf(pages), sources: all });
  return { files, notes: [...notes, ...linted.findings.map(noteOf)] };
}

function lint(
  pages: readonly {
    readonly dashboard: {
      readonly exceptions: Parameters<typeof lintDashboards>[0][number]['exceptions'];
    };
    readonly json: unknown;
  }[],
  slos: readonly Slo[],
): ReturnType<typeof lintDashboards> {
  const files = pages.map(({ dashboard, json }) => ({ json, exceptions: dashboard.exceptions }));
  return lintDashboards(files, { slos });
}

/** Which dashboards there are, for programs that push or list them. */
function indexOf(
  pages: readonly {
    readonly dashboard: {
      readonly uid: string;
      readonly title: string;
      readonly tags: readonly string[];
    };
  }[],
): string {
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
