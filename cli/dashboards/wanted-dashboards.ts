// The dashboards that Grafana should have: of a workspace, or of a folder that `ninefold build` wrote.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { generate, TARGETS } from '../../catalog/index.ts';
import {
  DeliveryFileError,
  type DeliveryIndex,
  readDeliveryIndex,
  readIndexedDashboard,
} from '../../dashboards/delivery/delivery-index.ts';
import type {
  DashboardFormat,
  PlacedDashboard,
  PlacedFolder,
} from '../../dashboards/delivery/placed-dashboard.ts';
import { CommandFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { needCatalog } from '../workspace.ts';

export interface WantedDashboards {
  readonly folders: readonly PlacedFolder[];
  readonly uids: readonly string[];
  /** One of them; read each time, because many together are large. @throws CommandFailure */
  read(uid: string, format: DashboardFormat): Promise<PlacedDashboard>;
}

/** Looks a file up by its path relative to the index. */
type ReadFile = (path: string) => Promise<string>;

/** @throws CommandFailure when neither or both are given, or one of them cannot be read */
export async function wantedDashboards(
  terminal: Terminal,
  workspace: string | undefined,
  from: string | undefined,
): Promise<WantedDashboards> {
  if ((workspace === undefined) === (from === undefined))
    throw new CommandFailure(
      'usage',
      workspace === undefined
        ? 'nothing says which dashboards'
        : 'both a workspace and --from are given',
      'name the folder of a workspace, or with --from the folder that `ninefold build` wrote',
    );
  if (from !== undefined) return wantedIn(from, await writtenFiles(from));
  if (await exists(join(workspace ?? '', 'dashboards', 'index.json')))
    throw new CommandFailure(
      'usage',
      `${workspace} is no workspace, but what \`ninefold build\` wrote`,
      `write --from ${workspace}`,
    );
  return wantedIn(workspace ?? '', await generatedFiles(terminal, workspace ?? ''));
}

async function wantedIn(origin: string, read: ReadFile): Promise<WantedDashboards> {
  const index: DeliveryIndex = await checked(`${origin}: index.json`, read, 'index.json', (text) =>
    readDeliveryIndex(text),
  );
  const byUid = new Map(index.dashboards.map((each) => [each.uid, each]));
  return {
    folders: index.folders,
    uids: [...byUid.keys()],
    read(uid, format) {
      const indexed = byUid.get(uid);
      if (indexed === undefined) throw new RangeError(`no dashboard ${uid}`);
      const file = indexed.files[format];
      return checked(`${origin}: ${file}`, read, file, (text) =>
        readIndexedDashboard(indexed, format, text),
      );
    },
  };
}

async function generatedFiles(terminal: Terminal, workspace: string): Promise<ReadFile> {
  const catalog = await needCatalog(terminal, workspace);
  const targets = { prometheus: TARGETS.prometheus[0], alertmanager: TARGETS.alertmanager[0] };
  const made = generate(catalog, { kinds: ['dashboards'], targets });
  const byPath = new Map<string, string>();
  for (const { path, text } of made.artifacts) byPath.set(path, text);
  return (path) => {
    const text = byPath.get(`dashboards/${path}`);
    if (text !== undefined) return Promise.resolve(text);
    throw new CommandFailure(
      'findings',
      `${workspace} defines no SLOs, so there are no dashboards`,
      'define one with defineSlo; `ninefold validate` shows what it finds',
    );
  };
}

/** The folder of all artifacts, or that of the dashboards in it. */
async function writtenFiles(from: string): Promise<ReadFile> {
  const inner = join(from, 'dashboards');
  const folder = (await exists(join(inner, 'index.json'))) ? inner : from;
  if (!(await exists(join(folder, 'index.json'))))
    throw new CommandFailure(
      'noInput',
      `${from} has no index.json of dashboards`,
      'write it with `ninefold build WORKSPACE --out FOLDER`, and name that folder',
    );
  return (path) => readFile(join(folder, path), 'utf8');
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function checked<T>(
  what: string,
  read: ReadFile,
  path: string,
  parse: (text: string) => T,
): Promise<T> {
  const text = await read(path);
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof DeliveryFileError)) throw error;
    throw new CommandFailure(
      'badData',
      `${what}: ${error.message}`,
      'write the folder again with `ninefold build`',
      error,
    );
  }
}
