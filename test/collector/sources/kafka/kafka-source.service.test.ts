// The Kafka source on a real broker: every event counted once, whatever restarts, moves or breaks meanwhile.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { KafkaConnection } from '../../../../slo/connection.ts';
import {
  createKafkaSource,
  type KafkaSource,
} from '../../../../collector/sources/kafka/kafka-source.ts';
import type { EventSlo } from '../../../../collector/sources/events/classifier.ts';
import { loadKafkaJs } from '../../../../collector/sources/kafka/kafkajs-module.ts';
import { type RunningKafka, startKafka } from '../../../services/kafka.ts';
import { createSqliteStore } from '../../../../collector/stores/sqlite.ts';
import { temporaryFolder } from '../../../services/started-servers.ts';
import { describeWithService } from '../../../services/services.ts';
import { eventSlo } from '../event-slo.ts';
import {
  createListLog,
  createTestLedger,
  type ListLog,
  testContext,
  type TestLedger,
  until,
} from '../test-ledger.ts';
import { createEventProducer, type EventProducer, type TestEvent } from './event-producer.ts';

const collectorProcess = fileURLToPath(new URL('./killed-collector.ts', import.meta.url));
let names = 0;
const freshName = (): string => `shop-${process.pid}-${(names += 1)}`;
const seconds = (): number => Date.now() / 1000;

function events(count: number, from = seconds() - 30): TestEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    time: from + (index % 20),
    status: index % 7 === 0 ? 503 : 200,
    route: `/r${index % 3}`,
  }));
}

const onTopic = (topic: string, rest: Parameters<typeof eventSlo>[0] = {}): EventSlo =>
  eventSlo({ ...rest, origin: { kafka: { topic } } });

