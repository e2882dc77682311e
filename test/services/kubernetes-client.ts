/** What tests do with a Kubernetes API server: apply manifests, with strict validation, for real or dry; look, wait, remove. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { askKubernetes, ifThere } from './kubernetes-connection.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';
import { collectionPath, knowsKind } from './kubernetes-kinds.ts';

/** Any object of any kind, as the server gives it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  /** `spec`, `status`, `data` and whatever else the kind has. */
  readonly [field: string]: unknown;
}

export interface KubernetesClient {
  /** Where objects go that name no namespace themselves. */
  readonly namespace: string;
  /**
   * Applies each document of a YAML text on the server's side: unknown and repeated fields are refused, too.
   * Returns the objects as they are stored. Throws KubernetesRefusal.
   */
  applyManifest(manifest: string): Promise<readonly KubernetesObject[]>;
  /** As `applyManifest`, but stores nothing: what `kubectl apply --server-side --dry-run=server` does. */
  dryRun(manifest: string): Promise<readonly KubernetesObject[]>;
  /** Applies a CustomResourceDefinition unless its kind is known, and waits until objects of it can be applied. */
  defineKind(definition: string): Promise<void>;
  /** The object of that name; undefined when there is none. */
  read(apiVersion: string, kind: string, name: string): Promise<KubernetesObject | undefined>;
  /** All objects of a kind in the namespace. */
  list(apiVersion: string, kind: string): Promise<readonly KubernetesObject[]>;
  /** The first object of a kind in the namespace that fits; rejects after the time (default 30 s) with what is there. */
  waitFor(
    apiVersion: string,
    kind: string,
    fits: (object: KubernetesObject) => boolean,
    timeoutMs?: number,
  ): Promise<KubernetesObject>;
  /** Merges fields into the object's status, as the kubelet or a controller does. */
  reportStatus(object: KubernetesObject, status: object): Promise<KubernetesObject>;
  /** Deletes the object and, in the background, what it owns. */
  remove(object: KubernetesObject): Promise<void>;
}

const FIELD_MANAGER = 'ninefold-test';
const POLL_MS = 200;

/** A client whose objects go to this namespace, which must exist. */
export function createKubernetesClient(
  connection: KubernetesConnection,
  namespace: string,
): KubernetesClient {
  const pathOf = (apiVersion: string, kind: string, own?: string): Promise<string> =>
    collectionPath(connection, apiVersion, kind, own ?? namespace);
  const objectPath = async ({ apiVersion, kind, metadata }: KubernetesObject): Promise<string> =>
    `${await pathOf(apiVersion, kind, metadata.namespace)}/${encodeURIComponent(metadata.name)}`;

  const apply = async (manifest: string, query: string): Promise<KubernetesObject[]> => {
    const applied: KubernetesObject[] = [];
    for (const body of documents(manifest)) {
      const path = await objectPath(parse(body) as KubernetesObject);
      const answer = await askKubernetes(connection, {
        method: 'PATCH',
        path: `${path}?fieldManager=${FIELD_MANAGER}&fieldValidation=Strict${query}`,
        contentType: 'application/apply-patch+yaml',
        body,
      });
      applied.push(answer as KubernetesObject);
    }
    return applied;
  };
  const list = async (apiVersion: string, kind: string): Promise<readonly KubernetesObject[]> => {
    const path = await pathOf(apiVersion, kind);
    const answer = await askKubernetes(connection, { method: 'GET', path });
    // The items of a list do not say what they are; the list does.
    const { items } = answer as { readonly items: readonly object[] };
    return items.map((item) => ({ ...item, apiVersion, kind }) as KubernetesObject);
  };

  return {
    namespace,
    list,
    applyManifest: (manifest) => apply(manifest, ''),
    dryRun: (manifest) => apply(manifest, '&dryRun=All'),
    async defineKind(definition) {
      const { spec } = parse(definition) as unknown as CustomResourceDefinition;
      const [apiVersion, kind] = [`${spec.group}/${spec.versions[0]?.name ?? ''}`, spec.names.kind];
      if (await knowsKind(connection, apiVersion, kind)) return;
      await apply(definition, '');
      await until(`${kind} of ${apiVersion} that is served`, 30_000, async () => {
        return (await knowsKind(connection, apiVersion, kind)) ? true : undefined;
      });
    },
    async read(apiVersion, kind, name) {
      const path = `${await pathOf(apiVersion, kind)}/${encodeURIComponent(name)}`;
      return ifThere(
        askKubernetes(connection, { method: 'GET', path }),
      ) as Promise<KubernetesObject>;
    },
    waitFor(apiVersion, kind, fits, timeoutMs = 30_000) {
      return until(
        `fitting ${kind}`,
        timeoutMs,
        async () => (await list(apiVersion, kind)).find(fits),
        async () => JSON.stringify(await list(apiVersion, kind), undefined, 1).slice(0, 4000),
      );
    },
    async reportStatus(object, status) {
      const answer = await askKubernetes(connection, {
        method: 'PATCH',
        path: `${await objectPath(object)}/status`,
        contentType: 'application/merge-patch+json',
        body: JSON.stringify({ status }),
      });
      return answer as KubernetesObject;
    },
    async remove(object) {
      const path = `${await objectPath(object)}?propagationPolicy=Background`;
      await ifThere(askKubernetes(connection, { method: 'DELETE', path }));
    },
  };
}

interface CustomResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

/** The text of each document, as it is written: the server's reading of YAML is what tests want to see. */
function documents(manifest: string): string[] {
  return manifest
    .split(/^---\s*$/m)
    .filter((text) => text.replaceAll(/^\s*#.*$/gm, '').trim() !== '');
}

async function until<T>(
  what: string,
  timeoutMs: number,
  look: () => Promise<T | undefined>,
  instead: () => Promise<string> = () => Promise.resolve(''),
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new Error(`no ${what} within ${timeoutMs / 1000} s; there is ${await instead()}`);
    await sleep(POLL_MS);
  }
}
