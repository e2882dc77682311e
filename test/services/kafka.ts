/** A real Kafka of a test: one broker or three (KRaft, no ZooKeeper), each of which can be stopped, killed and restarted. */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { startWatchedProcess } from './watched-process.ts';
import type { EntryInMaking } from './cache.ts';
import { executableOnPath, findProgram, locateUrl, requireProgram } from './distribution.ts';
import type {
  Distribution,
  LocatedProgram,
  LocatedUrl,
  Program,
  Unavailable,
} from './distribution.ts';
import { freePorts } from './free-port.ts';
import { downloadMavenLibraries } from './maven-libraries.ts';
import { environmentServer, ServerDidNotStart, startServer } from './running-server.ts';
import type { RunningServer } from './running-server.ts';
import { temporaryFolder } from './started-servers.ts';

/** Kafka's jars, run with plain `java`; the program's file is the folder that holds them. */
export const kafkaDistribution: Distribution = {
  name: 'kafka',
  entry: 'kafka-4.1.1',
  variable: 'NINEFOLD_TEST_KAFKA',
  server: 'libs',
  tools: [],
  remedy:
    'install Java 17 and Maven, put the bin folder of Kafka 4 on PATH, or set NINEFOLD_TEST_KAFKA=host:port',
  onPath: () => kafkaOnPath(),
  inEntry: (program, folder) => ({ file: join(folder, program), environment: {} }),
  make: async (making) => {
    await downloadMavenLibraries(
      ['org.apache.kafka:kafka_2.13:4.1.1', 'org.apache.logging.log4j:log4j-slf4j-impl:2.24.3'],
      making,
    );
    await archiveClasses(making);
  },
};

export interface KafkaOptions {
  /** Number of brokers, each of them also a controller; default 1. */
  readonly brokers?: 1 | 3;
  /** Broker properties that win over the ones set here. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface RunningKafka extends RunningServer {
  /** `host:port` of every broker. */
  readonly brokers: readonly string[];
  /** The brokers one by one: `nodes[1].restart()` restarts the second. */
  readonly nodes: readonly RunningServer[];
}

/** Kafka from the environment, PATH or the cache, else fetched into the cache. */
export async function findKafka(): Promise<LocatedUrl | LocatedProgram | Unavailable> {
  return locateUrl(kafkaDistribution) ?? findProgram(kafkaDistribution);
}

/**
 * Starts Kafka and resolves when every broker serves clients. One broker without own properties is taken
 * from NINEFOLD_TEST_KAFKA instead, if it is set: use topic and group names of your own.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<RunningKafka> {
  const count = options.brokers ?? 1;
  const given = locateUrl(kafkaDistribution);
  if (given !== undefined && count === 1 && options.properties === undefined) {
    const server = environmentServer(given, temporaryFolder('kafka'));
    return { ...server, brokers: given.url.split(','), nodes: [server] };
  }
  const libraries = await requireProgram(kafkaDistribution);
  const folder = temporaryFolder('kafka');
  const ports = await freePorts(2 * count);
  const cluster: Cluster = {
    id: clusterId(),
    libraries: libraries.file,
    folder,
    brokerPorts: ports.slice(0, count),
    controllerPorts: ports.slice(count),
    properties: options.properties ?? {},
  };
  const ids = cluster.brokerPorts.map((_, index) => index + 1);
  await Promise.all(ids.map((id) => format(cluster, id)));
  // Together, because none is ready before a majority of the controllers votes. When one of them fails,
  // the others must not be left running.
  const started = await Promise.allSettled(ids.map((id) => startBroker(cluster, id)));
  const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(nodes.map((node) => node.stop()));
    throw failed.reason;
  }
  return asOneServer(
    nodes,
    cluster.brokerPorts.map((port) => `127.0.0.1:${port}`),
    folder,
  );
}

interface Cluster {
  readonly id: string;
  /** Folder of the jars. */
  readonly libraries: string;
  readonly folder: string;
  readonly brokerPorts: readonly number[];
  readonly controllerPorts: readonly number[];
  readonly properties: Readonly<Record<string, string>>;
}

/** 22 characters of base64; the first one is never `-`, which the formatter would take for an option. */
function clusterId(): string {
  return `A${randomBytes(16).toString('base64url').slice(1)}`;
}

// The start's last line is the only readiness that needs no client: it comes after the broker is unfenced.
const STARTED = 'Kafka Server started';
const LOGGING = `appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %p %c %m%n
rootLogger.level=WARN
rootLogger.appenderRef.console.ref=console
logger.started.name=kafka.server.KafkaRaftServer
logger.started.level=INFO
`;

function asOneServer(
  nodes: readonly RunningServer[],
  brokers: readonly string[],
  folder: string,
): RunningKafka {
  const each = async (act: (node: RunningServer) => Promise<void>): Promise<void> => {
    await Promise.all(nodes.map(act));
  };
  return {
    url: brokers[0] ?? '',
    brokers,
    nodes,
    owned: true,
    folder,
    get pid() {
      return nodes[0]?.pid ?? 0;
    },
    stop: () => each((node) => node.stop()),
    kill: (signal) => each((node) => node.kill(signal)),
    async restart() {
      await each((node) => node.stop());
      await each((node) => node.restart());
    },
    logs: () => nodes.map((node) => node.logs()).join(''),
  };
}

