// What has to be done in Grafana so that a dashboard there is as it should be; decided before anything is changed.
import { type ContentDifference, contentDifference } from './content-difference.ts';
import { isWorkspaceFolder } from '../folder.ts';
import { hasMark } from './managed-mark.ts';
import { ownContent } from './own-content.ts';
import type { FoundDashboard, PlacedDashboard } from './placed-dashboard.ts';

interface StepOf {
  readonly uid: string;
  readonly title: string;
}

export type DeliveryStep =
  /** Nothing is there yet. */
  | (StepOf & { readonly kind: 'create' })
  /** What is there is ours, and different. */
  | (StepOf & {
      readonly kind: 'update';
      readonly revision: string;
      readonly difference: ContentDifference;
      readonly savedBy?: string;
    })
  /** What is there is as it should be. */
  | (StepOf & { readonly kind: 'keep' })
  /** What is there is not ours to change. */
  | (StepOf & { readonly kind: 'refuse'; readonly reason: string; readonly remedy: string })
  /** What is there is ours, and nothing defines it any more. */
  | (StepOf & { readonly kind: 'delete' });

export interface DeliveryOptions {
  /** Whether dashboards without our mark are taken over. @default false */
  readonly adopt?: boolean;
}

/** What a dashboard takes, seeing what Grafana has under its uid. */
export function deliveryStep(
  wanted: PlacedDashboard,
  found: FoundDashboard | undefined,
  { adopt = false }: DeliveryOptions = {},
): DeliveryStep {
  const { uid, title } = wanted;
  if (found === undefined) return { kind: 'create', uid, title };
  if (found.manager !== undefined)
    return {
      kind: 'refuse',
      uid,
      title,
      reason: `it is looked after by ${found.manager}`,
      remedy: 'Change it there, or take it out there before pushing it.',
    };
  const isOurs = hasMark(found.spec);
  if (!isOurs && !adopt)
    return {
      kind: 'refuse',
      uid,
      title,
      reason: `Grafana has a dashboard “${found.title}” with this uid that ninefold did not bring`,
      remedy: 'Look at it; --adopt takes it over.',
    };
  const difference = contentDifference(comparable(found, isOurs), comparable(wanted, true));
  if (difference.count === 0) return { kind: 'keep', uid, title };
  const { revision, savedBy } = found;
  return {
    kind: 'update',
    uid,
    title,
    revision,
    difference,
    ...(savedBy !== undefined && { savedBy }),
  };
}

/**
 * What a dashboard of ours takes that nothing defines. It is deleted only where ours are: a marked one that somebody
 * moved to another folder is theirs now, and one in the folder of another workspace is undefined: nothing to do.
 * @param folders uids of the folders that are delivered to
 */
export function pruningStep(
  found: FoundDashboard,
  folders: ReadonlySet<string>,
): DeliveryStep | undefined {
  const { uid, title, manager } = found;
  const refuse = (reason: string, remedy: string): DeliveryStep => ({
    kind: 'refuse',
    uid,
    title,
    reason,
    remedy,
  });
  if (manager !== undefined) return refuse(`it is looked after by ${manager}`, 'Delete it there.');
  if (!hasMark(found.spec)) return refuse('it lost its mark', 'Delete it by hand, if at all.');
  // What other workspaces brought is theirs.
  if (!folders.has(found.folderUid) && isWorkspaceFolder(found.folderUid)) return undefined;
  if (!folders.has(found.folderUid))
    return refuse(
      `it was moved to the folder ${found.folderUid || 'General'}`,
      'Delete it by hand, if at all.',
    );
  return { kind: 'delete', uid, title };
}

/** Whether two of them differ for their readers. */
export function isDelivered(wanted: PlacedDashboard, found: FoundDashboard | undefined): boolean {
  return found !== undefined && deliveryStep(wanted, found).kind === 'keep';
}

function comparable({ folderUid, spec }: PlacedDashboard, isOurs: boolean): object {
  return { folder: folderUid, managed: isOurs, ...ownContent(spec) };
}
