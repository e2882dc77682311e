/** Which kinds of objects a Kubernetes API server knows, and at which paths it has them. */
import { askKubernetes, ifThere } from './kubernetes-connection.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';

/** `/api/v1/namespaces/<namespace>/configmaps`; of a kind that belongs to no namespace, without it. */
export async function collectionPath(
  connection: KubernetesConnection,
  apiVersion: string,
  kind: string,
  namespace: string,
): Promise<string> {
  const base = groupPath(apiVersion);
  const served = (await resources(connection, apiVersion)).find((each) => each.kind === kind);
  if (served === undefined) throw new Error(`this API server knows no ${kind} of ${apiVersion}`);
  return served.namespaced
    ? `${base}/namespaces/${encodeURIComponent(namespace)}/${served.name}`
    : `${base}/${served.name}`;
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** True when objects of this kind can be applied. */
export async function knowsKind(
  connection: KubernetesConnection,
  apiVersion: string,
  kind: string,
): Promise<boolean> {
  return (await resources(connection, apiVersion)).some((each) => each.kind === kind);
}

interface ServedResource {
  /** As it stands in paths: `configmaps`. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What the server has of a group; asked anew each time, because tests define kinds. */
async function resources(
  connection: KubernetesConnection,
  apiVersion: string,
): Promise<readonly ServedResource[]> {
  const path = groupPath(apiVersion);
  const answer = await ifThere(askKubernetes(connection, { method: 'GET', path }));
  const all = (answer as { readonly resources: readonly ServedResource[] } | undefined)?.resources;
  // `pods/status` and the like are parts of a resource.
  return (all ?? []).filter(({ name }) => !name.includes('/'));
}
