/** A real Redis of a test, alone or as a cluster of three nodes, with or without an append-only file. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unpackDebianPackages, unpackedProgram } from './debian-package.ts';
import { findProgram, locateUrl, requireProgram, versionedProgramOnPath } from './distribution.ts';
import type { Distribution, LocatedProgram, LocatedUrl, Unavailable } from './distribution.ts';
import { freePorts } from './free-port.ts';
import { environmentServer, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

const fits = (major: number): boolean => major === 7 || major === 8;

/** Redis 7.0 or later out of the distribution's package. */
export const redisDistribution: Distribution = {
  name: 'redis',
  entry: 'redis-7.0',
  variable: 'NINEFOLD_TEST_REDIS',
  server: 'redis-server',
  tools: ['redis-cli'],
  remedy: 'install redis-server 7, or set NINEFOLD_TEST_REDIS=redis://host:port',
  onPath: (program) => versionedProgramOnPath(program, fits),
  inEntry: unpackedProgram,
  make: (making) =>
    unpackDebianPackages(
      { packages: ['redis-server', 'redis-tools'], program: 'redis-server', fits },
      making,
    ),
};

export interface RedisOptions {
  /** Keep data in an append-only file, synced on every write, so that a killed server loses nothing; default false. */
  readonly appendonly?: boolean;
  /** Further arguments of redis-server, for example `['--maxmemory', '10mb']`. */
  readonly flags?: readonly string[];
}

export interface RunningRedis extends RunningServer {
  readonly host: string;
  readonly port: number;
  /** Sends one command whose words contain no spaces and returns the bare reply; throws on an error reply. */
  ask(command: string): Promise<string>;
}

export interface RunningRedisCluster extends RunningServer {
  /** Three masters that hold all slots between them; stop, kill and restart them one by one. */
  readonly nodes: readonly RunningRedis[];
  readonly urls: readonly string[];
}

/** Redis from the environment, PATH or the cache, else fetched into the cache. */
export async function findRedis(): Promise<LocatedUrl | LocatedProgram | Unavailable> {
  return locateUrl(redisDistribution) ?? findProgram(redisDistribution);
}

/** Starts one Redis. Without options the server that NINEFOLD_TEST_REDIS names is used instead, if it is set. */
export async function startRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  const given = locateUrl(redisDistribution);
  if (given !== undefined && options.appendonly !== true && options.flags === undefined) {
    const { hostname, port } = new URL(given.url);
    const server = environmentServer(given, temporaryFolder('redis'));
    return withAddress(server, hostname, port === '' ? 6379 : Number(port));
  }
  const [port] = await freePorts(1);
  return startNode('redis', temporaryFolder('redis'), port as number, options);
}

/** Starts three masters and joins them to a cluster; resolves when every node calls the cluster whole. */
export async function startRedisCluster(options: RedisOptions = {}): Promise<RunningRedisCluster> {
  const folder = temporaryFolder('redis-cluster');
  const ports = await freePorts(6);
  const nodes: RunningRedis[] = [];
  for (const [index, port] of ports.slice(0, 3).entries()) {
    const flags = ['--cluster-enabled', 'yes', '--cluster-port', String(ports[index + 3])];
    nodes.push(
      await startNode(`redis-${index + 1}`, join(folder, `node-${index + 1}`), port, {
        ...options,
        flags: [...flags, '--cluster-node-timeout', '2000', ...(options.flags ?? [])],
      }),
    );
  }
  const slots = ['0 5460', '5461 10922', '10923 16383'];
  for (const [index, node] of nodes.entries()) {
    await node.ask(`CLUSTER ADDSLOTSRANGE ${slots[index]}`);
    await node.ask(`CLUSTER SET-CONFIG-EPOCH ${index + 1}`);
  }
  for (const [index, port] of ports.slice(0, 3).entries()) {
    await nodes[0]?.ask(`CLUSTER MEET 127.0.0.1 ${port} ${ports[index + 3]}`);
  }
  await clusterIsWhole(nodes);
  const [first] = nodes;
  const each = async (act: (node: RunningRedis) => Promise<void>): Promise<void> => {
    await Promise.all(nodes.map(act));
  };
  return {
    url: first?.url ?? '',
    urls: nodes.map((node) => node.url),
    nodes,
    owned: true,
    folder,
    pid: first?.pid ?? 0,
    stop: () => each((node) => node.stop()),
    kill: (signal) => each((node) => node.kill(signal)),
    async restart() {
      await each((node) => node.restart());
      await clusterIsWhole(nodes);
    },
    logs: () => nodes.map((node) => node.logs()).join(''),
  };
}

async function startNode(
  name: string,
  folder: string,
  port: number,
  { appendonly = false, flags = [] }: RedisOptions,
): Promise<RunningRedis> {
  const program = await requireProgram(redisDistribution);
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const address = ['--bind', '127.0.0.1', '--port', String(port)];
  const durable = [
    '--dir',
    data,
    '--save',
    '',
    '--appendonly',
    appendonly ? 'yes' : 'no',
    '--appendfsync',
    'always',
  ];
  const server = await startServer({
    name,
    program,
    args: [...address, ...durable, ...flags],
    folder,
    url: `redis://127.0.0.1:${port}`,
    ready: async () => (await askRedis('127.0.0.1', port, 'PING')) === 'PONG',
  });
  return withAddress(server, '127.0.0.1', port);
}

function withAddress(server: RunningServer, host: string, port: number): RunningRedis {
  return Object.assign(server, {
    host,
    port,
    ask: (command: string) => askRedis(host, port, command),
  });
}

async function clusterIsWhole(nodes: readonly RunningRedis[]): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (const node of nodes) {
    while (!(await seesWholeCluster(node))) {
      if (performance.now() > deadline) {
        throw new Error(`${node.url} does not call its cluster whole after 30 s\n${node.logs()}`);
      }
      await sleep(100);
    }
  }
}

async function seesWholeCluster(node: RunningRedis): Promise<boolean> {
  const info = await node.ask('CLUSTER INFO');
  return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
}

/** One inline command on a connection of its own: enough for readiness and joining, without a client library. */
function askRedis(host: string, port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let answer = '';
    socket.setTimeout(5000, () => socket.destroy(new Error(`${command}: no answer in 5 s`)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`${command}: connection closed`)));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (!isWholeReply(answer)) return;
      socket.destroy();
      if (answer.startsWith('-')) reject(new Error(`${command}: ${answer.slice(1).trim()}`));
      else resolve(answer.replace(/^(\$\d+\r\n|[+:])/, '').trim());
    });
    socket.write(`${command}\r\n`);
  });
}

/** True when a simple reply's line or a bulk reply's announced bytes have come. */
function isWholeReply(answer: string): boolean {
  const lineEnd = answer.indexOf('\r\n');
  if (lineEnd < 0) return false;
  if (!answer.startsWith('$') || answer.startsWith('$-1')) return true;
  return Buffer.byteLength(answer) >= lineEnd + 2 + Number(answer.slice(1, lineEnd)) + 2;
}
