import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Kafka, logLevel } from 'kafkajs';
import { startKafka } from './kafka.ts';
import type { RunningKafka } from './kafka.ts';
import { describeWithService } from './services.ts';

describeWithService(['kafka'], 'kafka with one broker', () => {
  let kafka: RunningKafka;
  beforeAll(async () => {
    kafka = await startKafka();
  });

  it('gives a consumer what was produced before its restart', async () => {
    await produce(kafka, ['{"status":200}']);
    await kafka.restart();
    expect(await consume(kafka, 1)).toEqual(['{"status":200}']);
  });

  it('stays within half a gigabyte of memory', () => {
    expect(residentMegabytes(kafka.pid)).toBeLessThan(512);
  });

  it('is gone after stop', async () => {
    const { pid } = kafka;
    await kafka.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describeWithService(['kafka'], 'kafka with three brokers', () => {
  let kafka: RunningKafka;
  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3 });
  });
  // Nobody reads the data again, and three controlled shutdowns take their time.
  afterAll(() => kafka.kill('SIGKILL'));

  it('has three brokers, and goes on serving while one is killed and comes back', async () => {
    const values = ['a', 'b', 'c', 'd', 'e', 'f'];
    await produce(kafka, values.slice(0, 3));
    await kafka.nodes[1]?.kill('SIGKILL');
    await produce(kafka, values.slice(3));
    await kafka.nodes[1]?.restart();
    expect((await consume(kafka, 6)).sort()).toEqual(values);
    expect(await brokerCount(kafka)).toBe(3);
  });
});

function client(kafka: RunningKafka): Kafka {
  // Until a killed broker's partitions have new leaders, kafkajs must ask again; by default it soon gives up.
  const retry = { initialRetryTime: 300, retries: 15, maxRetryTime: 2000 };
  return new Kafka({ brokers: [...kafka.brokers], retry, logLevel: logLevel.NOTHING });
}

async function produce(kafka: RunningKafka, values: readonly string[]): Promise<void> {
  const producer = client(kafka).producer();
  await producer.connect();
  await producer.send({ topic: 'events', messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

async function consume(kafka: RunningKafka, count: number): Promise<string[]> {
  const consumer = client(kafka).consumer({ groupId: 'readers' });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic: 'events', fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: ({ message }) => {
          values.push(message.value?.toString() ?? '');
          if (values.length >= count) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return values;
}

async function brokerCount(kafka: RunningKafka): Promise<number> {
  const admin = client(kafka).admin();
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  await admin.disconnect();
  return brokers.length;
}

/** Linux only; elsewhere 0. */
function residentMegabytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) / 1024;
}
