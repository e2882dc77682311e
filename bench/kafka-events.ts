// P4 as it stands: what a JSON event costs from a real broker to a committed count, against kafkajs with JSON.parse.
import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import { systemClock } from '../collector/clock.ts';
import { silentLog } from '../collector/log.ts';
import { createKafkaSource } from '../collector/sources/kafka/kafka-source.ts';
import { loadKafkaJs } from '../collector/sources/kafka/kafkajs-module.ts';
import type { Ledger } from '../collector/sources/source.ts';
import { createMemoryStore } from '../collector/stores/memory.ts';
import { any } from '../slo/combine-predicates.ts';
import { defineService } from '../slo/define-service.ts';
import { defineSlo } from '../slo/define-slo.ts';
import { resolveSlo } from '../slo/resolve-slo.ts';
import { kafkaEvents as kafkaEventsSli } from '../slo/sli/kafka-events.ts';
import type { Slo } from '../slo/slo.ts';
import { startKafka } from '../test/services/kafka.ts';
import { type Benchmark, cpuSeconds, figure, quantile } from './measurement.ts';

const TOPIC = 'gateway.access';
const BATCH = 1_000;
const PARTITIONS = 2;
/** The first is for warming up and does not count. */
const ROUNDS = 6;
const EVENTS = { trial: 50_000, usual: 400_000, full: 1_000_000 };

interface Counted {
  readonly total: number;
  readonly bad: number;
}

export const kafkaEvents: Benchmark = {
  id: 'P4',
  title: 'An event through Kafka as it stands',
  needs: ['kafka'],
  async run(say, size) {
    const events = EVENTS[size];
    const broker = await startKafka();
    const truth = await produce(broker.brokers, events);
    say(`${events} events of about 280 bytes are in ${PARTITIONS} partitions`);
    const peers = {
      kafkajs: { count: () => withKafkaJs(broker.brokers, events), costs: [0] },
      ours: { count: () => withOurs(broker.brokers, events), costs: [0] },
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, peer] of Object.entries(peers)) {
        let counted: Counted = { total: 0, bad: 0 };
        const seconds = await cpuSeconds(async () => {
          counted = await peer.count();
        });
        if (counted.total !== truth.total || counted.bad !== truth.bad)
          throw new Error(
            `${name} counted ${JSON.stringify(counted)}, not ${JSON.stringify(truth)}`,
          );
        peer.costs[round] = (seconds / events) * 1e6;
      }
      say(
        `round ${round}: kafkajs ${peers.kafkajs.costs[round]?.toFixed(2)} µs an event, ours ${peers.ours.costs[round]?.toFixed(2)}`,
      );
    }
    const [theirs, ours] = [peers.kafkajs.costs.slice(1), peers.ours.costs.slice(1)];
    const ratios = ours.map((cost, round) => (theirs[round] ?? NaN) / cost);
    const median = quantile(
      [...ratios].sort((a, b) => a - b),
      0.5,
    );
    const own = figure('ours, committed with its offset (memory store)', 'µs CPU an event', ours);
    return {
      id: 'P4',
      title: 'An event through Kafka as it stands',
      goal: '≥ 2 M events/s per core and ≥ 10× kafkajs + JSON.parse with the fast path, which comes later',
      figures: [
        own,
        figure('kafkajs eachBatch + JSON.parse + predicate', 'µs CPU an event', theirs),
        figure('ratio, round by round', '×', ratios),
        figure(
          'ours',
          'M events per core-second',
          ours.map((cost) => 1 / cost),
        ),
      ],
      verdict: `${(1 / own.median).toFixed(2)} M events per core-second, ${median.toFixed(1)}× kafkajs; the fast path of the plan is not built`,
      notes: [
        'Both sides take the same records from the same broker over a socket, join and leave of the group included; the broker is another process and not counted.',
        'Ours also judges the SLO, keeps cells by the second and commits each batch with its offset; the peer only adds up.',
        'Records and their JSON are read from the bytes by our own walkers: of an event only the fields that some SLO reads become values.',
      ],
    };
  },
};

function accessEvent(index: number, timeMs: number): string {
  return JSON.stringify({
    time: new Date(timeMs).toISOString(),
    eventId: `0190f${index.toString(16).padStart(27, '0')}`,
    service: 'gateway',
    route: `/v1/orders/{id}/items/${index % 40}`,
    method: index % 3 === 0 ? 'POST' : 'GET',
    status: index % 97 === 0 ? 503 : 200,
    durationMs: (index * 7) % 950,
    clientId: `client-${index % 500}`,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
  });
}

