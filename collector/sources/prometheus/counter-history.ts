// Reads old counters at points fifteen minutes apart instead of every sample, and every sample only where that would lie.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { CounterPart } from './counter-part.ts';
import type { QueryAnswer, QueryClient } from './query-client.ts';
import type { SampleBatch } from './sample-batch.ts';

/** Distance of the points: the widest cell in which counts are kept. */
export const GRID_SECONDS = 900;

/**
 * How far a server looks back for a series' value at a point. What is asked about an interval reaches back as far, so
 * that it includes the very sample that the value at the interval's start came from.
 */
const LOOK_BACK_SECONDS = 300;

/** Samples are read for at most so long at once. */
const LONGEST_RAW_SECONDS = 21_600;

/** A chunk of history that is being asked for. */
export interface HistoryChunk {
  /** A multiple of the grid. */
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly points: Promise<QueryAnswer>;
  readonly resets: Promise<QueryAnswer>;
}

/**
 * Asks for a chunk: the counters' values at the points, and how many series had how many resets in each interval.
 *
 * Between two points that both have a value, the difference of the values is exactly the sum of the increases of all
 * samples between, unless the counter was reset. So an interval needs its samples only when a series was reset, began,
 * ended, or lived within it and touched neither point; the number of series in the second answer tells of the last.
 */
export function askHistory(
  client: QueryClient,
  selector: string,
  { from, to }: { readonly from: EpochSeconds; readonly to: EpochSeconds },
  signal: AbortSignal,
): HistoryChunk {
  const window = GRID_SECONDS + LOOK_BACK_SECONDS;
  const range = { from, to, stepSeconds: GRID_SECONDS };
  const chunk = {
    from,
    to,
    points: client.queryRange(selector, range, signal),
    resets: client.queryRange(
      `count_values("resets", resets(${selector}[${window}s]))`,
      { ...range, from: from + GRID_SECONDS },
      signal,
    ),
  };
  // Failures are found where the answers are awaited, which may be after another commit.
  chunk.points.catch(() => {});
  chunk.resets.catch(() => {});
  return chunk;
}

export interface TakenHistory {
  /** Points and samples that were read. */
  readonly samples: number;
  /** Intervals of which every sample was read. */
  readonly rawIntervals: number;
}

/** Folds a chunk into the part, up to its end. @throws QueryError */
export async function takeHistory(
  part: CounterPart,
  chunk: HistoryChunk,
  signal: AbortSignal,
): Promise<TakenHistory> {
  const [{ batch }, resets] = await Promise.all([chunk.points, chunk.resets]);
  const intervals = Math.round((chunk.to - chunk.from) / GRID_SECONDS);
  const indexOf = (ms: number): number => Math.round((ms / 1000 - chunk.from) / GRID_SECONDS);
  const raw = rawIntervals(batch, resets.batch, intervals, indexOf);
  let samples = batch.count + resets.batch.count;
  let rawCount = 0;
  const cursors = Uint32Array.from(batch.starts);
  await part.takePoints(batch, cursors, chunk.from, GRID_SECONDS);
  for (let first = 1; first <= intervals;) {
    let last = first;
    const isRaw = raw[first] === 1;
    while (last < intervals && (raw[last + 1] === 1) === isRaw) last += 1;
    if (isRaw) {
      rawCount += last - first + 1;
      samples += await takeRaw(part, chunk.from, first, last, signal);
    }
    // After the samples come the points too: what follows goes on from the very edge of the grid.
    await part.takePoints(batch, cursors, chunk.from + last * GRID_SECONDS, GRID_SECONDS);
    first = last + 1;
  }
  return { samples, rawIntervals: rawCount };
}

async function takeRaw(
  part: CounterPart,
  start: EpochSeconds,
  first: number,
  last: number,
  signal: AbortSignal,
): Promise<number> {
  let samples = 0;
  const end = start + last * GRID_SECONDS;
  for (let from = start + (first - 1) * GRID_SECONDS; from < end;) {
    const to = Math.min(end, from + LONGEST_RAW_SECONDS);
    const { batch } = await part.ask(from, to, signal);
    await part.take(batch, to, signal);
    samples += batch.count;
    from = to;
  }
  return samples;
}

/** Marks the intervals, numbered from 1, in which the points alone would not tell every increase. */
function rawIntervals(
  points: SampleBatch,
  resets: SampleBatch,
  intervals: number,
  indexOf: (ms: number) => number,
): Uint8Array {
  const present = new Uint32Array(intervals + 1);
  const both = new Uint32Array(intervals + 1);
  points.series.forEach((_, series) => {
    let before = -1;
    for (let at = points.starts[series] ?? 0; at < (points.starts[series + 1] ?? 0); at += 1) {
      const index = indexOf(points.times[at] ?? 0);
      present[index] = (present[index] ?? 0) + 1;
      if (before === index - 1) both[index] = (both[index] ?? 0) + 1;
      before = index;
    }
  });
  const alive = new Uint32Array(intervals + 1);
  const raw = new Uint8Array(intervals + 1);
  resets.series.forEach((text, series) => {
    const none = text.includes('"resets":"0"');
    for (let at = resets.starts[series] ?? 0; at < (resets.starts[series + 1] ?? 0); at += 1) {
      const index = indexOf(resets.times[at] ?? 0);
      alive[index] = (alive[index] ?? 0) + (resets.values[at] ?? 0);
      if (!none) raw[index] = 1;
    }
  });
  for (let index = 1; index <= intervals; index += 1) {
    const stayed = both[index] ?? 0;
    if (present[index] !== stayed || present[index - 1] !== stayed || alive[index] !== stayed)
      raw[index] = 1;
  }
  return raw;
}
