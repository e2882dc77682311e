// Carries out a plan: folders first, then dashboards one after another, deletions last.
import { type DeliveryStep, isDelivered } from '../../dashboards/delivery/delivery-step.ts';
import { withMark } from '../../dashboards/delivery/managed-mark.ts';
import type { Progress } from '../progress.ts';
import type { DeliveryPlan } from './delivery-plan.ts';
import { type GrafanaApi, RefusedChangeError } from './grafana-api.ts';
import type { WantedDashboards } from './wanted-dashboards.ts';

/** A step that Grafana did not let happen. */
export interface FailedStep {
  readonly uid: string;
  readonly title: string;
  readonly reason: string;
  readonly remedy: string;
}

/** What failed; everything else is done. Without its folder no dashboard is tried. */
export async function carryOut(
  api: GrafanaApi,
  wanted: WantedDashboards,
  plan: DeliveryPlan,
  progress: Progress,
): Promise<readonly FailedStep[]> {
  for (const { kind, folder, found } of plan.folders) {
    if (kind === 'keep') continue;
    const failed = await attempt(folder, () => api.saveFolder(folder, found));
    // Somebody may have made it meanwhile, or an answer was lost on its way.
    if (failed !== undefined && (await api.folder(folder.uid))?.title !== folder.title)
      return [failed];
  }
  const steps = plan.dashboards.filter(({ kind }) => kind !== 'keep' && kind !== 'refuse');
  const failures: FailedStep[] = [];
  for (const [index, step] of steps.entries()) {
    progress.report('pushing dashboards', index, steps.length);
    const failed = await attempt(step, () => carryOutStep(api, wanted, step));
    if (failed !== undefined) failures.push(failed);
  }
  progress.report('pushing dashboards', steps.length, steps.length);
  return failures;
}

async function carryOutStep(
  api: GrafanaApi,
  wanted: WantedDashboards,
  step: DeliveryStep,
): Promise<void> {
  if (step.kind === 'delete') {
    await api.remove(step.uid);
    return;
  }
  const plain = await wanted.read(step.uid, api.format);
  const dashboard = { ...plain, spec: withMark(plain.spec) };
  try {
    await api.save(dashboard, step.kind === 'update' ? step.revision : undefined);
  } catch (error) {
    // The answer to an earlier attempt may have been lost on its way: then all is well.
    if (!(error instanceof RefusedChangeError)) throw error;
    if (!isDelivered(dashboard, await api.dashboard(step.uid))) throw error;
  }
}

async function attempt(
  { uid, title }: { readonly uid: string; readonly title: string },
  work: () => Promise<void>,
): Promise<FailedStep | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof RefusedChangeError)) throw error;
    return { uid, title, reason: error.message, remedy: error.remedy };
  }
}
