// Workspaces of the repository, whose dashboards the tests look at.
import { join } from 'node:path';
import { loadWorkspace } from '../../catalog/index.ts';
import type { Dashboard } from '../../dashboards/dashboard.ts';
import type { Service } from '../../slo/service.ts';
import type { Slo } from '../../slo/slo.ts';

const ROOT = join(import.meta.dirname, '../..');

export const WORKSPACES = [
  'examples/shop',
  'platforms/api-governance',
  'platforms/clipper',
] as const;

/** Services, SLOs and own dashboards of a workspace, which must be clean. */
export async function definitionsOf(folder: string): Promise<{
  readonly services: readonly Service[];
  readonly slos: readonly Slo[];
  readonly dashboards: readonly Dashboard[];
}> {
  const { catalog, diagnostics } = await loadWorkspace(join(ROOT, folder));
  if (catalog === undefined)
    throw new Error(`${folder} is not clean: ${JSON.stringify(diagnostics, undefined, 1)}`);
  const { services, slos, dashboards } = catalog;
  return { services, slos, dashboards };
}