/** Writes the broker's properties and formats its log folder. */
async function format(cluster: Cluster, id: number): Promise<void> {
  const folder = join(cluster.folder, `broker-${id}`);
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'log4j2.properties'), LOGGING);
  symlinkSync(cluster.libraries, join(folder, LIBRARIES));
  const properties = Object.entries({ ...brokerProperties(cluster, id), ...cluster.properties });
  const lines = properties.map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(folder, 'server.properties'), lines.join(''));
  const log = join(folder, 'format.log');
  const args = ['kafka.tools.StorageTool', 'format', '-t', cluster.id, '-c', 'server.properties'];
  const formatting = await startWatchedProcess({
    file: 'java',
    args: [...javaArguments(cluster, 128), ...args],
    environment: {},
    folder,
    log,
  });
  const code = await formatting.gone;
  if (code !== 0) {
    throw new ServerDidNotStart(`kafka format ended with ${code}\n${readFileSync(log, 'utf8')}`);
  }
}

function startBroker(
  cluster: Cluster,
  id: number,
  javaOptions: readonly string[] = [],
): Promise<RunningServer> {
  const folder = join(cluster.folder, `broker-${id}`);
  const heapMb = cluster.brokerPorts.length === 1 ? 512 : 256;
  return startServer({
    name: `kafka-${id}`,
    program: { file: 'java', environment: {} },
    args: [...javaArguments(cluster, heapMb), ...javaOptions, 'kafka.Kafka', 'server.properties'],
    folder,
    url: `127.0.0.1:${cluster.brokerPorts[id - 1]}`,
    ready: (logsSinceStart) => Promise.resolve(logsSinceStart().includes(STARTED)),
    // Saving the archive of classes, when it is being made, is part of its end.
    graceMs: javaOptions.length === 0 ? 10_000 : 60_000,
  });
}

function javaArguments(cluster: Cluster, heapMb: number): string[] {
  const archive = classArchive(cluster.libraries);
  return [
    `-Xmx${heapMb}m`,
    '-XX:+UseSerialGC',
    // Tests start brokers often and on few cores: the quick compiler alone halves the time of a start.
    '-XX:TieredStopAtLevel=1',
    ...(existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
    // An archive of another Java is ignored, which is all that is to be said about it.
    '-Xlog:cds=off',
    '-Dlog4j2.configurationFile=log4j2.properties',
    '-cp',
    `${LIBRARIES}/*`,
  ];
}

/** Java takes an archive of classes only with the class path it was made with, so that is the same for every broker. */
const LIBRARIES = 'libs';

function classArchive(libraries: string): string {
  return join(dirname(libraries), 'classes.jsa');
}

/** Starts a broker once and keeps the classes it loaded: later starts take less than half the time. */
async function archiveClasses({ folder, progress }: EntryInMaking): Promise<void> {
  progress.step('starting it once, to keep its loaded classes for later starts');
  const [broker, controller] = (await freePorts(2)) as [number, number];
  const training: Cluster = {
    id: clusterId(),
    libraries: join(folder, 'libs'),
    folder: join(folder, 'training'),
    brokerPorts: [broker],
    controllerPorts: [controller],
    properties: {},
  };
  const archive = classArchive(training.libraries);
  await format(training, 1);
  const server = await startBroker(training, 1, [`-XX:ArchiveClassesAtExit=${archive}`]);
  await server.stop();
  rmSync(training.folder, { recursive: true });
}

function brokerProperties(cluster: Cluster, id: number): Record<string, string> {
  const client = `PLAINTEXT://127.0.0.1:${cluster.brokerPorts[id - 1]}`;
  const controller = `CONTROLLER://127.0.0.1:${cluster.controllerPorts[id - 1]}`;
  const voters = cluster.controllerPorts.map((port, index) => `${index + 1}@127.0.0.1:${port}`);
  const replicas = String(cluster.brokerPorts.length);
  return {
    'process.roles': 'broker,controller',
    'node.id': String(id),
    'controller.quorum.voters': voters.join(','),
    listeners: `${client},${controller}`,
    'advertised.listeners': client,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'log.dirs': join(cluster.folder, `broker-${id}`, 'data'),
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    // Fifty partitions, the default, make the first join of a group slow on a small machine.
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
    // A killed broker's partitions get new leaders after this time instead of nine seconds.
    'broker.session.timeout.ms': '6000',
    'broker.heartbeat.interval.ms': '1000',
  };
}

/** The jars beside a `kafka-server-start` on PATH, when they are of Kafka 4. */
function kafkaOnPath(): Program | undefined {
  const start = executableOnPath('kafka-server-start.sh') ?? executableOnPath('kafka-server-start');
  if (start === undefined) return undefined;
  const bin = dirname(realpathSync(start));
  for (const libraries of [join(bin, '..', 'libs'), join(bin, '..', 'libexec', 'libs')]) {
    if (existsSync(libraries) && readdirSync(libraries).some((jar) => /^kafka_.*-4\./.test(jar))) {
      return { file: libraries, environment: {} };
    }
  }
  return undefined;
}
