// The Kafka source: the topics of one connection, read exactly once into the ledger, whatever restarts meanwhile.
import type { KafkaConnection } from '../../../slo/connection.ts';
import type { Slo } from '../../../slo/slo.ts';
import type { Log } from '../../log.ts';
import { type EventSlo, isEventSlo } from '../events/classifier.ts';
import { createPoisonLog, type PoisonLog, type PoisonSample } from '../events/poison-log.ts';
import type { Source, SourceContext, SourceStatus } from '../source.ts';
import { type KafkaHandler, type KafkaReader, KafkaReaderError } from './kafka-reader.ts';
import { createKafkaJsReader } from './kafkajs-reader.ts';
import { createKafkaTally, type KafkaTally } from './kafka-tally.ts';
import { createTopicReader, type TopicReader } from './topic-reader.ts';

export interface KafkaSourceOptions {
  /** Name of the connection; part of every position's name, so it must stay the same. */
  readonly connection: string;
  readonly settings: KafkaConnection;
  /** Those on events of other origins or connections are passed over. */
  readonly slos: readonly Slo[];
  /** Another client library, or a test's. @default kafkajs */
  readonly createReader?: (settings: KafkaConnection, log: Log) => KafkaReader;
}

export interface KafkaSource extends Source {
  /** The latest records that could not be counted. */
  poison(): readonly PoisonSample[];
}

const TICK_MS = 1_000;
const MISSING_TOPIC_TICKS = 5;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;
/** Fewer unread records than this are no backlog worth telling. */
const BACKLOG = 10_000;

export function createKafkaSource(options: KafkaSourceOptions): KafkaSource {
  const { connection, settings, createReader = createKafkaJsReader } = options;
  const byTopic = groupByTopic(options.slos, connection);
  let topics: readonly TopicReader[] = [];
  let state: SourceStatus['state'] = 'starting';
  let tally: KafkaTally = createKafkaTally(() => 0);
  let poison: PoisonLog | undefined;
  let clock: SourceContext['clock'] | undefined;

  /** One membership in the group, from joining to leaving. */
  async function session(context: SourceContext, signal: AbortSignal): Promise<void> {
    const reader = createReader(settings, context.log);
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    try {
      const names = topics.map(({ topic }) => topic);
      const existing = await reader.existing(names);
      if (existing.length < names.length) warnOfMissing(names, existing, context.log);
      if (existing.length === 0) throw new KafkaReaderError('none of the topics exists yet');
      const reading = topics.filter(({ topic }) => existing.includes(topic));
      const ticking = tick({
        reader,
        reading,
        context,
        missing: names.length - existing.length,
        until,
        end: () => over.abort(),
      });
      try {
        await reader.run(existing, handlerOf(reading, reader, tally), until);
      } finally {
        over.abort();
        await ticking;
      }
    } finally {
      for (const topic of topics) topic.lost();
      await reader.close();
    }
  }

  async function tick(work: {
    readonly reader: KafkaReader;
    readonly reading: readonly TopicReader[];
    readonly context: SourceContext;
    readonly missing: number;
    readonly until: AbortSignal;
    readonly end: () => void;
  }): Promise<void> {
    const { reader, reading, context, missing, until, end } = work;
    for (let round = 1; !until.aborted; round += 1) {
      try {
        for (const topic of reading) {
          await topic.tick(reader);
          tellBacklog(topic, context);
        }
        state = stateOf(reading);
        tally.recovered();
        if (missing > 0 && round % MISSING_TOPIC_TICKS === 0) {
          const found = await reader.existing([...byTopic.keys()]);
          if (found.length > reading.length) end();
        }
      } catch (error) {
        if (until.aborted) break;
        tally.failed(error);
        context.log.warn({ connection, error: text(error) }, `Kafka ${connection}: ${text(error)}`);
      }
      await context.clock.sleep(TICK_MS, until);
    }
  }

  function tellBacklog(topic: TopicReader, context: SourceContext): void {
    const backlog = topic.backlog() ?? 0;
    if (backlog < BACKLOG) return;
    const done = tally.counters['events'] ?? 0;
    context.progress(`catching up with Kafka topic ${topic.topic}`, done, done + backlog);
  }

  return {
    name: `kafka/${connection}`,
    async run(context, signal) {
      if (byTopic.size === 0) return;
      clock = context.clock;
      const seconds = (): number => Math.floor(context.clock.now() / 1000);
      const used = (tally = createKafkaTally(seconds));
      const log = (poison = createPoisonLog({ now: seconds, log: context.log }));
      topics = [...byTopic].map(([topic, slos]) =>
        createTopicReader({
          connection,
          settings,
          topic,
          slos,
          context,
          poison: log,
          tally: used,
          signal,
        }),
      );
      let wait = FIRST_RETRY_MS;
      while (!signal.aborted) {
        const begun = context.clock.now();
        try {
          await session(context, signal);
        } catch (error) {
          if (signal.aborted) break;
          tally.failed(error);
          context.log.warn(
            { connection, error: text(error) },
            `Kafka ${connection}: ${text(error)}`,
          );
        }
        tally.count('sessions', 1);
        if (context.clock.now() - begun > LONGEST_RETRY_MS) wait = FIRST_RETRY_MS;
        await context.clock.sleep(wait * (0.5 + Math.random()), signal);
        wait = Math.min(wait * 2, LONGEST_RETRY_MS);
      }
      state = 'stopped';
    },
    status() {
      const watermark = leastWatermark(topics);
      const lastError = tally.lastError;
      const poisoned = Object.entries(poison?.counts() ?? {});
      return {
        name: `kafka/${connection}`,
        kind: 'kafka',
        state: tally.failing && state !== 'stopped' ? 'failing' : state,
        slos: [...byTopic.values()].flat().map(({ id }) => id),
        ...(watermark !== undefined && { watermark }),
        ...(watermark !== undefined &&
          clock && { lagSeconds: Math.max(0, clock.now() / 1000 - watermark) }),
        ...(lastError && { lastError }),
        counters: {
          ...tally.counters,
          ...Object.fromEntries(poisoned.map(([reason, count]) => [`poison_${reason}`, count])),
          backlog: topics.reduce((sum, topic) => sum + (topic.backlog() ?? 0), 0),
        },
      };
    },
    poison: () => poison?.samples() ?? [],
  };
}

