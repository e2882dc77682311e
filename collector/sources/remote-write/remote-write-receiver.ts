// Takes Prometheus remote write 1.0: a request is answered with 2xx once its counts are committed, and counts once.
import type { PrometheusConnection } from '../../../slo/connection.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Slo } from '../../../slo/slo.ts';
import type { Received, RequestHeaders } from '../../http/receivers.ts';
import { StaleReaderError } from '../../stores/store.ts';
import { createCounterFeed } from '../prometheus/counter-feed.ts';
import { outlastStore } from '../prometheus/store-patience.ts';
import { createWatermark } from '../prometheus/watermark.ts';
import type { Source, SourceContext, SourceStatus } from '../source.ts';
import { type OpenReceiver, openReceiver, receiverPart } from './open-receiver.ts';
import { readReceiverHistory } from './receiver-history.ts';
import { refusedFormat } from './request-format.ts';
import { SnappyError } from './snappy-block.ts';
import { WriteRequestError } from './protobuf-cursor.ts';

export interface RemoteWriteReceiverOptions {
  /** Part of the name of its position. @default 'remote-write' */
  readonly name?: string;
  /** SLOs whose SLI is read from counters. */
  readonly slos: readonly Slo[];
  /**
   * Where the compliance windows are read from before the first request is taken; needs its `url`. Absent, or with
   * `backfill: false`: counting begins with the first request.
   */
  readonly history?: PrometheusConnection;
  readonly limits?: Partial<ReceiverLimits>;
}

export interface ReceiverLimits {
  /** Bytes of one request after decompression at most. @default 33554432 */
  readonly bodyBytes: number;
  /** Requests that may wait for their commit at once. @default 256 */
  readonly waiting: number;
  /** Seconds after which a waiting sender is told to come again. @default 20 */
  readonly waitSeconds: number;
  /** Series kept at most. @default 200000 */
  readonly series: number;
}

const LIMITS: ReceiverLimits = {
  bodyBytes: 1 << 25,
  waiting: 256,
  waitSeconds: 20,
  series: 200_000,
};

/** Senders hold samples back for up to five seconds, and longer after trouble. */
const SETTLE_SECONDS = 30;

/** Without requests the watermark is moved on this often. */
const IDLE_MS = 2000;

export interface RemoteWriteReceiver extends Source {
  receive(body: Uint8Array, headers: RequestHeaders): Promise<Received>;
}

/** @throws CounterFeedError, TypeError when a definition cannot be read from counters */
export function createRemoteWriteReceiver(
  options: RemoteWriteReceiverOptions,
): RemoteWriteReceiver {
  const { name = 'remote-write', slos } = options;
  const limits = { ...LIMITS, ...options.limits };
  const feeds = slos.map(createCounterFeed);
  const counters = { requests: 0, refusedRequests: 0, busy: 0, commits: 0 };
  let open: OpenReceiver | undefined;
  let state: SourceStatus['state'] = 'starting';
  const reachedBy = new Map<string, EpochSeconds>();
  let lastError: SourceStatus['lastError'];
  let now = (): number => 0;

  const later = (reason: string): Received => {
    counters.busy += 1;
    return { status: 503, body: reason, headers: { 'retry-after': '1' } };
  };
  const refuse = (status: number, reason: string): Received => {
    counters.refusedRequests += 1;
    return { status, body: reason };
  };
  const failed = (error: Error): void => {
    lastError = { at: Math.floor(now() / 1000), message: error.message };
  };

  return {
    name,
    async run(context, signal) {
      now = () => context.clock.now();
      const { history } = options;
      const opening = async (): Promise<OpenReceiver> => {
        if (history?.url !== undefined && history.backfill) {
          const connection = { ...history, url: history.url };
          const part = receiverPart(name);
          await readReceiverHistory({ part, feeds, connection, context, failed }, signal);
        }
        return openReceiver({ name, feeds, limits, context });
      };
      try {
        while (!signal.aborted)
          try {
            state = 'backfilling';
            const opened = await outlastStore(opening, context.clock, signal, failed);
            if (opened === undefined) break;
            open = opened.done;
            state = 'live';
            await commitOn(open, context, signal);
          } catch (error) {
            if (!(error instanceof StaleReaderError)) throw error;
            failed(error);
            open?.close('another collector takes these requests now');
            open = undefined;
          }
      } finally {
        state = 'stopped';
        open?.close('the collector is stopping');
        open = undefined;
      }
    },
    async receive(body, headers) {
      counters.requests += 1;
      const wrong = refusedFormat(headers);
      if (wrong !== undefined) return refuse(415, wrong);
      if (open === undefined)
        return later('the collector is starting, reading history, or stopping');
      if (open.waiting >= limits.waiting) return later('too many requests wait for the store');
      try {
        open.take(body, now());
      } catch (error) {
        if (error instanceof SnappyError)
          return refuse(400, `not a snappy block: ${error.message}`);
        if (error instanceof WriteRequestError)
          return refuse(400, `not a remote-write 1.0 request: ${error.message}`);
        throw error;
      }
      const reason = await open.committed(limits.waitSeconds);
      return reason === undefined ? { status: 204 } : later(reason);
    },
    status: () => {
      const watermark = reachedBy.size < slos.length ? undefined : earliest(reachedBy.values());
      return {
        name,
        kind: 'remote-write',
        state: open?.troubled === true ? 'failing' : state,
        slos: slos.map(({ id }) => id),
        ...(watermark !== undefined && {
          watermark,
          lagSeconds: Math.max(0, Math.floor(now() / 1000) - watermark),
        }),
        ...(lastError !== undefined && { lastError }),
        counters: { ...counters, ...open?.counters() },
      };
    },
  };

  /** Commits whatever was taken, again and again; requests that come during a commit share the next one. */
  async function commitOn(
    receiver: OpenReceiver,
    { ledger, clock }: SourceContext,
    signal: AbortSignal,
  ): Promise<void> {
    const marks = new Map(slos.map(({ id }) => [id, createWatermark(SETTLE_SECONDS)]));
    let allAt = -Infinity;
    let scrapeMs = 0;
    while (!signal.aborted) {
      const measured = await receiver.commit(signal, failed);
      if (measured !== undefined) counters.commits += 1;
      const at = Math.floor(clock.now() / 1000);
      // A thousand SLOs are not gone through for each request: the silent ones move on at their own pace.
      const all = clock.now() - allAt >= IDLE_MS;
      if (all) {
        allAt = clock.now();
        scrapeMs = receiver.fold.scrapeMs();
      }
      for (const id of all ? marks.keys() : (measured ?? [])) {
        const newestMs = receiver.fold.newestMs(id);
        const reached = marks.get(id)?.after(at, newestMs, scrapeMs) ?? at;
        ledger.watermark(id, reached);
        reachedBy.set(id, reached);
      }
      await receiver.somethingTaken(clock, IDLE_MS, signal);
    }
    await receiver.commit(AbortSignal.timeout(limits.waitSeconds * 1000), failed);
  }
}

function earliest(instants: Iterable<EpochSeconds>): EpochSeconds {
  let first = Infinity;
  for (const instant of instants) first = Math.min(first, instant);
  return first;
}
