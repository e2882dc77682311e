// Reads the past of a part in chunks of bounded size: old counts at grid points, the last hours sample by sample.
import type { EpochSeconds } from '../../../slo/counts.ts';
import { AnswerError } from './answer-error.ts';
import { askHistory, GRID_SECONDS, type HistoryChunk, takeHistory } from './counter-history.ts';
import type { CounterPart } from './counter-part.ts';
import type { QueryAnswer, QueryClient } from './query-client.ts';
import { QueryError } from './query-error.ts';

export interface CatchUpOptions {
  readonly part: CounterPart;
  readonly client: QueryClient;
  readonly start: EpochSeconds;
  readonly now: () => EpochSeconds;
  /** Samples that a chunk aims at. */
  readonly chunkSamples: number;
  /** Told after every commit up to where has been read. */
  readonly reached: (to: EpochSeconds) => void;
  /** Told once when the server cannot tell old counts at grid points, so that every sample is read instead. */
  readonly noGrid: (error: QueryError) => void;
}

/** The short alert windows need newer counts sample by sample and in fine cells. */
const FINE_SECONDS = 21_600;

const FIRST_CHUNK_SECONDS = 1800;
const SHORTEST_CHUNK_SECONDS = 60;
const LONGEST_CHUNK_SECONDS = 86_400;
const FIRST_GRID_CHUNK_SECONDS = 86_400;
/** Servers refuse more than 11,000 points of a series. */
const LONGEST_GRID_CHUNK_SECONDS = 10_000 * GRID_SECONDS;

/** Everything before this may be told in wide cells; a multiple of the widest. */
function fineFrom(now: EpochSeconds): EpochSeconds {
  return Math.floor((now - FINE_SECONDS) / GRID_SECONDS) * GRID_SECONDS;
}

/** Reads from `start` to about now; returns early when the signal aborts. @throws QueryError, StoreError */
export async function catchUp(options: CatchUpOptions, signal: AbortSignal): Promise<void> {
  const { part, now, noGrid } = options;
  let { start } = options;
  const isNew = part.readTo === undefined;
  const edge = fineFrom(now());
  const isWide = part.group.feeds.every(({ coarsest }) => coarsest === GRID_SECONDS);
  if (isWide && edge - start >= 4 * GRID_SECONDS) {
    // A part that goes on begins one point early: what it knows already is not counted again.
    const first = (isNew ? Math.ceil : Math.floor)(start / GRID_SECONDS) * GRID_SECONDS;
    try {
      await readGrid(options, first, edge, signal);
      start = Math.max(start, part.readTo ?? start);
    } catch (error) {
      if (!(error instanceof QueryError) || error.retryable) throw error;
      noGrid(error);
      start = part.readTo ?? start;
    }
  }
  if (!signal.aborted) await readSamples(options, start, signal);
}

async function readGrid(
  { part, client, chunkSamples, reached }: CatchUpOptions,
  start: EpochSeconds,
  end: EpochSeconds,
  signal: AbortSignal,
): Promise<void> {
  const ask = (from: EpochSeconds, seconds: number): HistoryChunk | undefined => {
    const whole = Math.floor(seconds / GRID_SECONDS) * GRID_SECONDS;
    const to = Math.min(end, from + Math.max(GRID_SECONDS, whole));
    return from < to ? askHistory(client, part.group.selector, { from, to }, signal) : undefined;
  };
  // The next chunk is asked for while one is folded and committed: server and collector work at the same time.
  let next = ask(start, FIRST_GRID_CHUNK_SECONDS);
  while (next !== undefined && !signal.aborted) {
    const chunk: HistoryChunk = next;
    const seconds = chunk.to - chunk.from;
    try {
      const { batch } = await chunk.points;
      next = ask(
        chunk.to,
        nextLength(seconds, batch.count, chunkSamples, LONGEST_GRID_CHUNK_SECONDS),
      );
      await takeHistory(part, chunk, signal);
    } catch (error) {
      if (!isTooMuch(error) || seconds <= GRID_SECONDS) throw error;
      next = ask(chunk.from, seconds / 4);
      continue;
    }
    if (!(await part.commit(chunk.to, chunk.to, signal))) return;
    reached(chunk.to);
  }
}

async function readSamples(
  { part, now, chunkSamples, reached }: CatchUpOptions,
  start: EpochSeconds,
  signal: AbortSignal,
): Promise<void> {
  interface Chunk {
    readonly from: EpochSeconds;
    readonly to: EpochSeconds;
    readonly asked: Promise<QueryAnswer>;
  }
  const ask = (from: EpochSeconds, seconds: number): Chunk | undefined => {
    const end = now();
    if (end - from <= SHORTEST_CHUNK_SECONDS) return undefined;
    const to = Math.min(end, from + Math.max(SHORTEST_CHUNK_SECONDS, Math.floor(seconds)));
    const asked = part.ask(from, to, signal);
    asked.catch(() => {});
    return { from, to, asked };
  };
  const edge = fineFrom(now());
  let next = ask(start, FIRST_CHUNK_SECONDS);
  while (next !== undefined && !signal.aborted) {
    const { from, to, asked }: Chunk = next;
    let answer: QueryAnswer;
    try {
      answer = await asked;
    } catch (error) {
      if (!isTooMuch(error) || to - from <= SHORTEST_CHUNK_SECONDS) throw error;
      next = ask(from, (to - from) / 4);
      continue;
    }
    next = ask(to, nextLength(to - from, answer.batch.count, chunkSamples, LONGEST_CHUNK_SECONDS));
    await part.take(answer.batch, to, signal);
    if (!(await part.commit(to, edge, signal))) return;
    reached(to);
  }
}

/** A length that brings about the wished number of samples, never much longer or shorter than the one that was tried. */
function nextLength(seconds: number, samples: number, wished: number, longest: number): number {
  const fitting = samples === 0 ? Infinity : (seconds * wished) / samples;
  return Math.min(longest, seconds * 4, Math.max(seconds / 4, fitting));
}

/** Whether less time would be answered: the server's or our own bound on samples was passed. */
function isTooMuch(error: unknown): boolean {
  return (
    error instanceof QueryError &&
    (error.cause instanceof AnswerError ||
      /too many samples|exceeded maximum resolution|response larger/i.test(error.message))
  );
}
