// Reads SLIs from a Prometheus query API: the whole window's history at the first start, then live, each event once.
import type { PrometheusConnection } from '../../../slo/connection.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Slo } from '../../../slo/slo.ts';
import { StaleReaderError } from '../../stores/store.ts';
import { traced } from '../../tracing.ts';
import type { Source, SourceContext, SourceStatus } from '../source.ts';
import { createCounterFeed } from './counter-feed.ts';
import type { PartReader } from './part-reader.ts';
import { openReaders, type ReaderPlan } from './reader-plan.ts';
import { createQueryClient, type QueryLimits } from './query-client.ts';
import { QueryError } from './query-error.ts';
import { outlastStore } from './store-patience.ts';

export interface PrometheusSourceOptions {
  /** Name of the connection; part of the names of its positions. */
  readonly name: string;
  /** With its `url` present. */
  readonly connection: PrometheusConnection;
  /** SLOs whose SLI is read from counters, an expression or a gauge. */
  readonly slos: readonly Slo[];
  readonly limits?: Partial<QueryLimits>;
  /** Samples that a chunk of history aims at. @default 250000 */
  readonly chunkSamples?: number;
}

/** A poll comes at the latest after the connection's `pollSeconds`, and earlier while it keeps the server this idle. */
const IDLE_FOR_EACH_BUSY = 200;
const SHORTEST_PAUSE_MS = 1000;
const LONGEST_BACK_OFF_MS = 60_000;

/** Behind by more than this, reading goes on in chunks instead of one poll. */
const CATCH_UP_SECONDS = 120;

/** @throws CounterFeedError, TypeError when a definition cannot be read by this source */
export function createPrometheusSource(options: PrometheusSourceOptions): Source {
  const { name, connection, slos } = options;
  if (connection.url === undefined)
    throw new TypeError(`connection ${name} has no url: nothing can be polled`);
  // Made here for their errors: a definition that cannot be read is told at the start, not in the first poll.
  for (const slo of slos) if (slo.sli.form.form === 'counters') createCounterFeed(slo);
  let readers: readonly PartReader[] = [];
  let state: SourceStatus['state'] = 'starting';
  let lastError: { at: EpochSeconds; message: string } | undefined;
  let polls = 0;
  let failures = 0;
  let context: SourceContext | undefined;
  const seconds = (): EpochSeconds => Math.floor((context?.clock.now() ?? 0) / 1000);
  const failing = new Set<string>();

  const failed = (part: string, error: Error): void => {
    failures += 1;
    lastError = { at: seconds(), message: error.message };
    const retryable = !(error instanceof QueryError) || error.retryable;
    if (!failing.has(part))
      context?.log.warn({ source: name, part, err: error, retryable }, 'reading failed');
    failing.add(part);
  };
  const worked = (part: string): void => {
    polls += 1;
    if (failing.delete(part)) context?.log.info({ source: name, part }, 'reading works again');
  };

  return {
    name,
    async run(given, signal) {
      context = given;
      const client = createQueryClient(
        { ...connection, url: connection.url ?? '' },
        options.limits,
      );
      const plan: ReaderPlan = {
        source: name,
        client,
        context: given,
        slos,
        settings: {
          backfill: connection.backfill,
          settleSeconds: connection.settleSeconds,
          chunkSamples: options.chunkSamples ?? 250_000,
        },
        failed: (part, error) => failed(part, error),
      };
      try {
        while (!signal.aborted && slos.length > 0) {
          const opened = await outlastStore(
            () => openReaders(plan),
            given.clock,
            signal,
            (error) => failed('', error),
          );
          if (opened === undefined) break;
          readers = opened.done;
          failing.delete('');
          state = 'backfilling';
          const stale = new AbortController();
          const either = AbortSignal.any([signal, stale.signal]);
          const outcomes = await Promise.allSettled(
            readers.map((reader) =>
              readOn(reader, either, {
                context: given,
                pollSeconds: connection.pollSeconds,
                failed,
                worked: (part) => {
                  worked(part);
                  if (readers.every(({ watermark }) => watermark !== undefined)) state = 'live';
                },
              }).catch((error: unknown) => {
                stale.abort();
                throw error;
              }),
            ),
          );
          for (const outcome of outcomes)
            if (outcome.status === 'rejected' && !(outcome.reason instanceof StaleReaderError))
              throw outcome.reason;
          // Somebody else committed for a part: all are opened anew from where they stand now.
        }
      } finally {
        state = 'stopped';
        client.close();
      }
    },
    status() {
      const marks = readers.map(({ watermark }) => watermark);
      const watermark = marks.includes(undefined)
        ? undefined
        : Math.min(...marks.map((mark) => mark ?? 0));
      return {
        name,
        kind: 'prometheus',
        state: failing.size > 0 && state !== 'stopped' ? 'failing' : state,
        slos: slos.map(({ id }) => id),
        ...(watermark !== undefined && {
          watermark,
          lagSeconds: Math.max(0, seconds() - watermark),
        }),
        ...(lastError !== undefined && { lastError }),
        counters: { polls, failures, ...sumCounters(readers) },
      };
    },
  };
}

type Failed = (part: string, error: Error) => void;

interface Work {
  readonly context: SourceContext;
  readonly pollSeconds: number;
  readonly failed: Failed;
  readonly worked: (part: string) => void;
}

/** Reads a part until the signal aborts. @throws StaleReaderError, StoreError that no retry helps */
async function readOn(reader: PartReader, signal: AbortSignal, work: Work): Promise<void> {
  const { clock, log } = work.context;
  let backOff = SHORTEST_PAUSE_MS;
  const told = new Set<string>();
  while (!signal.aborted) {
    let pause: number;
    try {
      const { milliseconds } = await traced('source.poll', { part: reader.id }, async () => {
        if ((reader.behind() ?? Infinity) > CATCH_UP_SECONDS) await reader.catchUp(signal);
        return reader.poll(signal);
      });
      if (signal.aborted) return;
      work.worked(reader.id);
      backOff = SHORTEST_PAUSE_MS;
      const polite = Math.max(SHORTEST_PAUSE_MS, milliseconds * IDLE_FOR_EACH_BUSY);
      pause = Math.min(work.pollSeconds * 1000, polite) * (0.9 + Math.random() / 10);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof QueryError)) throw error;
      work.failed(reader.id, error);
      pause = backOff * (0.5 + Math.random() / 2);
      backOff = Math.min(backOff * 2, LONGEST_BACK_OFF_MS);
    }
    for (const doubt of reader.doubts)
      if (!told.has(doubt.replaceAll(/\d+/g, '#'))) {
        told.add(doubt.replaceAll(/\d+/g, '#'));
        log.warn({ part: reader.id }, doubt);
      }
    await clock.sleep(pause, signal);
  }
}

function sumCounters(readers: readonly PartReader[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counters } of readers)
    for (const [name, value] of Object.entries(counters)) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}
