// The Kafka source on a real broker: every event counted once, whatever restarts, moves or breaks meanwhile.
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { KafkaConnection } from '../../../../slo/connection.ts';
import {
  createKafkaSource,
  type KafkaSource,
} from '../../../../collector/sources/kafka/kafka-source.ts';
import type { EventSlo } from '../../../../collector/sources/events/classifier.ts';
import { type RunningKafka, startKafka } from '../../../services/kafka.ts';
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
  }, 60_000);
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
});