const isBad = (event: { status: number; durationMs: number }): boolean =>
  event.status >= 500 || event.durationMs > 900;

function benchSlo(): Slo {
  const service = defineService({ name: 'gateway', team: 'bench' });
  const { value, diagnostics } = resolveSlo(
    defineSlo({
      service,
      name: 'availability',
      objective: '99.9%',
      window: '30d',
      sli: kafkaEventsSli({
        topic: TOPIC,
        fields: { status: 'status', durationMs: 'number', time: 'string' },
        time: { field: 'time', as: 'rfc3339' },
        bad: (event) => any(event.status.isServerError(), event.durationMs.greaterThan(900)),
      }),
    }),
  );
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

async function produce(brokers: readonly string[], events: number): Promise<Counted> {
  const kafka = client(brokers);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: TOPIC, numPartitions: PARTITIONS }],
  });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const begin = Date.now() - 600_000;
  let bad = 0;
  for (let from = 0; from < events; from += BATCH) {
    const texts = Array.from({ length: BATCH }, (_, index) =>
      accessEvent(from + index, begin + Math.floor((from + index) / (events / 500_000))),
    );
    for (const text of texts) if (isBad(JSON.parse(text) as Parameters<typeof isBad>[0])) bad += 1;
    const partition = (from / BATCH) % PARTITIONS;
    await producer.send({
      topic: TOPIC,
      messages: texts.map((value) => ({ value, partition })),
    });
  }
  await producer.disconnect();
  return { total: events, bad };
}

function client(brokers: readonly string[]): Kafka {
  const kafkajs = loadKafkaJs();
  return new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
}

let groups = 0;
const freshGroup = (): string => `bench-${(groups += 1)}`;

/** kafkajs as it comes, but for the idle timer: its own decoder, one message object for each record. */
async function withKafkaJs(brokers: readonly string[], events: number): Promise<Counted> {
  const consumer = client(brokers).consumer({ groupId: freshGroup(), maxWaitTimeInMs: 300 });
  const restore = useOwnDecoderOfKafkaJs();
  let total = 0;
  let bad = 0;
  const done = Promise.withResolvers<void>();
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error));
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { value } of batch.messages) {
          const event = JSON.parse(String(value)) as Parameters<typeof isBad>[0];
          total += 1;
          if (isBad(event)) bad += 1;
        }
        if (total >= events) done.resolve();
        return Promise.resolve();
      },
    });
    await done.promise;
  } finally {
    await consumer.disconnect();
    restore();
  }
  return { total, bad };
}

interface ResponseModule {
  decode: unknown;
}

/** Puts back what loadKafkaJs has replaced, until the returned function is called. */
function useOwnDecoderOfKafkaJs(): () => void {
  const require = createRequire(import.meta.url);
  const path = require.resolve('kafkajs/src/protocol/requests/fetch/v11/response');
  const patched = require(path) as ResponseModule;
  const ours = patched.decode;
  const kept = require.cache[path];
  Reflect.deleteProperty(require.cache, path);
  patched.decode = (require(path) as ResponseModule).decode;
  if (kept !== undefined) require.cache[path] = kept;
  return () => {
    patched.decode = ours;
  };
}

async function withOurs(brokers: readonly string[], events: number): Promise<Counted> {
  const store = createMemoryStore();
  let total = 0;
  let bad = 0;
  const done = Promise.withResolvers<void>();
  const ledger: Ledger = {
    position: (part) => store.position(part),
    positions: (prefix) => store.positions(prefix),
    async commit(commit) {
      for (const delta of await store.commit(commit)) {
        total += delta.total;
        bad += delta.bad;
      }
      if (total >= events) done.resolve();
    },
    instance: (slo) => slo.id,
    watermark: () => {},
  };
  const source = createKafkaSource({
    connection: 'default',
    settings: {
      brokers,
      clientId: 'bench',
      groupId: freshGroup(),
      startAt: 'earliest',
      latenessSeconds: 0,
      idleSeconds: 5,
    },
    slos: [benchSlo()],
  });
  const stop = new AbortController();
  const running = source.run(
    { ledger, clock: systemClock, log: silentLog, progress: () => {} },
    stop.signal,
  );
  await done.promise;
  stop.abort();
  await running;
  return { total, bad };
}
