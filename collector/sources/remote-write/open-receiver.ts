// The receiver between two commits: requests are folded as they come, and wait together for the next commit.
import type { Clock } from '../../clock.ts';
import {
  type CounterFold,
  createCounterFold,
  type FoldSeries,
} from '../prometheus/counter-fold.ts';
import type { CounterFeed } from '../prometheus/counter-feed.ts';
import {
  createPositionWriter,
  memoryFor,
  parsePosition,
  queryDigest,
} from '../prometheus/counter-position.ts';
import { createSeriesRoutes } from '../prometheus/series-routes.ts';
import { outlastStore } from '../prometheus/store-patience.ts';
import type { SourceContext } from '../source.ts';
import { createSeriesTable } from './series-table.ts';
import { decompressBlock } from './snappy-block.ts';
import { createRequestSamples, readWriteRequest } from './write-request.ts';

export interface OpenReceiver {
  readonly fold: CounterFold;
  /** Folds one request. @throws SnappyError, WriteRequestError, with nothing folded then */
  take(body: Uint8Array, nowMs: number): void;
  /** Resolves once everything taken so far is committed, else with the reason why the sender must come again. */
  committed(waitSeconds: number): Promise<string | undefined>;
  /** Requests that wait. */
  readonly waiting: number;
  /**
   * Commits what was taken and names the SLOs that were measured further by it; undefined when there was nothing, or
   * when the signal aborted first. @throws StoreError
   */
  commit(
    signal: AbortSignal,
    failed: (error: Error) => void,
  ): Promise<ReadonlySet<string> | undefined>;
  /** Resolves when something was taken since the last commit, after `ms`, or when the signal aborts. */
  somethingTaken(clock: Clock, ms: number, signal: AbortSignal): Promise<void>;
  /** Whether the store keeps refusing. */
  readonly troubled: boolean;
  counters(): Readonly<Record<string, number>>;
  /** Tells those who wait to come again. */
  close(reason: string): void;
}

interface OpenOptions {
  readonly name: string;
  readonly feeds: readonly CounterFeed[];
  readonly limits: { readonly bodyBytes: number; readonly series: number };
  readonly context: SourceContext;
}

type Waiter = (reason: string | undefined) => void;

/** Samples may be this far ahead of the collector's clock; later ones are left out and counted. */
const AHEAD_MS = 60_000;

/**
 * A sender may have lost the first samples of a series and not of its target's others: only what is still missing
 * after three scrapes is taken for not there.
 */
const PROVEN_SCRAPES = 3;

/** A buffer for decompression is kept up to this size. */
const KEPT_BYTES = 4 << 20;

/** The part that a receiver of this name keeps its counts under. */
export function receiverPart(name: string): string {
  return `remote-write/${name}`;
}

/** @throws PositionError, StoreError */
export async function openReceiver(options: OpenOptions): Promise<OpenReceiver> {
  const { feeds, limits, context } = options;
  const part = receiverPart(options.name);
  const kept = await context.ledger.position(part);
  const position = kept && parsePosition(part, kept.position);
  let version = kept?.version ?? 0;
  const routes = createSeriesRoutes(feeds);
  const fold = createCounterFold({
    feeds,
    routes,
    ledger: context.ledger,
    // What a query API calls a target may bear other labels here: none of its series is taken for newly born.
    memory:
      position?.isHistory === true
        ? { ...position.memory, targets: [] }
        : memoryFor(feeds, position),
    maxSeries: limits.series,
    provenScrapes: PROVEN_SCRAPES,
  });
  const writePosition = createPositionWriter(
    Object.fromEntries(feeds.map((feed) => [feed.slo.id, queryDigest(feed)])),
  );
  const table = createSeriesTable(routes, fold);
  const samples = createRequestSamples<FoldSeries>();
  const scratch = new Uint8Array(KEPT_BYTES);
  const counters = { seriesSeen: 0, staleMarkers: 0, histograms: 0 };
  let dirty = false;
  let troubled = false;
  let waiters: Waiter[] = [];
  /** Waiters of the commit under way. */
  let inCommit: Waiter[] = [];
  let wake = (): void => {};

  return {
    fold,
    get waiting() {
      return waiters.length + inCommit.length;
    },
    get troubled() {
      return troubled;
    },
    take(body, nowMs) {
      table.begin();
      readWriteRequest(decompressBlock(body, limits.bodyBytes, scratch), table, samples);
      counters.seriesSeen += samples.seriesSeen;
      counters.staleMarkers += samples.staleMarkers;
      counters.histograms += samples.histograms;
      const before = fold.taken;
      fold.latestMs = nowMs + AHEAD_MS;
      const { series, times, values, count } = samples;
      for (let at = 0; at < count; at += 1) {
        const each = series[at];
        if (each !== undefined) fold.sample(each, times[at] ?? 0, values[at] ?? NaN);
      }
      fold.settle();
      if (fold.taken > before) dirty = true;
    },
    committed(waitSeconds) {
      // A request that was taken before still waits for the commit of its first copy.
      if (!dirty && inCommit.length === 0) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        const timer = setTimeout(
          () => resolve('the store is slow or away; what was sent is kept in memory'),
          waitSeconds * 1000,
        );
        waiters.push((reason) => {
          clearTimeout(timer);
          resolve(reason);
        });
        wake();
      });
    },
    async commit(signal, failed) {
      if (!dirty) {
        for (const resolve of waiters) resolve(undefined);
        waiters = [];
        return undefined;
      }
      dirty = false;
      inCommit = waiters;
      waiters = [];
      const { cells, coverage } = fold.drain(0);
      const commit = {
        part,
        version,
        position: writePosition(Math.floor(fold.newestSampleMs / 1000), fold.memory()),
        add: cells,
        coverage,
      };
      const kept = await outlastStore(
        () => context.ledger.commit(commit),
        context.clock,
        signal,
        (error) => {
          troubled = true;
          failed(error);
        },
      );
      const done = kept !== undefined;
      if (done) version += 1;
      troubled = false;
      for (const resolve of inCommit)
        resolve(done ? undefined : 'the collector stopped before the store answered');
      inCommit = [];
      return done ? new Set(coverage.map(({ slo }) => slo)) : undefined;
    },
    async somethingTaken(clock, ms, signal) {
      if (!dirty && waiters.length === 0 && !signal.aborted) {
        const woken = new AbortController();
        wake = () => woken.abort();
        await clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
        wake = () => {};
      }
      // Requests that have arrived already are taken first: the more of them share the commit, the less it costs each.
      await new Promise((resolve) => setImmediate(resolve));
    },
    counters: () => ({ ...fold.counters(), ...counters }),
    close(reason) {
      for (const resolve of [...waiters, ...inCommit]) resolve(reason);
      waiters = [];
      inCommit = [];
    },
  };
}
