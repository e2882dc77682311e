// Compares what Grafana has with what it should have, without changing anything.
import {
  type DeliveryOptions,
  deliveryStep,
  type DeliveryStep,
  pruningStep,
} from '../../dashboards/delivery/delivery-step.ts';
import type { FoundFolder, PlacedFolder } from '../../dashboards/delivery/placed-dashboard.ts';
import type { Progress } from '../progress.ts';
import type { GrafanaApi } from './grafana-api.ts';
import type { WantedDashboards } from './wanted-dashboards.ts';

export interface FolderStep {
  readonly kind: 'create' | 'update' | 'keep';
  readonly folder: PlacedFolder;
  readonly found?: FoundFolder;
}

export interface DeliveryPlan {
  readonly folders: readonly FolderStep[];
  /** In the order of the index; what is to be deleted comes last. */
  readonly dashboards: readonly DeliveryStep[];
}

/** Requests under way at once: enough to hide the distance, few enough to be no load. */
const LANES = 4;

export async function planDelivery(
  api: GrafanaApi,
  wanted: WantedDashboards,
  { prune = false, ...options }: DeliveryOptions & { readonly prune?: boolean },
  progress: Progress,
): Promise<DeliveryPlan> {
  const folders = await Promise.all(
    wanted.folders.map(async (folder) => folderStep(folder, await api.folder(folder.uid))),
  );
  let done = 0;
  const steps = await inLanes(wanted.uids, async (uid) => {
    const [should, found] = await Promise.all([wanted.read(uid, api.format), api.dashboard(uid)]);
    done += 1;
    progress.report('comparing dashboards', done, wanted.uids.length);
    return deliveryStep(should, found, options);
  });
  const obsolete = prune ? await pruningSteps(api, wanted) : [];
  return { folders, dashboards: [...steps, ...obsolete] };
}

function folderStep(folder: PlacedFolder, found: FoundFolder | undefined): FolderStep {
  if (found === undefined) return { kind: 'create', folder };
  return { kind: found.title === folder.title ? 'keep' : 'update', folder, found };
}

/** The search may be late: each dashboard is looked at itself before it is to be deleted. */
async function pruningSteps(
  api: GrafanaApi,
  wanted: WantedDashboards,
): Promise<readonly DeliveryStep[]> {
  const wantedUids = new Set(wanted.uids);
  const folders = new Set(wanted.folders.map(({ uid }) => uid));
  const obsolete = (await api.marked()).filter((uid) => !wantedUids.has(uid)).toSorted();
  const found = await inLanes(obsolete, (uid) => api.dashboard(uid));
  return found.flatMap((each) => (each === undefined ? [] : (pruningStep(each, folders) ?? [])));
}

/** The results in the order of the items; the first failure ends it. */
async function inLanes<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const rest = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of rest) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}
