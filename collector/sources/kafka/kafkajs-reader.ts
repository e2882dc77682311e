// KafkaReader on kafkajs 2.2.4.
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type {
  Admin,
  Consumer,
  EachBatchPayload,
  Kafka,
  KafkaConfig,
  LogEntry,
  SASLOptions,
} from 'kafkajs';
import type { KafkaConnection, TlsSettings } from '../../../slo/connection.ts';
import type { Log } from '../../log.ts';
import { readSecret } from '../../secret.ts';
import { type BatchMessage, visitMessages } from './fetch-response.ts';
import {
  type KafkaHandler,
  type KafkaReader,
  KafkaReaderError,
  type OffsetRange,
  type TopicPartition,
} from './kafka-reader.ts';
import { loadKafkaJs } from './kafkajs-module.ts';

/** How long a fetch waits for records: also how soon a newly assigned partition is read. */
const MAX_WAIT_MS = 300;
/** New partitions of a topic are noticed within this time. */
const METADATA_MAX_AGE_MS = 10_000;
const LONGEST_LEAVE_MS = 5_000;

/** Connects nothing yet. @throws SecretError, or Error when a TLS file cannot be read */
export function createKafkaJsReader(connection: KafkaConnection, log: Log): KafkaReader {
  const kafkajs = loadKafkaJs();
  const kafka = new kafkajs.Kafka(clientConfig(connection, log, kafkajs.logLevel.WARN));
  let admin: Promise<Admin> | undefined;
  let consumer: Consumer | undefined;

  /** Its metadata may name leaders of the past and miss new partitions, for minutes: a fresh one looks again. */
  function forgetAdmin(): void {
    void admin?.then((old) => old.disconnect()).catch(() => {});
    admin = undefined;
  }

  async function withAdmin<Answer>(
    what: string,
    ask: (admin: Admin) => Promise<Answer>,
  ): Promise<Answer> {
    admin ??= connectAdmin(kafka);
    const asked = admin;
    try {
      return await ask(await asked);
    } catch (cause) {
      if (admin === asked) forgetAdmin();
      throw new KafkaReaderError(`cannot read ${what}: ${message(cause)}`, { cause });
    }
  }

  return {
    async run(topics, handler, signal) {
      if (signal.aborted) return;
      const current = createConsumer(kafka, connection);
      consumer = current;
      try {
        const renewing: KafkaHandler = {
          assigned(partitions) {
            forgetAdmin();
            handler.assigned(partitions);
          },
          batch: (batch, alive) => handler.batch(batch, alive),
        };
        await readUntilAborted(current, topics, renewing, signal);
      } finally {
        if (consumer === current) consumer = undefined;
      }
    },
    seek(partition, offset) {
      consumer?.seek({ ...partition, offset: String(offset) });
      consumer?.resume([{ topic: partition.topic, partitions: [partition.partition] }]);
    },
    hold(partition) {
      consumer?.pause([{ topic: partition.topic, partitions: [partition.partition] }]);
    },
    existing: (topics) =>
      withAdmin('the list of topics', async (admin) => {
        const all = new Set(await admin.listTopics());
        return topics.filter((topic) => all.has(topic));
      }),
    offsets: (topic) =>
      withAdmin(`the offsets of topic ${topic}`, async (admin) => {
        const ranges = new Map<number, OffsetRange>();
        for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
          ranges.set(partition, { low: Number(low), high: Number(high) });
        return ranges;
      }),
    offsetsAt: (topic, timestampMs) =>
      withAdmin(`the offsets of topic ${topic} at a time`, async (admin) => {
        const found = await admin.fetchTopicOffsetsByTimestamp(topic, timestampMs);
        return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
      }),
    async close() {
      const closed = admin?.then((open) => open.disconnect()).catch(() => {});
      admin = undefined;
      await inTime(closed);
    },
  };
}

async function connectAdmin(kafka: Kafka): Promise<Admin> {
  const admin = kafka.admin();
  await admin.connect();
  return admin;
}

