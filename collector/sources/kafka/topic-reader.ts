// One topic read exactly once: partitions put in their place, batches folded and committed together with their offset,
// watermark and measured time moved on.
import type { KafkaConnection } from '../../../slo/connection.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import { type Commit, StaleReaderError, StoreError } from '../../stores/store.ts';
import { createClassifier, type EventSlo } from '../events/classifier.ts';
import { createEventFold } from '../events/event-fold.ts';
import { createEventScanner } from '../events/event-scanner.ts';
import type { PoisonLog } from '../events/poison-log.ts';
import type { SourceContext } from '../source.ts';
import {
  type KafkaBatch,
  type KafkaReader,
  KafkaReaderError,
  type OffsetRange,
} from './kafka-reader.ts';
import type { KafkaTally } from './kafka-tally.ts';
import { adopt, createPartition, foldBatch, type Partition, timesAfter } from './partition.ts';
import { partitionPart, topicPrefix } from './stored-position.ts';
import { createTopicCoverage } from './topic-coverage.ts';
import { topicWatermark } from './topic-watermark.ts';

export interface TopicReader {
  readonly topic: string;
  /** Which partitions are ours now; resolves when each is in its place, or when a later call took over. */
  assigned(partitions: readonly number[], reader: KafkaReader): Promise<void>;
  /** Counts one batch and commits it with its offset. @throws when the group no longer knows us, or the store refuses */
  batch(batch: KafkaBatch, reader: KafkaReader, alive: () => Promise<void>): Promise<void>;
  /** Asks the broker how far the topic reaches and moves watermark and measured time on. */
  tick(reader: KafkaReader): Promise<void>;
  /** The session ended: nothing is ours any more. */
  lost(): void;
  /** The least watermark over its timelines. */
  watermark(): EpochSeconds | undefined;
  /** Records not yet read, as of the last tick; undefined before all partitions are known. */
  backlog(): number | undefined;
}

export interface TopicReaderOptions {
  readonly connection: string;
  readonly settings: KafkaConnection;
  readonly topic: string;
  readonly slos: readonly EventSlo[];
  readonly context: SourceContext;
  readonly poison: PoisonLog;
  readonly tally: KafkaTally;
  readonly signal: AbortSignal;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;

export function createTopicReader(options: TopicReaderOptions): TopicReader {
  const { connection, settings, topic, context, poison, tally, signal } = options;
  const { ledger, clock, log } = context;
  const classifier = createClassifier(options.slos);
  const coverage = createTopicCoverage({ connection, topic, classifier, ledger });
  const decode = createEventScanner(classifier.fields);
  const partitions = new Map<number, Partition>();
  const announced: (EpochSeconds | undefined)[] = classifier.timelines.map(() => undefined);
  let ranges: ReadonlyMap<number, OffsetRange> = new Map();
  let provenAt = 0;
  // Counts assignments: work that was begun under an older one is dropped.
  let assignment = 0;

  const now = (): number => clock.now() / 1000;
  const partOf = ({ number }: Partition): string => partitionPart(connection, topic, number);

  /** Brings all partitions that are not ours up to what the store says of them. */
  async function learn(): Promise<void> {
    const stored = await ledger.positions(topicPrefix(connection, topic));
    for (const number of ranges.keys()) {
      const partition = partitions.get(number) ?? createPartition(number);
      partitions.set(number, partition);
      if (!partition.placed)
        adopt(partition, stored.get(partOf(partition)), coverage.startOf(number), now());
    }
  }

  /** Tries until it succeeds, or until it is no longer wanted. */
  async function place(numbers: readonly number[], reader: KafkaReader): Promise<void> {
    const begun = assignment;
    const wanted = (): boolean => begun === assignment && !signal.aborted;
    for (let wait = FIRST_RETRY_MS; wanted(); wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      try {
        ranges = await reader.offsets(topic);
        await coverage.load(ranges, settings.startAt, now);
        await learn();
        for (const number of numbers) {
          const partition = partitions.get(number);
          const range = ranges.get(number);
          if (partition === undefined || range === undefined)
            throw new KafkaReaderError(`the broker does not list ${topic}/${number} yet`);
          await moveIntoLog(partition, range, reader);
          if (!wanted()) return;
          partition.placed = true;
          reader.seek({ topic, partition: number }, partition.next);
        }
        return;
      } catch (error) {
        tally.failed(error);
        log.warn({ topic, error }, `cannot put partitions of ${topic} in their place yet`);
        await clock.sleep(wait, signal);
      }
    }
  }

  /** Moves a position that the log no longer has to where the log goes on, and says what is lost. */
  async function moveIntoLog(
    partition: Partition,
    { low, high }: OffsetRange,
    reader: KafkaReader,
  ): Promise<void> {
    const { number, next, version } = partition;
    const where = { topic, partition: number, stored: next, oldest: low, end: high };
    // A log that has lost its beginning is measured from the first event that is left.
    if (version === 0 && next === low && low > 0 && coverage.beginsWithFirstEvent())
      partition.gap = true;
    if (next < low) {
      partition.next = low;
      partition.gap = true;
      tally.count('lost_events', low - next);
      log.error(
        where,
        `${low - next} records of ${topic}/${number} were deleted before they were read: their time is unmeasured`,
      );
    } else if (next > high) {
      const later = await reader.offsetsAt(topic, partition.recordTimeMs + 1);
      partition.next = later.get(number) ?? high;
      partition.gap = true;
      tally.count('rewound_partitions', 1);
      log.error(
        { ...where, resumed: partition.next },
        `${topic}/${number} ends before what was read of it: it was cut or made anew, and is read on after the time of the last record`,
      );
    }
  }

  /** Forgets what we believe of a partition and looks again where it stands. */
  async function replace(partition: Partition, reader: KafkaReader): Promise<void> {
    partition.placed = false;
    reader.hold({ topic, partition: partition.number });
    await place([partition.number], reader);
  }

  async function count(
    partition: Partition,
    batch: KafkaBatch,
    alive: () => Promise<void>,
  ): Promise<'committed' | 'stale' | 'dropped'> {
    const readAt = now();
    const fold = createEventFold({
      classifier,
      instance: (slo, labels) => ledger.instance(slo, labels),
      now: readAt,
      watermarks: announced,
    });
    const recordTimeMs =
      foldBatch(batch, { fold, decode, poison, now: readAt }) ?? partition.recordTimeMs;
    const times = timesAfter(partition, fold, classifier);
    const position = JSON.stringify({ next: batch.next, recordTimeMs, times });
    const { version } = partition;
    const outcome = await commit(
      { part: partOf(partition), version, position, add: fold.cells() },
      alive,
    );
    if (outcome !== 'committed') return outcome;
    Object.assign(partition, { version: version + 1, next: batch.next, recordTimeMs, times });
    partition.gap &&= fold.spans().every((span) => span === undefined);
    if (fold.spans().some((span) => span !== undefined)) partition.lastReadAt = readAt;
    tally.batch(fold.totals());
    return 'committed';
  }

  /** Waits for a store that may come back, as long as the partition stays ours. */
  async function commit(
    commit: Commit,
    alive: () => Promise<void>,
  ): Promise<'committed' | 'stale' | 'dropped'> {
    const begun = assignment;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      try {
        await ledger.commit(commit);
        return 'committed';
      } catch (error) {
        if (error instanceof StaleReaderError) return 'stale';
        if (!(error instanceof StoreError) || !error.retryable) throw error;
        tally.failed(error);
        await clock.sleep(wait, signal);
        await alive();
        if (begun !== assignment || signal.aborted) return 'dropped';
      }
    }
  }

