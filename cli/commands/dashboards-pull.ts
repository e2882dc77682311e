// ninefold dashboards pull: writes the dashboards that Grafana has into a folder, as `build` would, so that changes can be seen and kept.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isUid } from '../../dashboards/delivery/delivery-index.ts';
import { pulledFile } from '../../dashboards/delivery/pulled-file.ts';
import { readBoundedJson } from '../../dashboards/lint/bounded-json.ts';
import { objectOf } from '../../dashboards/lint/json-reader.ts';
import { type GrafanaOptions, openGrafana } from '../dashboards/open-grafana.ts';
import { wantedDashboards } from '../dashboards/wanted-dashboards.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import { onFile } from '../file-failure.ts';
import { makeFolder } from '../output-folder.ts';
import type { Terminal } from '../terminal.ts';

export interface DashboardsPullOptions extends GrafanaOptions {
  readonly out: string;
  readonly from?: string | undefined;
  readonly json?: true | undefined;
}

interface PulledDashboard {
  readonly uid: string;
  readonly title: string;
  readonly file: string;
  readonly change: 'new' | 'changed' | 'same';
}

/** With a workspace, or --from, those that it defines; else all that ninefold brought. */
export async function dashboardsPull(
  terminal: Terminal,
  workspace: string | undefined,
  options: DashboardsPullOptions,
): Promise<ExitCode> {
  const wanted =
    workspace === undefined && options.from === undefined
      ? undefined
      : await wantedDashboards(terminal, workspace, options.from);
  const { url, apiName, api } = await openGrafana(terminal, options);
  const uids = (wanted?.uids ?? (await api.marked())).filter(isUid).toSorted();
  await makeFolder(options.out);
  const progress = terminal.progress();
  const pulled: PulledDashboard[] = [];
  const missing: string[] = [];
  try {
    for (const [index, uid] of uids.entries()) {
      progress.report('pulling dashboards', index, uids.length);
      const found = await api.dashboard(uid);
      if (found === undefined) missing.push(uid);
      else {
        const file = join(options.out, `${uid}.json`);
        const text = pulledFile(found, api.format);
        const change = await onFile(file, writeDashboard(file, uid, text));
        pulled.push({ uid, title: found.title, file, change });
      }
    }
  } finally {
    progress.end();
  }
  if (options.json === true)
    terminal.out(JSON.stringify({ url, api: apiName, dashboards: pulled, missing }));
  else {
    for (const { file, change } of pulled)
      if (change !== 'same') terminal.out(`${change === 'new' ? '+' : '~'} ${file}`);
    for (const uid of missing) terminal.err(`${uid} is defined, and Grafana has none.`);
    const changed = pulled.filter(({ change }) => change !== 'same').length;
    terminal.out(
      `${options.out}: ${pulled.length} dashboards of ${url}, ${changed} files written.`,
    );
  }
  return missing.length > 0 ? EXIT_CODES.findings.code : EXIT_CODES.ok.code;
}

/** Writes it aside first; a file that is something else stays. @throws CommandFailure */
async function writeDashboard(
  file: string,
  uid: string,
  text: string,
): Promise<PulledDashboard['change']> {
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (before === text) return 'same';
  if (before !== undefined && !isDashboard(before, uid))
    throw new CommandFailure(
      'findings',
      `${file} is something else than the dashboard ${uid}`,
      'move it away, or pull into another folder with --out',
    );
  const aside = `${file}.part`;
  await writeFile(aside, text);
  await rename(aside, file);
  return before === undefined ? 'new' : 'changed';
}

function isDashboard(text: string, uid: string): boolean {
  const read = readBoundedJson(text);
  const json = objectOf('value' in read ? read.value : undefined);
  return json['uid'] === uid || objectOf(json['metadata'])['name'] === uid;
}
