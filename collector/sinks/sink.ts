// A sink: alerts out. Alertmanager, a webhook and the log are the sibling files.
import type { EpochSeconds } from '../../slo/counts.ts';
import type { Labels } from '../../slo/instance.ts';

/** One alert as it leaves the program. The label set is its identity. */
export interface OutgoingAlert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  /** When firing began, in both states. */
  readonly startsAt: EpochSeconds;
  /** Resolved: when it did. Firing: until when it shall count as firing without another message. */
  readonly endsAt: EpochSeconds;
  readonly status: 'firing' | 'resolved';
  /** The page that shows the numbers behind it. */
  readonly generatorUrl: string;
}

export interface Sink {
  readonly name: string;
  /** Whether firing and resolved alerts must be repeated, as Alertmanager demands, or told once. */
  readonly repeat: boolean;
  /** Alerts in one `send` at most. */
  readonly batch: number;
  /** Delivers all of them or rejects with SinkError; delivering the same alert again does no harm. */
  send(alerts: readonly OutgoingAlert[], signal: AbortSignal): Promise<void>;
  /** Gives up what it holds, such as kept connections. */
  close?(): void;
}

/** Delivery failed; `retryable` says whether the same alerts may be accepted later. */
export class SinkError extends Error {
  readonly retryable: boolean;
  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'SinkError';
    this.retryable = options.retryable;
  }
}