function createConsumer(kafka: Kafka, connection: KafkaConnection): Consumer {
  return kafka.consumer({
    groupId: connection.groupId,
    allowAutoTopicCreation: false,
    // A member that died without leaving keeps its partitions, and a new one waiting, for this long.
    sessionTimeout: 10_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 2_000,
    maxWaitTimeInMs: MAX_WAIT_MS,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    // Its own restart would go on behind our back with a state that we no longer know: we start anew instead.
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
}

/** Rejects as soon as kafkajs gives up; leaves the group in any case. */
async function readUntilAborted(
  consumer: Consumer,
  topics: readonly string[],
  handler: KafkaHandler,
  signal: AbortSignal,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  const stop = (): void => ended.resolve();
  consumer.on(consumer.events.CRASH, ({ payload }) =>
    ended.reject(new KafkaReaderError(message(payload.error), { cause: payload.error })),
  );
  // Emitted before the first fetch of the new assignment: nothing is read until the handler has put each in its place.
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    if (signal.aborted) return;
    const assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition): TopicPartition => ({ topic, partition })),
    );
    for (const { topic, partition } of assigned)
      consumer.pause([{ topic, partitions: [partition] }]);
    handler.assigned(assigned);
  });
  signal.addEventListener('abort', stop, { once: true });
  const start = async (): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics] });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: (payload) => takeBatch(payload, handler, signal),
    });
  };
  const started = start().catch((cause: unknown) =>
    ended.reject(new KafkaReaderError(message(cause), { cause })),
  );
  try {
    await ended.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    // A consumer that is stopped while it joins would join all the same and sit on its partitions (tulios/kafkajs#1593).
    const left = started.then(() => consumer.disconnect()).catch(() => {});
    await inTime(left);
  }
}

/** A broker that is gone must not hold up the stop: what is still open ends with its sockets. */
async function inTime(work: Promise<void> | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const limit = setTimeout(resolve, LONGEST_LEAVE_MS);
  await Promise.race([work, promise]);
  clearTimeout(limit);
}

async function takeBatch(
  payload: EachBatchPayload,
  handler: KafkaHandler,
  signal: AbortSignal,
): Promise<void> {
  const { batch } = payload;
  if (signal.aborted || payload.isStale() || !payload.isRunning()) return;
  const messages = batch.messages as unknown as readonly BatchMessage[];
  const last = messages.at(-1);
  if (last === undefined) return;
  if (last.recordBatch === undefined)
    throw new KafkaReaderError('the broker is older than Kafka 2.3, which is not supported', {
      retryable: false,
    });
  // Not in the types, but what kafkajs itself decides by.
  const from = Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
  await handler.batch(
    {
      topic: batch.topic,
      partition: batch.partition,
      from,
      next: Math.max(from, last.recordBatch.lastOffset + 1),
      visit: (each) => visitMessages(messages, from, each),
    },
    () => payload.heartbeat(),
  );
  if (!payload.isStale()) payload.resolveOffset(last.offset);
}

function clientConfig(connection: KafkaConnection, log: Log, logLevel: number): KafkaConfig {
  return {
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries: 4 },
    logLevel,
    logCreator: () => (entry: LogEntry) => {
      const { message, ...fields } = entry.log;
      log.debug({ kafkajs: { ...fields, namespace: entry.namespace } }, message);
    },
    ...(connection.tls && { ssl: tlsOptions(connection.tls) }),
    ...(connection.sasl && {
      sasl: {
        mechanism: connection.sasl.mechanism,
        username: connection.sasl.user,
        password: readSecret(connection.sasl.password),
      } as SASLOptions,
    }),
  };
}

function tlsOptions(tls: TlsSettings): ConnectionOptions {
  return {
    rejectUnauthorized: tls.verify,
    ...(tls.ca !== undefined && { ca: readFileSync(tls.ca) }),
    ...(tls.certificate !== undefined && { cert: readFileSync(tls.certificate) }),
    ...(tls.key && { key: readSecret(tls.key) }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
  };
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
