/** A real HAProxy of a test: one process, any user, with the sections that the test writes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebianPackages, unpackedProgram } from './debian-package.ts';
import { requireProgram, versionedProgramOnPath } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import { freePort } from './free-port.ts';
import { answersOk, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

const fits = (major: number, minor: number): boolean => major > 2 || (major === 2 && minor >= 6);

/** HAProxy 2.6 or later out of the distribution's package. */
export const haproxyDistribution: Distribution = {
  name: 'haproxy',
  entry: 'haproxy-2.6',
  server: 'haproxy',
  tools: [],
  remedy: 'install haproxy 2.6',
  onPath: (program) => versionedProgramOnPath(program, fits, '-v'),
  inEntry: unpackedProgram,
  make: (making) =>
    unpackDebianPackages(
      { packages: ['haproxy'], program: 'haproxy', fits, versionFlag: '-v' },
      making,
    ),
};

/** Starts it with the sections, and files of its folder by name; it is stopped with all servers. */
export async function startHaproxy(
  sections: string,
  files: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const program = await requireProgram(haproxyDistribution);
  const folder = temporaryFolder('haproxy');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, configuration(port, sections));
  return startServer({
    name: 'haproxy',
    program,
    args: ['-db', '-f', file],
    folder,
    url,
    ready: () => answersOk(`${url}/ready`),
  });
}

function configuration(port: number, sections: string): string {
  return `global
  nbthread 1
  maxconn 256

defaults
  timeout connect 5s
  timeout client 30s
  timeout server 30s

frontend ready
  mode http
  bind 127.0.0.1:${port}
  monitor-uri /ready

${sections}
`;
}
