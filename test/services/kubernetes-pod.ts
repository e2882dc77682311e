/** What a Pod says about the surroundings of its command: environment and volumes, with what they refer to filled in. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesClient, KubernetesObject } from './kubernetes-client.ts';

/** The part of a Pod that running its command needs. */
export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly containers: readonly Container[];
    readonly volumes?: readonly Volume[];
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvironmentEntry[];
  readonly envFrom?: readonly EnvironmentSource[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** A folder of this machine that stands for a path of the container. */
export interface Mount {
  readonly path: string;
  readonly folder: string;
}

interface Reference {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

interface EnvironmentEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly configMapKeyRef?: Reference;
    readonly secretKeyRef?: Reference;
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

interface EnvironmentSource {
  readonly prefix?: string;
  readonly configMapRef?: { readonly name: string };
  readonly secretRef?: { readonly name: string };
}

interface Volume {
  readonly name: string;
  readonly configMap?: VolumeSource & { readonly name: string };
  readonly secret?: VolumeSource & { readonly secretName: string };
  readonly emptyDir?: object;
  readonly projected?: object;
}

interface VolumeSource {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
  readonly optional?: boolean;
}

/** The container's variables; later ones win, as in Kubernetes. Throws when a reference leads nowhere. */
export async function environmentOf(
  client: KubernetesClient,
  pod: Pod,
  { env = [], envFrom = [] }: Container,
): Promise<Readonly<Record<string, string>>> {
  const environment: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of envFrom) {
    const entries = configMapRef
      ? await configMapData(client, configMapRef.name)
      : await secretData(client, secretRef?.name ?? '');
    for (const [key, value] of Object.entries(entries)) environment[`${prefix}${key}`] = value;
  }
  for (const entry of env) {
    const value = entry.value ?? (await referredValue(client, pod, entry));
    if (value !== undefined) environment[entry.name] = value;
  }
  return environment;
}

/** Writes the container's volumes below `folder`; the longest paths come first, so that they are replaced first. */
export async function mountVolumes(
  client: KubernetesClient,
  pod: Pod,
  { volumeMounts = [] }: Container,
  folder: string,
): Promise<readonly Mount[]> {
  const mounts: Mount[] = [];
  for (const { name, mountPath } of volumeMounts) {
    const volume = pod.spec.volumes?.find((each) => each.name === name);
    if (volume === undefined) throw new Error(`Pod ${pod.metadata.name} has no volume ${name}`);
    // The service account's token: without a kubelet there is none.
    if (volume.projected !== undefined) continue;
    // As in the container, so that relative paths lead from one volume to another.
    const place = join(folder, mountPath);
    mkdirSync(place, { recursive: true });
    for (const [path, text] of await filesOf(client, volume)) {
      writeFileSync(join(place, path), text, { mode: 0o444 });
    }
    mounts.push({ path: mountPath, folder: place });
  }
  return mounts.toSorted((a, b) => b.path.length - a.path.length);
}

async function filesOf(
  client: KubernetesClient,
  { name, configMap, secret, emptyDir }: Volume,
): Promise<readonly (readonly [path: string, text: string])[]> {
  if (emptyDir !== undefined) return [];
  const source = configMap ?? secret;
  if (source === undefined) throw new Error(`volume ${name} is of a kind that is not played here`);
  const { items, optional = false } = source;
  const data = configMap
    ? await configMapData(client, configMap.name, optional)
    : await secretData(client, secret?.secretName ?? '', optional);
  const wanted = items ?? Object.keys(data).map((key) => ({ key, path: key }));
  return wanted
    .filter(({ key }) => !optional || data[key] !== undefined)
    .map(({ key, path }) => [path, required(data[key], `${name} has no key ${key}`)]);
}

async function referredValue(
  client: KubernetesClient,
  pod: Pod,
  { name, valueFrom = {} }: EnvironmentEntry,
): Promise<string | undefined> {
  const { configMapKeyRef, secretKeyRef, fieldRef } = valueFrom;
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath);
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference === undefined) return '';
  const { key, optional = false } = reference;
  const data = configMapKeyRef
    ? await configMapData(client, reference.name, optional)
    : await secretData(client, reference.name, optional);
  return optional ? data[key] : required(data[key], `${name}: ${reference.name} has no key ${key}`);
}

/** `metadata.name`, or `metadata.labels['batch.kubernetes.io/job-name']`. */
function fieldOf(pod: Pod, path: string): string {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map !== undefined && key !== undefined)
    return pod.metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  const [, field] = /^metadata\.(name|namespace|uid)$/.exec(path) ?? [];
  return required(
    field === undefined ? undefined : pod.metadata[field as 'name' | 'namespace' | 'uid'],
    `the field ${path} is not played here`,
  );
}

type Data = Readonly<Record<string, string>>;

/** Of one that is not there and may be missing, nothing. */
async function configMapData(
  client: KubernetesClient,
  name: string,
  optional = false,
): Promise<Data> {
  const map = await client.read('v1', 'ConfigMap', name);
  const found = optional ? map : required(map, `no ConfigMap ${name}`);
  return (found?.['data'] ?? {}) as Data;
}

async function secretData(client: KubernetesClient, name: string, optional = false): Promise<Data> {
  const secret = await client.read('v1', 'Secret', name);
  const found = optional ? secret : required(secret, `no Secret ${name}`);
  return Object.fromEntries(
    Object.entries((found?.['data'] ?? {}) as Data).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]),
  );
}

function required<T>(value: T | undefined, complaint: string): T {
  if (value === undefined) throw new Error(complaint);
  return value;
}