function groupByTopic(slos: readonly Slo[], connection: string): Map<string, EventSlo[]> {
  const byTopic = new Map<string, EventSlo[]>();
  for (const slo of slos) {
    if (slo.sli.connection !== connection || !isEventSlo(slo)) continue;
    const { origin } = slo.sli.form;
    if (!('kafka' in origin)) continue;
    byTopic.set(origin.kafka.topic, [...(byTopic.get(origin.kafka.topic) ?? []), slo]);
  }
  return byTopic;
}

function handlerOf(
  reading: readonly TopicReader[],
  reader: KafkaReader,
  tally: KafkaTally,
): KafkaHandler {
  return {
    assigned(partitions) {
      tally.count('assignments', 1);
      for (const topic of reading) {
        const ours = partitions.filter((each) => each.topic === topic.topic);
        topic
          .assigned(
            ours.map(({ partition }) => partition),
            reader,
          )
          .catch((error: unknown) => tally.failed(error));
      }
    },
    async batch(batch, alive) {
      await reading.find(({ topic }) => topic === batch.topic)?.batch(batch, reader, alive);
    },
  };
}

function stateOf(reading: readonly TopicReader[]): SourceStatus['state'] {
  const backlogs = reading.map((topic) => topic.backlog());
  if (backlogs.includes(undefined)) return 'starting';
  return backlogs.some((each) => (each ?? 0) >= BACKLOG) ? 'backfilling' : 'live';
}

function leastWatermark(topics: readonly TopicReader[]): number | undefined {
  const known = topics.map((topic) => topic.watermark()).filter((each) => each !== undefined);
  return known.length === 0 || known.length < topics.length ? undefined : Math.min(...known);
}

function warnOfMissing(names: readonly string[], existing: readonly string[], log: Log): void {
  const missing = names.filter((name) => !existing.includes(name));
  log.warn({ missing }, `Kafka has no topic ${missing.join(', ')} yet: waiting for it`);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