describeWithService(['kafka'], 'the Kafka source', () => {
  let kafka: RunningKafka;
  let producer: EventProducer;
  beforeAll(async () => {
    kafka = await startKafka();
    producer = await createEventProducer(kafka.brokers);
  });
  afterAll(() => producer.close());

  const settings = (groupId: string, rest: Partial<KafkaConnection> = {}): KafkaConnection => ({
    brokers: kafka.brokers,
    clientId: 'ninefold-test',
    groupId,
    startAt: 'earliest',
    latenessSeconds: 0,
    idleSeconds: 3,
    ...rest,
  });

  interface Running {
    readonly source: KafkaSource;
    readonly log: ListLog;
    stop(): Promise<void>;
  }

  function run(ledger: TestLedger, connection: KafkaConnection, ...slos: EventSlo[]): Running {
    const source = createKafkaSource({ connection: 'default', settings: connection, slos });
    const stopping = new AbortController();
    const log = createListLog();
    const running = source.run(testContext(ledger, { log }), stopping.signal);
    const stop = async (): Promise<void> => {
      stopping.abort();
      await running;
    };
    onTestFinished(stop);
    return { source, log, stop };
  }

  const truthOf = (
    sent: readonly TestEvent[],
    id = 'shop/availability',
  ): Map<string, readonly [number, number]> => {
    const truth = new Map<string, readonly [number, number]>();
    for (const { time, status } of sent) {
      const key = `${id} ${Math.floor(time)}`;
      const [total, bad] = truth.get(key) ?? [0, 0];
      truth.set(key, [total + 1, bad + (status >= 500 ? 1 : 0)]);
    }
    return truth;
  };
  const total = async (ledger: TestLedger): Promise<number> =>
    (await ledger.totals('shop/availability'))[0];

  it('counts every event of every partition in its second, and moves the watermark with the clock when all is read', async () => {
    const topic = freshName();
    await producer.topic(topic, { partitions: 3 });
    const sent = events(3000);
    await producer.send(topic, sent);
    const ledger = createTestLedger();
    const { source } = run(ledger, settings(topic), onTopic(topic));
    await until(async () => (await total(ledger)) === sent.length);
    expect(await ledger.counts()).toEqual(truthOf(sent));
    await until(() => (ledger.watermarks.get('shop/availability') ?? 0) >= seconds() - 2);
    await until(async () => (await ledger.coverage('shop/availability')).length > 0);
    const [covered, ...more] = await ledger.coverage('shop/availability');
    expect(more).toEqual([]);
    expect(covered?.from).toBe(Math.floor(Math.min(...sent.map(({ time }) => time))));
    expect(source.status()).toMatchObject({
      state: 'live',
      counters: { events: 3000, events_counted: 3000, backlog: 0 },
    });
    expect(ledger.setBack).toEqual([]);
  });

  it('goes on where it was after a restart, with no event twice and no hole in measured time', async () => {
    const topic = freshName();
    await producer.topic(topic, { partitions: 2 });
    const ledger = createTestLedger();
    const sent: TestEvent[] = [];
    const first = run(ledger, settings(topic), onTopic(topic));
    for (let round = 0; round < 5; round += 1) {
      const more = events(200, seconds() - 25);
      await producer.send(topic, more);
      sent.push(...more);
    }
    await until(async () => (await total(ledger)) > 0);
    await first.stop();
    const more = events(500, seconds() - 20);
    await producer.send(topic, more);
    sent.push(...more);
    const stopped = seconds();
    run(ledger, settings(topic), onTopic(topic));
    await until(async () => (await total(ledger)) >= sent.length);
    await until(() => (ledger.watermarks.get('shop/availability') ?? 0) > stopped);
    await until(async () => ((await ledger.coverage('shop/availability'))[0]?.to ?? 0) > stopped);
    expect(await ledger.counts()).toEqual(truthOf(sent));
    expect(await ledger.coverage('shop/availability')).toHaveLength(1);
  });

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])(
    'counts records that the broker keeps in %s',
    async (codec) => {
      const topic = freshName();
      await producer.topic(topic, { config: { 'compression.type': codec } });
      const sent = events(2_000);
      for (let from = 0; from < sent.length; from += 500)
        await producer.send(topic, sent.slice(from, from + 500));
      const ledger = createTestLedger();
      const { source } = run(ledger, settings(topic), onTopic(topic));
      await until(async () => (await total(ledger)) === sent.length);
      expect(await ledger.counts()).toEqual(truthOf(sent));
      expect(source.poison()).toEqual([]);
    },
  );

  it('counts what a producer sent twice twice, and the records of an aborted transaction not at all', async () => {
    const topic = freshName();
    await producer.topic(topic);
    const sent = events(10);
    await producer.send(topic, sent);
    await producer.send(topic, sent);
    await producer.transaction(topic, events(7), 'abort');
    const kept = events(5);
    await producer.transaction(topic, kept, 'commit');
    await producer.transaction(topic, events(3), 'abort');
    const ledger = createTestLedger();
    const { source } = run(ledger, settings(topic), onTopic(topic));
    await until(
      () => source.status().counters['backlog'] === 0 && source.status().state === 'live',
    );
    expect(await ledger.counts()).toEqual(truthOf([...sent, ...sent, ...kept]));
  });

  it('counts each event once while two collectors share the partitions and one of them goes away', async () => {
    const topic = freshName();
    await producer.topic(topic, { partitions: 4 });
    const ledger = createTestLedger();
    const sent: TestEvent[] = [];
    const send = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) {
        const more = events(300);
        await producer.send(topic, more);
        sent.push(...more);
      }
    };
    const one = run(ledger, settings(topic), onTopic(topic));
    await send(5);
    await until(async () => (await total(ledger)) > 0);
    const two = run(ledger, settings(topic), onTopic(topic));
    await send(10);
    const events2 = (): number => two.source.status().counters['events'] ?? 0;
    while (events2() === 0) await send(1);
    await one.stop();
    await send(5);
    await until(async () => (await total(ledger)) >= sent.length);
    expect(await ledger.counts()).toEqual(truthOf(sent));
    const stopped = seconds();
    await until(() => (ledger.watermarks.get('shop/availability') ?? 0) > stopped);
    await until(async () => ((await ledger.coverage('shop/availability'))[0]?.to ?? 0) > stopped);
    expect(await ledger.coverage('shop/availability')).toHaveLength(1);
  });

  it('counts each event once when two collectors believe that a partition is theirs', async () => {
    const topic = freshName();
    await producer.topic(topic, { partitions: 2 });
    const ledger = createTestLedger();
    const one = run(ledger, settings(`${topic}-a`), onTopic(topic));
    const two = run(ledger, settings(`${topic}-b`), onTopic(topic));
    const sent: TestEvent[] = [];
    for (let round = 0; round < 30; round += 1) {
      const more = events(100);
      await producer.send(topic, more);
      sent.push(...more);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await until(async () => (await total(ledger)) >= sent.length);
    expect(await ledger.counts()).toEqual(truthOf(sent));
    const stale = [one, two].map(({ source }) => source.status().counters['stale_commits'] ?? 0);
    expect(Math.max(...stale)).toBeGreaterThan(0);
  });

  it('counts each event once when its process is killed at any moment, again and again', async () => {
    const topic = freshName();
    const path = join(temporaryFolder('kafka-killed'), 'ninefold.db');
    await producer.topic(topic, { partitions: 3 });
    const sent: TestEvent[] = [];
    const ended = new AbortController();
    const sender = (async () => {
      while (!ended.signal.aborted) {
        const more = events(100);
        await producer.send(topic, more);
        sent.push(...more);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    onTestFinished(() => ended.abort());
    for (let life = 0; life < 8; life += 1) {
      // Groups of their own, so that nobody waits for the group to notice a death: the store alone must hold.
      const options = { path, topic, settings: settings(`${topic}-${life}`) };
      const child = spawn(process.execPath, [collectorProcess, JSON.stringify(options)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const died = new Promise((resolve) => child.once('exit', resolve));
      let counted = 0;
      child.stdout.on(
        'data',
        (text: Buffer) => (counted = Number(text.toString().trim().split('\n').at(-1))),
      );
      const enough = 1 + life * 97;
      await until(() => counted >= enough || child.exitCode !== null);
      child.kill('SIGKILL');
      await died;
      expect(child.exitCode).toBeNull();
    }
    ended.abort();
    await sender;
    const store = createSqliteStore({ path });
    onTestFinished(() => store.close());
    const ledger = createTestLedger(store);
    run(ledger, settings(`${topic}-last`), onTopic(topic));
    await until(async () => (await total(ledger)) >= sent.length);
    expect(await ledger.counts()).toEqual(truthOf(sent));
    const over = seconds();
    await until(() => (ledger.watermarks.get('shop/availability') ?? 0) > over);
    await until(async () => ((await ledger.coverage('shop/availability')).at(-1)?.to ?? 0) > over);
    expect(await ledger.coverage('shop/availability')).toHaveLength(1);
  });

  it('passes over records that it cannot count, and says which and why', async () => {
    const topic = freshName();
    await producer.topic(topic);
    const good = events(3);
    await producer.send(topic, good.slice(0, 1));
    await producer.sendRaw(topic, [
      null,
      Buffer.from('not json'),
      Buffer.from('[1, 2]'),
      Buffer.from('{"status":500,"time":"yesterday"}'),
      Buffer.from(`{"a":${'['.repeat(20_000)}`),
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from(JSON.stringify({ time: 5, status: 500 })),
      Buffer.from(JSON.stringify({ time: seconds() + 86_400, status: 200 })),
    ]);
    await producer.send(topic, good.slice(1));
    const ledger = createTestLedger();
    const { source } = run(ledger, settings(topic), onTopic(topic));
    await until(async () => (await total(ledger)) === 4);
    expect(source.status().counters).toMatchObject({
      poison_empty: 1,
      'poison_not-json': 3,
      'poison_not-an-object': 1,
      'poison_no-time': 1,
      events_too_old: 1,
      events_future: 1,
    });
    expect(source.poison()[1]).toMatchObject({
      reason: 'not-json',
      place: `${topic}/0@2`,
      excerpt: 'not json',
    });
    expect(ledger.watermarks.get('shop/availability') ?? 0).toBeLessThanOrEqual(seconds() + 1);
  });

  it('reads partitions that are added later from their beginning', async () => {
    const topic = freshName();
    await producer.topic(topic);
    const ledger = createTestLedger();
    const sent = events(10);
    run(ledger, settings(topic, { startAt: 'latest' }), onTopic(topic));
    await until(async () => (await ledger.positions('kafka/')).size > 0);
    await producer.send(topic, sent, 0);
    await until(async () => (await total(ledger)) === 10);
    await producer.grow(topic, 3);
    const more = events(30);
    await producer.send(topic, more.slice(0, 15), 1);
    await producer.send(topic, more.slice(15), 2);
    await until(async () => (await total(ledger)) >= 40);
    expect(await ledger.counts()).toEqual(truthOf([...sent, ...more]));
  });

  it('begins at the end when told so, and calls measured what comes after', async () => {
    const topic = freshName();
    await producer.topic(topic, { partitions: 2 });
    await producer.send(topic, events(50));
    const ledger = createTestLedger();
    const begun = seconds();
    const first = run(ledger, settings(topic, { startAt: 'latest' }), onTopic(topic));
    await until(async () => (await ledger.coverage('shop/availability')).length > 0);
    await first.stop();
    const sent = events(20, seconds() - 1);
    await producer.send(topic, sent);
    run(ledger, settings(topic, { startAt: 'latest' }), onTopic(topic));
    await until(async () => (await total(ledger)) >= 20);
    expect((await ledger.totals('shop/availability'))[0]).toBe(20);
    expect((await ledger.coverage('shop/availability'))[0]?.from).toBeGreaterThanOrEqual(
      Math.floor(begun),
    );
  });

  it('says loudly what was deleted before it was read, and calls that time unmeasured', async () => {
    const topic = freshName();
    await producer.topic(topic);
    const old = seconds() - 3_000;
    const at = (offset: number): TestEvent => ({ time: old + offset, status: 200 });
    await producer.send(topic, [at(0), at(10)]);
    const ledger = createTestLedger();
    const first = run(ledger, settings(topic), onTopic(topic));
    await until(async () => (await ledger.coverage('shop/availability')).length > 0);
    await first.stop();
    const [{ to: through } = { to: 0 }] = await ledger.coverage('shop/availability');
    const later = Math.ceil(seconds()) + 2;
    await until(() => seconds() > later + 3);
    await producer.send(topic, [
      { time: through + 0.5, status: 500 },
      { time: through + 1.5, status: 500 },
      { time: later, status: 200 },
    ]);
    await producer.deleteRecordsBefore(topic, 0, 4);
    const { source, log } = run(ledger, settings(topic), onTopic(topic));
    await until(async () => (await total(ledger)) === 3);
    await until(async () => (await ledger.coverage('shop/availability')).length === 2);
    expect(source.status().counters).toMatchObject({ lost_events: 2 });
    expect(
      log.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
    ).toEqual([
      `2 records of ${topic}/0 were deleted before they were read: their time is unmeasured`,
    ]);
    const [before, after] = await ledger.coverage('shop/availability');
    expect([before?.to, after?.from]).toEqual([through, later]);
  });

  it('goes on after a topic was made anew under its name', async () => {
    const topic = freshName();
    await producer.topic(topic);
    const sent = events(30);
    await producer.send(topic, sent);
    const ledger = createTestLedger();
    const first = run(ledger, settings(topic), onTopic(topic));
    await until(async () => (await total(ledger)) === 30);
    await first.stop();
    await producer.deleteTopic(topic);
    await until(async () => {
      try {
        await producer.topic(topic);
        return true;
      } catch {
        return false;
      }
    });
    const more = events(5);
    await producer.send(topic, more);
    const { source } = run(ledger, settings(topic), onTopic(topic));
    await until(async () => (await total(ledger)) === 35);
    expect(await ledger.counts()).toEqual(truthOf([...sent, ...more]));
    expect(source.status().counters).toMatchObject({ rewound_partitions: 1 });
  });

  it('waits for a topic that does not exist yet, and reads the others meanwhile', async () => {
    const [one, two] = [freshName(), freshName()];
    await producer.topic(one);
    const ledger = createTestLedger();
    const slos = [onTopic(one), onTopic(two, { name: 'later' })];
    run(ledger, settings(one), ...slos);
    await producer.send(one, events(5));
    await until(async () => (await total(ledger)) === 5);
    await producer.topic(two);
    await producer.send(two, events(7));
    await until(async () => (await ledger.totals('shop/later'))[0] === 7);
    expect(await ledger.totals('shop/availability')).toEqual([5, 1]);
  });
});

describeWithService(['kafka'], 'the Kafka source and its brokers', () => {
  const config = (kafka: RunningKafka, groupId: string): KafkaConnection => ({
    brokers: kafka.brokers,
    clientId: 'ninefold-test',
    groupId,
    startAt: 'earliest',
    latenessSeconds: 0,
    idleSeconds: 3,
  });

  async function underway(kafka: RunningKafka, options: { partitions: number; replicas: number }) {
    const topic = freshName();
    const producer = await createEventProducer(kafka.brokers);
    await producer.topic(topic, options);
    const ledger = createTestLedger();
    const source = createKafkaSource({
      connection: 'default',
      settings: config(kafka, topic),
      slos: [eventSlo({ origin: { kafka: { topic } } })],
    });
    const stopping = new AbortController();
    const running = source.run(testContext(ledger), stopping.signal);
    const sent: TestEvent[] = [];
    const sending = new AbortController();
    const sender = (async () => {
      while (!sending.signal.aborted) {
        const more = events(50);
        await producer.send(topic, more);
        sent.push(...more);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    onTestFinished(async () => {
      sending.abort();
      stopping.abort();
      await running;
      await producer.close();
    });
    return {
      ledger,
      source,
      sent,
      /** Stops the sender; an event sent twice by a retry after a lost answer is in the topic twice. */
      settle: async (): Promise<number> => {
        sending.abort();
        await sender;
        return sent.length;
      },
      counted: async () => (await ledger.totals('shop/availability'))[0],
    };
  }

  it('lose nothing and count nothing twice when the only broker is killed and comes back', async () => {
    const kafka = await startKafka({ brokers: 1, properties: {} });
    const { settle, counted, source, sent } = await underway(kafka, { partitions: 2, replicas: 1 });
    await until(async () => (await counted()) > 100);
    await kafka.kill();
    await until(() => source.status().state === 'failing');
    await kafka.restart();
    const before = sent.length;
    await until(() => sent.length > before + 200);
    const acknowledged = await settle();
    // The producer sends again what the killed broker did not acknowledge, kept or not: the topic says what is there.
    const inTopic = await recordsKept(kafka);
    expect(inTopic).toBeGreaterThanOrEqual(acknowledged);
    await until(async () => (await counted()) >= inTopic);
    expect(await counted()).toBe(inTopic);
    expect(source.status().counters['events_counted']).toBe(inTopic);
  });

  it(
    'lose nothing and count nothing twice when three brokers are restarted one after another',
    { timeout: 180_000 },
    async () => {
      const kafka = await startKafka({ brokers: 3 });
      const { settle, counted, sent } = await underway(kafka, {
        partitions: 3,
        replicas: 3,
      });
      await until(async () => (await counted()) > 100);
      for (const node of kafka.nodes) {
        await node.kill();
        const before = sent.length;
        await until(() => sent.length > before + 100);
        await node.restart();
      }
      await settle();
      const inTopic = await recordsKept(kafka);
      await until(async () => (await counted()) >= inTopic);
      expect(await counted()).toBe(inTopic);
    },
  );
});

/** Records that the test topics of a broker hold, asked of the broker itself. */
async function recordsKept(kafka: RunningKafka): Promise<number> {
  const { Kafka, logLevel } = loadKafkaJs();
  const admin = new Kafka({
    brokers: [...kafka.brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 20 },
  }).admin();
  await admin.connect();
  let records = 0;
  for (const topic of (await admin.listTopics()).filter((name) => name.startsWith('shop-')))
    for (const { high } of await admin.fetchTopicOffsets(topic)) records += Number(high);
  await admin.disconnect();
  return records;
}
