// The measured time of a topic's SLOs: where it began, up to where it is committed, and what a gap takes out.
import type { EpochSeconds } from '../../../slo/counts.ts';
import { type CoverageWrite, StaleReaderError } from '../../stores/store.ts';
import type { Classifier } from '../events/classifier.ts';
import type { Ledger } from '../source.ts';
import type { OffsetRange } from './kafka-reader.ts';
import {
  type PartitionTimes,
  readPartitionPosition,
  readTopicPosition,
  topicPart,
  type TopicPosition,
  topicPrefix,
} from './stored-position.ts';

export interface TopicCoverage {
  /** Reads the topic's position; makes it at the first start, in one commit whatever the number of partitions. */
  load(
    ranges: ReadonlyMap<number, OffsetRange>,
    startAt: 'earliest' | 'latest',
    now: () => number,
  ): Promise<void>;
  loaded(): boolean;
  /** Where a partition without a position of its own begins: one that came later begins at its start. */
  startOf(partition: number): number;
  /** Whether the beginning of measured time is not known yet: it will be the first event's time. */
  beginsWithFirstEvent(): boolean;
  /** Commits what lies between the last commit and the watermarks, one per timeline. */
  commit(
    watermarks: readonly (EpochSeconds | undefined)[],
    partitions: readonly Readonly<Record<string, PartitionTimes>>[],
  ): Promise<void>;
}

export function createTopicCoverage(options: {
  readonly connection: string;
  readonly topic: string;
  readonly classifier: Classifier;
  readonly ledger: Ledger;
}): TopicCoverage {
  const { connection, topic, classifier, ledger } = options;
  const part = topicPart(connection, topic);
  const slos = classifier.timelines.flatMap(({ slos }) => slos);
  let version = 0;
  let position: TopicPosition | undefined;

  /** The stored position, with the SLOs that are served now and no others: an SLO that pauses begins anew. */
  async function read(now: () => number): Promise<boolean> {
    const stored = await ledger.position(part);
    if (stored === undefined) return false;
    version = stored.version;
    const { starts, through } = readTopicPosition(stored.position);
    const known = slos.filter((slo) => through[slo] !== undefined);
    position = {
      starts,
      through: Object.fromEntries(known.map((slo) => [slo, through[slo] ?? null])),
    };
    if (known.length < slos.length) {
      const begin = await beginOfNew(now);
      position = {
        starts,
        through: Object.fromEntries(
          slos.map((slo) => [
            slo,
            through[slo] === undefined ? begin(slo) : (through[slo] ?? null),
          ]),
        ),
      };
      await write(position);
    }
    return true;
  }

  /** An SLO that joins a topic already being read: what was read before was not counted for it. */
  async function beginOfNew(now: () => number): Promise<(slo: string) => EpochSeconds> {
    const stored = await ledger.positions(topicPrefix(connection, topic));
    const last = new Map<string, number>();
    for (const [id, { position }] of stored) {
      if (id === part) continue;
      for (const [key, times] of Object.entries(readPartitionPosition(position).times))
        last.set(key, Math.max(last.get(key) ?? 0, times.last));
    }
    return (slo) => {
      const timeline = classifier.timelines.find((each) => each.slos.includes(slo));
      return Math.ceil(last.get(timeline?.key ?? '') ?? now());
    };
  }

  async function write(
    next: TopicPosition,
    coverage: readonly CoverageWrite[] = [],
  ): Promise<void> {
    await ledger.commit({ part, version, position: JSON.stringify(next), coverage });
    version += 1;
    position = next;
  }

  async function begin(
    ranges: ReadonlyMap<number, OffsetRange>,
    startAt: 'earliest' | 'latest',
    now: () => number,
  ): Promise<void> {
    const starts = [...ranges].map(([number, { low, high }]) => [
      number,
      startAt === 'latest' ? high : low,
    ]);
    // Taken after the offsets were: everything appended from here on will be read.
    const from = startAt === 'latest' ? Math.ceil(now()) : null;
    version = 0;
    await write({
      starts: Object.fromEntries(starts) as Record<string, number>,
      through: Object.fromEntries(slos.map((slo) => [slo, from])),
    });
  }

  return {
    async load(ranges, startAt, now) {
      for (;;) {
        try {
          if (!(await read(now))) await begin(ranges, startAt, now);
          break;
        } catch (error) {
          // Another collector was first: what it wrote holds for us too.
          if (!(error instanceof StaleReaderError)) throw error;
        }
      }
      for (const [slo, at] of Object.entries(position?.through ?? {}))
        if (at !== null) ledger.watermark(slo, at);
    },
    loaded: () => position !== undefined,
    startOf: (partition) => position?.starts[partition] ?? 0,
    beginsWithFirstEvent: () => Object.values(position?.through ?? {}).includes(null),
    async commit(watermarks, partitions) {
      if (position === undefined) return;
      const through = { ...position.through };
      const coverage: CoverageWrite[] = [];
      for (const [index, { key, slos }] of classifier.timelines.entries()) {
        const to = watermarks[index];
        if (to === undefined) continue;
        const times = partitions.flatMap((each) => each[key] ?? []);
        const first =
          times.length === 0 ? to : Math.floor(Math.min(...times.map((each) => each.first)));
        const known = Math.max(0, ...times.map((each) => each.from ?? 0));
        for (const slo of slos) {
          const from = Math.max(through[slo] ?? first, known);
          if (from < to) coverage.push({ slo, from, to });
          through[slo] = Math.max(through[slo] ?? 0, from, to);
        }
      }
      if (Object.entries(through).every(([slo, at]) => position?.through[slo] === at)) return;
      try {
        await write({ starts: position.starts, through }, coverage);
      } catch (error) {
        if (!(error instanceof StaleReaderError)) throw error;
        const stored = await ledger.position(part);
        if (stored === undefined) throw error;
        version = stored.version;
        position = readTopicPosition(stored.position);
      }
    },
  };
}
