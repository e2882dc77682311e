// A producer and administrator of a real Kafka for tests.
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
  /** Resolves once all in-sync replicas have them. */
  send(topic: string, events: readonly TestEvent[], partition?: number): Promise<void>;
  /** Sends events in one transaction that is committed or aborted. */
  transaction(topic: string, events: readonly TestEvent[], end: 'commit' | 'abort'): Promise<void>;
  /** Sends bytes as they are. */
  sendRaw(topic: string, values: readonly (Buffer | null)[], partition?: number): Promise<void>;
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
  const createProducer = () =>
    kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  let producer = createProducer();
  await Promise.all([admin.connect(), producer.connect()]);
  return {
    async topic(topic, { partitions = 1, config = {}, replicas = 1 } = {}) {
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
      await admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: partitions, replicationFactor: replicas, configEntries }],
      });
    },
    async grow(topic, count) {
      await admin.createPartitions({ topicPartitions: [{ topic, count }] });
      // The old one would pass over messages to partitions that it has not heard of, without an error.
      await producer.disconnect();
      producer = createProducer();
      await producer.connect();
    },
    deleteTopic: (topic) => admin.deleteTopics({ topics: [topic] }),
    async deleteRecordsBefore(topic, partition, offset) {
      // The admin client only knows the leaders of topics that it was asked about before.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({
        topic,
        partitions: [{ partition, offset: String(offset) }],
      });
    },
    async send(topic, events, partition) {
      await producer.send({
        topic,
        acks: -1,
        messages: events.map((event) => ({
          value: JSON.stringify(event),
          ...(partition !== undefined && { partition }),
        })),
      });
    },
    async transaction(topic, events, end) {
      const transactional = kafka.producer({
        transactionalId: `${topic}-${Math.random()}`,
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: Partitioners.DefaultPartitioner,
      });
      await transactional.connect();
      const transaction = await transactional.transaction();
      await transaction.send({
        topic,
        messages: events.map((event) => ({ value: JSON.stringify(event) })),
      });
      await transaction[end]();
      await transactional.disconnect();
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
