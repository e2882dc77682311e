/** Makes a Kubernetes control plane without nodes: etcd from the distribution's package, the rest built from its Go module. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryInMaking } from './cache.ts';
import { unpackDebianPackages } from './debian-package.ts';
import { buildGoPrograms, downloadGoModule } from './go-build.ts';
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
  const published = await downloadGoModule(MODULE, making);
  const source = join(making.folder, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'go.mod'), ownModule(readFileSync(join(published, 'go.mod'), 'utf8')));
  writeFileSync(join(source, 'go.sum'), readFileSync(join(published, 'go.sum')));
  const commands = ['kube-apiserver', 'kube-controller-manager', 'kubectl'];
  const packages = commands.map((command) => `${MODULE.path}/cmd/${command}`);
  await buildGoPrograms(packages, source, STAMP, making);
}

/**
 * `go install` refuses a module with replace directives, so Kubernetes is built from a module of our own that
 * takes over its requirements. What it replaces by folders of its repository is published, too.
 */
function ownModule(published: string): string {
  const requirements = published
    .replace(/^module .*$/m, 'module ninefold.test/kubernetes')
    .replace(
      /^(\s*(?:replace )?)(\S+) => \.\/staging\/src\/\2$/gm,
      `$1$2 => $2 ${STAGING_VERSION}`,
    );
  return `${requirements}\nrequire ${MODULE.path} ${MODULE.version}\n`;
}
