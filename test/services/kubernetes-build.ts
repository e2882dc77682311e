/** Makes a Kubernetes control plane without nodes: etcd from the distribution's package, the rest built from its Go module. */
import type { EntryInMaking } from './cache.ts';
import { unpackDebianPackages } from './debian-package.ts';
import { buildGoPrograms, takeOverGoModule } from './go-build.ts';
import type { GoModule } from './go-build.ts';

/** The version without its `v`. */
export const KUBERNETES_VERSION = '1.34.3';

const MODULE: GoModule = { path: 'k8s.io/kubernetes', version: `v${KUBERNETES_VERSION}` };

/** The modules of its staging folder are published as 0.34.3 for 1.34.3. */
const STAGING_VERSION = KUBERNETES_VERSION.replace(/^1/, 'v0');

const STAMP = {
  variable: 'k8s.io/component-base/version.gitVersion',
  version: `v${KUBERNETES_VERSION}`,
};

/** Fills the entry with `usr/bin/etcd` and `bin/` of the API server, the controllers and kubectl. */
export async function buildKubernetes(making: EntryInMaking): Promise<void> {
  await unpackDebianPackages(
    { packages: ['etcd-server'], program: 'etcd', fits: (major) => major === 3 },
    making,
  );
  const source = await takeOverGoModule(MODULE, withoutFolders, making);
  const commands = ['kube-apiserver', 'kube-controller-manager', 'kubectl'];
  const packages = commands.map((command) => `${MODULE.path}/cmd/${command}`);
  await buildGoPrograms(packages, source, STAMP, making);
}

/** Each folder below `staging` is published as the module of that name. */
function withoutFolders(goMod: string): string {
  return goMod.replace(/ => \.\/staging\/src\/(\S+)$/gm, ` => $1 ${STAGING_VERSION}`);
}
