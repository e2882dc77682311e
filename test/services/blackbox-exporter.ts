/** A real blackbox_exporter: what probes are held against. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages, unpackedProgram } from './debian-package.ts';
import { requireProgram, versionedProgramOnPath } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import { freePort } from './free-port.ts';
import { startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

const PROGRAM = 'prometheus-blackbox-exporter';
const fits = (major: number, minor: number): boolean => major === 0 && minor >= 23;

/** blackbox_exporter 0.23 or later out of the distribution's package. */
export const blackboxExporterDistribution: Distribution = {
  name: 'blackbox-exporter',
  entry: 'blackbox-exporter-0.23',
  variable: 'NINEFOLD_TEST_BLACKBOX_EXPORTER',
  server: PROGRAM,
  tools: [],
  remedy: `install ${PROGRAM} 0.23`,
  onPath: (program) => versionedProgramOnPath(program, fits),
  inEntry: unpackedProgram,
  make: (making) => unpackDebianPackages({ packages: [PROGRAM], program: PROGRAM, fits }, making),
};

/** Starts it with the module http_2xx, which trusts the certificates in the PEM file; it is stopped with all servers. */
export async function startBlackboxExporter(ca?: string): Promise<RunningServer> {
  const program = await requireProgram(blackboxExporterDistribution);
  const folder = temporaryFolder('blackbox-exporter');
  const file = join(folder, 'blackbox.yml');
  writeFileSync(file, modules(ca));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  return startServer({
    name: 'blackbox-exporter',
    program,
    args: [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    folder,
    url,
    ready: async () => {
      const answer = await fetch(`${url}/-/healthy`).catch(() => undefined);
      return answer?.ok === true;
    },
  });
}

function modules(ca?: string): string {
  const trust = ca === undefined ? '' : `\n      tls_config: { ca_file: ${JSON.stringify(ca)} }`;
  return `modules:
  http_2xx:
    prober: http
    timeout: 5s
    http:
      preferred_ip_protocol: ip4${trust}
`;
}
