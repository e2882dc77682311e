/** A real BIND of a test: one named, any user, with the options and zones that the test writes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { unpackDebianPackages, unpackedProgram } from './debian-package.ts';
import { requireProgram, versionedProgramOnPath } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import { freePorts } from './free-port.ts';
import { startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

const fits = (major: number, minor: number): boolean => major === 9 && minor >= 18;

/** BIND 9.18 or later out of the distribution's packages. */
export const bindDistribution: Distribution = {
  name: 'bind',
  entry: 'bind-9.18',
  server: 'named',
  tools: [],
  remedy: 'install bind9 9.18',
  onPath: (program) => versionedProgramOnPath(program, fits, '-v'),
  inEntry: unpackedProgram,
  make: (making) =>
    unpackDebianPackages(
      { packages: ['bind9', 'bind9-libs'], program: 'named', fits, versionFlag: '-v' },
      making,
    ),
};

export interface BindConfig {
  /** Statements inside `options { … }`. */
  readonly options: string;
  /** Statements besides the options: zones, trust anchors, and with `certificate` nothing of TLS. */
  readonly statements?: string;
  /** Files of its working folder by name: zones. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether it also listens over TLS and HTTPS. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

export interface RunningBind extends RunningServer {
  /** Of UDP and TCP on 127.0.0.1. */
  readonly port: number;
  /** Over TLS, and over HTTPS at `/dns-query`; nothing listens there without a certificate. */
  readonly tlsPort: number;
  readonly httpsPort: number;
}

/** Starts it; it is stopped with all servers. */
export async function startBind(config: BindConfig): Promise<RunningBind> {
  const program = await requireProgram(bindDistribution);
  const folder = temporaryFolder('bind');
  const data = join(folder, 'data');
  mkdirSync(data);
  const { cert = '', key = '' } = config.certificate ?? {};
  const files = { ...config.files, 'named.pem': cert, 'named.key': key };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(data, name), text);
  const [port, tlsPort, httpsPort] = (await freePorts(3)) as [number, number, number];
  const file = join(folder, 'named.conf');
  writeFileSync(file, configuration(config, data, port, tlsPort, httpsPort));
  const server = await startServer({
    name: 'bind',
    program,
    // One thread: it would begin with one for each processor, and reserve memory for each.
    args: ['-g', '-n', '1', '-c', file],
    folder,
    url: `tcp://127.0.0.1:${port}`,
    ready: async (logs) => /\brunning$/m.test(logs()) && (await accepts(port)),
  });
  return Object.assign(server, { port, tlsPort, httpsPort });
}

function configuration(
  { options, statements = '', certificate }: BindConfig,
  data: string,
  port: number,
  tlsPort: number,
  httpsPort: number,
): string {
  const secure = `
  listen-on port ${tlsPort} tls own { 127.0.0.1; };
  listen-on port ${httpsPort} tls own http own { 127.0.0.1; };`;
  const keys = `
tls own { cert-file "named.pem"; key-file "named.key"; };
http own { endpoints { "/dns-query"; }; };`;
  return `controls { };
${certificate === undefined ? '' : keys}
options {
  directory "${data}";
  pid-file "named.pid";
  session-keyfile "session.key";
  managed-keys-directory ".";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };${certificate === undefined ? '' : secure}
${options}
};
${statements}
`;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
