// All dashboards of a workspace, as files in every form in which Grafana takes them.
import { createPromqlReader, type PromqlReader } from '../formats/promql-reader.ts';
import { classicDashboard } from './classic/classic-dashboard.ts';
import { eachPage, type Page, type PageSources } from './dashboard-pages.ts';
import { drawDashboard, type DrawnDashboard } from './drawn-dashboard.ts';
import { type Folder, folderManifest, folderOf } from './folder.ts';
import { jsonText, sortedData, sortedText } from './json-text.ts';
import { countExceptions, distinctBreaches, lintExclusions } from './lint/exclusions.ts';
import { type ExceptedBreach, lintDashboard, type LintResult } from './lint/lint-dashboard.ts';
import { sharedNames } from './lint/lint-dashboards.ts';
import type { LintFinding } from './lint/rule.ts';
import { dashboardConfigMap, LARGEST_CONFIG_MAP } from './provisioning/config-map.ts';
import {
  dashboardProvider,
  dashboardsPath,
  datasourcesFile,
} from './provisioning/grafana-files.ts';
import { operatorDashboard, operatorFolder } from './provisioning/operator-resources.ts';
import { dashboardManifest } from './resource/resource-dashboard.ts';
import type { Slo } from '../slo/slo.ts';
import type { Telemetry } from './signal.ts';

export interface DashboardSources extends PageSources {
  /** Where the classic files will lie on Grafana's machine. @default as `dashboardsPath` says */
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

type ListedDashboard = Pick<Page['dashboard'], 'uid' | 'title' | 'tags'>;

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
  const notes: DashboardNote[] = [];
  const files = [...dashboardFiles(sources, (note) => notes.push(note))];
  return { files, notes };
}

/** The same files one after another, so that whoever keeps none of them needs little memory; `tell` gets the notes. */
export function* dashboardFiles(
  sources: DashboardSources,
  tell: (note: DashboardNote) => void,
): Iterable<DashboardFile> {
  const about = new Set<string>();
  const listed: ListedDashboard[] = [];
  const excepted: ExceptedBreach[] = [];
  const folder = folderOf(sources.workspace);
  const promql = createPromqlReader();
  const slos = new Map(sources.slos.map((slo) => [slo.id, slo]));
  for (const page of eachPage(sources)) {
    for (const source of page.sources) about.add(source);
    const { uid, title, tags } = page.dashboard;
    listed.push({ uid, title, tags });
    const drawn = drawDashboard(page.dashboard, sources.source ?? 'rules');
    const json = sortedData(classicDashboard(drawn)) as object;
    const linted = lintPage(page, json, slos, promql);
    for (const finding of linted.findings) tell(noteOf(finding));
    // Services have hundreds each: those of all together are kept.
    for (const breach of distinctBreaches(linted.excepted)) excepted.push(breach);
    yield* pageFiles(page, drawn, json, { folder, tell });
  }
  if (listed.length === 0) return;
  for (const finding of sharedNames(listed)) tell(noteOf(finding));
  const all = [...about].toSorted();
  yield* siteFiles(sources, folder, all);
  if (excepted.length > 0) {
    const text = lintExclusions(excepted);
    // dashboard-linter and ours look for it beside each dashboard.
    for (const folder of ['grafana/dashboards', 'resources/dashboards', 'kubernetes'])
      yield { path: `${folder}/.lint`, text, sources: all };
  }
  yield { path: 'index.json', text: indexOf(listed, folder, excepted), sources: all };
}

/** What there is once, whatever the pages. */
function siteFiles(
  { dashboardsPath: path, datasources = ['prometheus'] }: DashboardSources,
  folder: Folder,
  all: readonly string[],
): readonly DashboardFile[] {
  const file = (path: string, text: string): DashboardFile => ({ path, text, sources: all });
  return [
    file(
      `grafana/provisioning/dashboards/${folder.uid}.yaml`,
      dashboardProvider(path ?? dashboardsPath(folder), folder),
    ),
    file('grafana/provisioning/datasources/ninefold.yaml', datasourcesFile(datasources)),
    file(`resources/folders/${folder.uid}.json`, jsonText(folderManifest(folder))),
    file(`kubernetes-operator/${folder.uid}.grafanafolder.yaml`, operatorFolder(folder)),
  ];
}

function lintPage(
  { dashboard: { exceptions }, sources }: Page,
  json: object,
  slos: ReadonlyMap<string, Slo>,
  promql: PromqlReader,
): LintResult {
  const about = sources.flatMap((id) => slos.get(id) ?? []);
  return lintDashboard(json, { slos: about, exceptions, promql });
}

/** @param json the classic dashboard, its names sorted */
function* pageFiles(
  { dashboard: { uid }, sources }: Page,
  drawn: DrawnDashboard,
  json: object,
  { folder, tell }: { readonly folder: Folder; readonly tell: (note: DashboardNote) => void },
): Iterable<DashboardFile> {
  yield { path: `grafana/dashboards/${uid}.json`, text: sortedText(json), sources };
  const config = dashboardConfigMap(uid, json, folder);
  if (config === undefined) tell(tooLarge(uid));
  else {
    yield { path: `kubernetes/${uid}.configmap.yaml`, text: config, sources };
    const text = operatorDashboard(uid, folder);
    yield { path: `kubernetes-operator/${uid}.grafanadashboard.yaml`, text, sources };
  }
  const manifest = jsonText(dashboardManifest(drawn, folder.uid));
  yield { path: `resources/dashboards/${uid}.json`, text: manifest, sources };
}

/** Which dashboards there are, for programs that push or list them, and what they break on purpose. */
function indexOf(
  listed: readonly ListedDashboard[],
  folder: Folder,
  excepted: readonly ExceptedBreach[],
): string {
  const dashboards = listed.map(({ uid, title, tags }) => ({
    uid,
    title,
    tags,
    folder: folder.uid,
    file: `grafana/dashboards/${uid}.json`,
    resource: `resources/dashboards/${uid}.json`,
  }));
  return jsonText({ folder, dashboards, exceptions: countExceptions(excepted) });
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
