// A producer that keeps the truth: what it sent, in the sums that the collector must arrive at.
import { loadKafkaJs } from '../../../../collector/sources/kafka/kafkajs-module.ts';

export interface EventProducer {
  /** Creates a topic. */
  topic(
    name: string,
    options?: { partitions?: number; config?: Readonly<Record<string, string>>; replicas?: number },
  ): Promise<void>;
  grow(name: string, partitions: number): Promise<void>;
  deleteTopic(name: string): Promise<void>;
  deleteRecordsBefore(name: string, partition: number, offset: number): Promise<void>;
  /** Sends events and adds them to the truth once they are acknowledged. */
  send(topic: string, events: readonly TestEvent[], partition?: number): Promise<void>;
  /** Sends bytes as they are; no truth is kept. */
  sendRaw(topic: string, values: readonly (Buffer | null)[], partition?: number): Promise<void>;
  /** `shop/availability second` → [total, bad]. */
  readonly truth: ReadonlyMap<string, readonly [number, number]>;
  readonly sent: number;
  close(): Promise<void>;
}

export interface TestEvent {
  readonly time: number;
  readonly status: number;
  readonly [other: string]: unknown;
}

export async function createEventProducer(brokers: readonly string[]): Promise<EventProducer> {
  const { Kafka, logLevel, Partitioners } = loadKafkaJs();
  const kafka = new Kafka({
    clientId: 'truth',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 200, retries: 20 },
  });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
  const truth = new Map<string, readonly [number, number]>();
  let sent = 0;
  return {
    truth,
    get sent() {
      return sent;
    },
    async topic(topic, { partitions = 1, config = {}, replicas = 1 } = {}) {
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      await admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: partitions, replicationFactor: replicas, configEntries }],
      });
    },
    async grow(topic, count) {
      await admin.createPartitions({ topicPartitions: [{ topic, count }] });
    },
    deleteTopic: (topic) => admin.deleteTopics({ topics: [topic] }),
    deleteRecordsBefore: (topic, partition, offset) =>
      admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] }),
    async send(topic, events, partition) {
      await producer.send({
        topic,
        acks: -1,
        messages: events.map((event) => ({
          value: JSON.stringify(event),
          ...(partition !== undefined && { partition }),
        })),
      });
      sent += events.length;
      for (const { time, status } of events) {
        const key = `shop/availability ${Math.floor(time)}`;
        const [total, bad] = truth.get(key) ?? [0, 0];
        truth.set(key, [total + 1, bad + (status >= 500 ? 1 : 0)]);
      }
    },
    async sendRaw(topic, values, partition) {
      await producer.send({
        topic,
        acks: -1,
        messages: values.map((value) => ({ value, ...(partition !== undefined && { partition }) })),
      });
    },
    async close() {
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}
