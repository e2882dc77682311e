// Drives one part of raw counters: its history once, in chunks of bounded size, then live polls.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { SourceContext } from '../source.ts';
import { catchUp } from './counter-catch-up.ts';
import type { CounterPart } from './counter-part.ts';
import { firstRead } from './history-start.ts';
import type { QueryClient } from './query-client.ts';
import type { PartReader } from './part-reader.ts';
import { createWatermark } from './watermark.ts';

export interface ReaderSettings {
  readonly backfill: boolean;
  readonly settleSeconds: number;
  /** History begins here at the earliest: what lies before is counted under another part. */
  readonly notBefore: EpochSeconds;
  /** Samples that a chunk of history aims at. @default 250000 */
  readonly chunkSamples: number;
}

/** Samples may appear this long after their time while a scrape is under way: every poll asks for so much again. */
const OVERLAP_SECONDS = 15;

/** A poll never looks back further for samples that came late: what is later still is found by the next sample. */
const LONGEST_LOOK_BACK = 900;

export function createCounterReader(
  part: CounterPart,
  client: QueryClient,
  context: SourceContext,
  settings: ReaderSettings,
): PartReader {
  const { ledger, clock } = context;
  const slos = part.group.feeds.map(({ slo }) => slo);
  const watermarks = slos.map((slo) => ({ slo, mark: createWatermark(settings.settleSeconds) }));
  let watermark: EpochSeconds | undefined;
  let polledTo = part.readTo;
  const now = (): EpochSeconds => Math.floor(clock.now() / 1000);

  const announce = (at: EpochSeconds): void => {
    watermark = undefined;
    const scrapeMs = part.fold.scrapeMs();
    for (const { slo, mark } of watermarks) {
      const reached = mark.after(at, part.fold.newestMs(slo.id), scrapeMs);
      ledger.watermark(slo.id, reached);
      watermark = Math.min(watermark ?? reached, reached);
    }
  };

  /** Where to go on: a little before what was read last, and further back while samples come late. */
  const readFrom = (): EpochSeconds | undefined => {
    if (polledTo === undefined) return undefined;
    const newest = Math.floor(part.fold.newestSampleMs / 1000);
    const late = Number.isFinite(newest) ? polledTo - newest : 0;
    return polledTo - Math.min(LONGEST_LOOK_BACK, Math.max(0, late)) - OVERLAP_SECONDS;
  };

  return {
    id: part.id,
    slos,
    get counters() {
      return { ...part.fold.counters() };
    },
    get doubts() {
      return doubtsOf(part);
    },
    get watermark() {
      return watermark;
    },
    behind: () => (polledTo === undefined ? undefined : now() - polledTo),
    async catchUp(signal) {
      const begun = now();
      const start = readFrom() ?? firstRead(slos, begun, settings);
      await catchUp(
        {
          part,
          client,
          start,
          now,
          chunkSamples: settings.chunkSamples,
          reached(to) {
            polledTo = to;
            context.progress(`history of ${part.id}`, to - start, Math.max(begun, to) - start);
          },
          noGrid: (err) =>
            context.log.warn({ part: part.id, err }, 'old counts are read sample by sample: slow'),
        },
        signal,
      );
    },
    async poll(signal) {
      const to = now();
      const from = readFrom();
      const begin =
        from === undefined ? firstRead(slos, to, settings) : Math.min(from, to - OVERLAP_SECONDS);
      const before = part.fold.taken;
      const answer = await part.ask(begin, to, signal);
      await part.take(answer.batch, to, signal);
      const samples = part.fold.taken - before;
      const isNews = samples > 0 || part.readTo === undefined;
      if (!isNews || (await part.commit(to, 0, signal))) {
        polledTo = to;
        announce(to);
      }
      return { milliseconds: answer.milliseconds, samples };
    },
  };
}

function doubtsOf({ id, fold }: CounterPart): string[] {
  const doubts: string[] = [];
  const { refusedSeries, clamped } = fold.counters();
  if (refusedSeries > 0)
    doubts.push(`${id}: ${refusedSeries} series are not read: narrow the selectors of its SLOs`);
  if (clamped > 0)
    doubts.push(
      `${id}: ${clamped} events of counted parts had no total: the two selectors of an SLO should match series of the same targets`,
    );
  for (const replicas of fold.replicas)
    doubts.push(
      `${id}: the same series come twice, with ${replicas}: events are counted twice; pin one with a matcher`,
    );
  return doubts;
}