  /** Tells the engine how far each timeline has come; never back. */
  function announce(): void {
    for (const [index, { key, slos }] of classifier.timelines.entries()) {
      const progress = [...partitions.values()].map(({ number, next, times, lastReadAt }) => ({
        next,
        high: ranges.get(number)?.high,
        last: times[key]?.last,
        lastReadAt,
      }));
      const reached = topicWatermark(progress, provenAt, settings);
      const to = Math.min(reached ?? 0, Math.floor(now()));
      if (to <= (announced[index] ?? 0)) continue;
      announced[index] = to;
      for (const slo of slos) ledger.watermark(slo, to);
    }
  }

  /** A partition whose deleted records are followed by none is measured again from the proof on. */
  async function closeGap(partition: Partition, reader: KafkaReader): Promise<void> {
    const { next, version, recordTimeMs } = partition;
    const from = Math.ceil(provenAt);
    const times = { ...partition.times };
    for (const { key } of classifier.timelines)
      times[key] = { first: from, last: from, ...times[key], from };
    partition.busy = true;
    try {
      const position = JSON.stringify({ next, recordTimeMs, times });
      await ledger.commit({ part: partOf(partition), version, position });
      Object.assign(partition, { version: version + 1, times, gap: false });
    } catch (error) {
      if (!(error instanceof StaleReaderError)) throw error;
      await replace(partition, reader);
    } finally {
      partition.busy = false;
    }
  }

  const isDrained = ({ number, next }: Partition): boolean =>
    next >= (ranges.get(number)?.high ?? Infinity);

  return {
    topic,
    async assigned(numbers, reader) {
      assignment += 1;
      for (const partition of partitions.values()) partition.placed = false;
      await place(numbers, reader);
    },
    async batch(batch, reader, alive) {
      const partition = partitions.get(batch.partition);
      if (partition?.placed !== true || partition.busy) return;
      if (batch.from !== partition.next) return replace(partition, reader);
      partition.busy = true;
      try {
        const outcome = await count(partition, batch, alive);
        if (outcome === 'committed') announce();
        if (outcome !== 'stale') return;
        tally.count('stale_commits', 1);
        partition.placed = false;
        // A member that was replaced learns it here, and joins again instead of reading on.
        await alive();
        await replace(partition, reader);
      } finally {
        partition.busy = false;
      }
    },
    async tick(reader) {
      const askedAt = now();
      ranges = await reader.offsets(topic);
      provenAt = askedAt;
      if (!coverage.loaded()) return;
      if ([...ranges.keys()].some((number) => partitions.get(number)?.placed !== true))
        await learn();
      for (const partition of partitions.values())
        if (partition.gap && partition.placed && !partition.busy && isDrained(partition))
          await closeGap(partition, reader);
      announce();
      const all = [...partitions.values()];
      if (all.some(({ gap }) => gap)) return;
      await coverage.commit(
        announced,
        all.map(({ times }) => times),
      );
    },
    lost() {
      assignment += 1;
      for (const partition of partitions.values()) partition.placed = false;
    },
    watermark() {
      const known = announced.filter((each) => each !== undefined);
      return known.length < announced.length ? undefined : Math.min(...known);
    },
    backlog() {
      if (provenAt === 0 || !coverage.loaded()) return undefined;
      let records = 0;
      for (const [number, { high }] of ranges)
        records += Math.max(0, high - (partitions.get(number)?.next ?? 0));
      return records;
    },
  };
}
