// One sink's outbox: bounded, in order for each alert, retried with back-off until the sink takes it.
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { MetricsRecorder } from '../metrics.ts';
import { type OutgoingAlert, type Sink, SinkError } from '../sinks/sink.ts';
import { traced } from '../tracing.ts';

export interface OutboxOptions {
  readonly sink: Sink;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MetricsRecorder;
  /** Messages that wait at most; past it the oldest repetition, else the oldest message, is dropped and counted. @default 10_000 */
  readonly limit?: number;
  /** Called with the key and status of each message that the sink took. */
  readonly delivered: (key: string, status: OutgoingAlert['status']) => void;
}

export interface OutboxStatus {
  readonly sink: string;
  readonly waiting: number;
  readonly sent: number;
  readonly failures: number;
  readonly dropped: number;
  readonly lastError?: string;
}

export interface Outbox {
  /** Queues a message last. One still waiting with the same key and status gives way to it. */
  put(key: string, alert: OutgoingAlert): void;
  status(): OutboxStatus;
  /** Resolves when all that waits was taken or refused for good, or the time is over; nothing is sent afterwards. */
  close(graceMs: number): Promise<void>;
}

interface Waiting {
  readonly key: string;
  readonly alert: OutgoingAlert;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

export function createOutbox(options: OutboxOptions): Outbox {
  const { sink, clock, log, metrics, delivered, limit = 10_000 } = options;
  const stop = new AbortController();
  const queue = new Map<string, Waiting>();
  const counts = { sent: 0, failures: 0, dropped: 0 };
  let lastError: string | undefined;
  let working: Promise<void> | undefined;

  const slot = (message: Waiting): string => `${message.alert.status} ${message.key}`;

  const send = async (alerts: readonly OutgoingAlert[]): Promise<void> => {
    const startedMs = performance.now();
    let taken = false;
    try {
      await traced(
        'sink.send',
        { 'ninefold.sink': sink.name, 'ninefold.alerts': alerts.length },
        () => sink.send(alerts, stop.signal),
      );
      taken = true;
    } finally {
      metrics.send(sink.name, alerts.length, (performance.now() - startedMs) / 1000, taken);
    }
  };

  const deliver = async (messages: readonly Waiting[]): Promise<void> => {
    await send(messages.map((each) => each.alert));
    counts.sent += messages.length;
    for (const message of messages) {
      // A newer text may have been queued meanwhile; only what was sent leaves the queue.
      if (queue.get(slot(message)) === message) queue.delete(slot(message));
      delivered(message.key, message.alert.status);
    }
    metrics.queued(sink.name, queue.size);
  };

  const refuse = (message: Waiting, error: SinkError): void => {
    counts.dropped += 1;
    metrics.dropped(sink.name, 1);
    if (queue.get(slot(message)) === message) queue.delete(slot(message));
    log.error({ sink: sink.name, labels: message.alert.labels }, `alert refused: ${error.message}`);
  };

  const work = async (): Promise<void> => {
    let delay = FIRST_DELAY_MS;
    while (queue.size > 0 && !stop.signal.aborted) {
      const batch = [...queue.values()].slice(0, sink.batch);
      try {
        await deliver(batch);
        delay = FIRST_DELAY_MS;
      } catch (cause) {
        const error = asSinkError(cause);
        counts.failures += 1;
        lastError = error.message;
        if (error.retryable) {
          log.warn({ sink: sink.name, waiting: queue.size }, `alerts wait: ${error.message}`);
          await clock.sleep(delay * (0.5 + Math.random() / 2), stop.signal);
          delay = Math.min(delay * 2, LONGEST_DELAY_MS);
        } else await oneByOne(batch);
      }
    }
  };

  const start = (): void => {
    if (working !== undefined || queue.size === 0 || stop.signal.aborted) return;
    working = work().finally(() => {
      working = undefined;
      start();
    });
  };

  /** A refused batch is sent message by message, so that only the one at fault is lost. */
  const oneByOne = async (batch: readonly Waiting[]): Promise<void> => {
    for (const message of batch) {
      try {
        await deliver([message]);
      } catch (cause) {
        const error = asSinkError(cause);
        if (error.retryable) return;
        refuse(message, error);
      }
    }
  };

  const dropOne = (): void => {
    const oldest = queue.keys().next().value;
    if (oldest === undefined) return;
    queue.delete(oldest);
    counts.dropped += 1;
    metrics.dropped(sink.name, 1);
    log.error({ sink: sink.name, limit }, 'outbox full: the oldest message was dropped');
  };

  return {
    put(key, alert) {
      const message = { key, alert };
      // Last again, so that a firing that follows a waiting resolution also arrives after it.
      const known = queue.delete(slot(message));
      if (!known && queue.size >= limit) dropOne();
      queue.set(slot(message), message);
      metrics.queued(sink.name, queue.size);
      start();
    },
    status: () => ({
      sink: sink.name,
      waiting: queue.size,
      ...counts,
      ...(lastError === undefined ? {} : { lastError }),
    }),
    async close(graceMs) {
      if (working !== undefined) await Promise.race([working, clock.sleep(graceMs, stop.signal)]);
      stop.abort();
      await working;
      sink.close?.();
    },
  };
}

function asSinkError(cause: unknown): SinkError {
  if (cause instanceof SinkError) return cause;
  return new SinkError(cause instanceof Error ? cause.message : String(cause), {
    retryable: true,
    cause,
  });
}
