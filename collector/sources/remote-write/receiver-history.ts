// Reads what happened before the first request from the sender's query API, into the part that the receiver goes on with.
import type { PrometheusConnection } from '../../../slo/connection.ts';
import { catchUp } from '../prometheus/counter-catch-up.ts';
import type { CounterFeed } from '../prometheus/counter-feed.ts';
import { openCounterPart } from '../prometheus/counter-part.ts';
import { commonSelector } from '../prometheus/counter-plan.ts';
import { parsePosition } from '../prometheus/counter-position.ts';
import { firstRead } from '../prometheus/history-start.ts';
import { createQueryClient } from '../prometheus/query-client.ts';
import { QueryError } from '../prometheus/query-error.ts';
import type { SourceContext } from '../source.ts';

export interface ReceiverHistory {
  /** Part of the receiver. */
  readonly part: string;
  readonly feeds: readonly CounterFeed[];
  readonly connection: PrometheusConnection & { readonly url: string };
  readonly context: SourceContext;
  readonly failed: (error: Error) => void;
}

const CHUNK_SAMPLES = 250_000;

/** Senders keep what they could not send for two hours; long before that, live counts are worth more than old ones. */
const PATIENCE_MS = 300_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Reads up to about now unless the receiver has taken requests before. When the server cannot be asked the history is
 * given up, and said so: counting then begins with the first request.
 * @throws StoreError, PositionError
 */
export async function readReceiverHistory(
  { part: id, feeds, connection, context, failed }: ReceiverHistory,
  signal: AbortSignal,
): Promise<void> {
  const { ledger, clock, log } = context;
  const kept = await ledger.position(id);
  if (kept !== undefined && !parsePosition(id, kept.position).isHistory) return;
  const client = createQueryClient(connection);
  const now = (): number => Math.floor(clock.now() / 1000);
  const giveUpAt = clock.now() + PATIENCE_MS;
  const group = { feeds, selector: commonSelector(feeds) };
  try {
    const part = await openCounterPart({ id, group, client, context, failed, isHistory: true });
    const slos = feeds.map(({ slo }) => slo);
    const begun = now();
    const first = part.readTo ?? firstRead(slos, begun, { backfill: true, notBefore: -Infinity });
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS))
      try {
        await catchUp(
          {
            part,
            client,
            start: part.readTo ?? first,
            now,
            chunkSamples: CHUNK_SAMPLES,
            reached: (to) => context.progress(`history of ${id}`, to - first, begun - first),
            noGrid: (err) =>
              log.warn({ part: id, err }, 'old counts are read sample by sample: slow'),
          },
          signal,
        );
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof QueryError)) throw error;
        failed(error);
        if (!error.retryable || clock.now() > giveUpAt) {
          log.error({ part: id, err: error }, 'history cannot be read: counting begins now');
          return;
        }
        await clock.sleep(pause, signal);
      }
  } finally {
    client.close();
  }
}
