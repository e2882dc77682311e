/** A real nginx of a test: one process, any user, with the configuration that the test writes. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unpackDebianPackages, unpackedProgram } from './debian-package.ts';
import { requireProgram, versionedProgramOnPath } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import { answersOk, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';
import { freePort } from './free-port.ts';

const fits = (major: number, minor: number): boolean => major === 1 && minor >= 22;

/** nginx 1.22 or later with its mail module, out of the distribution's packages. */
export const nginxDistribution: Distribution = {
  name: 'nginx',
  entry: 'nginx-1.22',
  server: 'nginx',
  tools: [],
  remedy: 'install nginx 1.22 and libnginx-mod-mail',
  onPath(program) {
    const found = versionedProgramOnPath(program, fits, '-v');
    return found !== undefined && existsSync(mailModule(found.file)) ? found : undefined;
  },
  inEntry: unpackedProgram,
  make: (making) =>
    unpackDebianPackages(
      { packages: ['nginx', 'libnginx-mod-mail'], program: 'nginx', fits, versionFlag: '-v' },
      making,
    ),
};

/** What a test writes of an nginx configuration. */
export interface NginxConfig {
  /** Inside `http { … }`. Relative files are in `folder`. */
  readonly http: string;
  /** Inside `mail { … }`. */
  readonly mail?: string;
  /** Files of the folder by name: certificates, pages. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** Starts it; it is stopped with all servers. */
export async function startNginx({ http, mail, files = {} }: NginxConfig): Promise<RunningServer> {
  const program = await requireProgram(nginxDistribution);
  const folder = temporaryFolder('nginx');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration(program.file, port, http, mail));
  return startServer({
    name: 'nginx',
    program,
    args: ['-p', folder, '-c', file, '-e', 'stderr'],
    folder,
    url,
    ready: () => answersOk(`${url}/ready`),
  });
}

/** Without a master there is one process, which runs as whoever started it and leaves nothing behind. */
function configuration(program: string, port: number, http: string, mail?: string): string {
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${name}_temp;`,
  );
  return `daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
${mail === undefined ? '' : `load_module ${mailModule(program)};`}
events { worker_connections 256; }
http {
  access_log off;
  ${places.join('\n  ')}
  server { listen 127.0.0.1:${port}; location = /ready { return 204; } }
${http}
}
${mail === undefined ? '' : `mail {\n${mail}\n}`}
`;
}

function mailModule(program: string): string {
  return join(dirname(program), '..', 'lib', 'nginx', 'modules', 'ngx_mail_module.so');
}
