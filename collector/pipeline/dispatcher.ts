// Hands alert states to the sinks: at once on a change, again as long as Alertmanager needs to hear of them.
import type { EpochSeconds } from '../../slo/counts.ts';
import type { Labels } from '../../slo/instance.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { MetricsRecorder } from '../metrics.ts';
import type { OutgoingAlert, Sink } from '../sinks/sink.ts';
import type { AlertKey, AlertRecord } from '../stores/store.ts';
import { createOutbox, type Outbox, type OutboxStatus } from './outbox.ts';

/** A resolved alert is repeated for this long (alert generator compliance F5), in seconds. */
const RESOLVED_REPEAT_SECONDS = 900;

export interface DispatcherOptions {
  readonly sinks: readonly Sink[];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: MetricsRecorder;
  /** Seconds between two messages of one unchanged alert. @default 60 */
  readonly resendSeconds?: number;
  /** Called when every sink has taken the newest change of an alert. */
  readonly delivered?: (key: string) => void;
}

/** An alert state with the labels that identify it and the page behind it. */
export interface Dispatch {
  readonly record: AlertRecord;
  readonly labels: Labels;
  readonly generatorUrl: string;
  /** What the alert says now; asked only when a message goes out. */
  readonly annotations: () => Readonly<Record<string, string>>;
}

export interface Dispatcher {
  /** Takes all alerts that fire or resolved lately, right after an evaluation. */
  offer(dispatches: readonly Dispatch[], now: EpochSeconds): void;
  status(): readonly OutboxStatus[];
  close(graceMs: number): Promise<void>;
}

interface Told {
  readonly change: string;
  readonly at: EpochSeconds;
}

/** One sink with what it was last told of each alert. */
interface Channel {
  readonly sink: Sink;
  readonly outbox: Outbox;
  readonly told: Map<string, Told>;
}

/** The identity of an alert across evaluations: its key in the store. */
export function alertKey(record: AlertKey): string {
  return `${record.name} ${record.severity} ${record.instance}`;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { clock, log, metrics, resendSeconds = 60 } = options;
  /** For each alert the sinks that have not yet taken its newest change. */
  const untaken = new Map<string, Set<Sink>>();

  const taken = (sink: Sink, key: string): void => {
    const left = untaken.get(key);
    if (left === undefined || !left.delete(sink) || left.size > 0) return;
    untaken.delete(key);
    options.delivered?.(key);
  };
  const channels: readonly Channel[] = options.sinks.map((sink) => ({
    sink,
    outbox: createOutbox({ sink, clock, log, metrics, delivered: (key) => taken(sink, key) }),
    told: new Map(),
  }));

  const tell = (channel: Channel, key: string, dispatch: Dispatch, now: EpochSeconds): void => {
    const change = changeOf(dispatch.record);
    const told = channel.told.get(key);
    const changed = told?.change !== change;
    if (!changed && (!channel.sink.repeat || now - told.at < resendSeconds)) return;
    if (told === undefined && !channel.sink.repeat && wasDelivered(dispatch.record)) {
      channel.told.set(key, { change, at: now });
      return;
    }
    channel.told.set(key, { change, at: now });
    if (changed) untaken.set(key, new Set([...(untaken.get(key) ?? []), channel.sink]));
    channel.outbox.put(key, outgoing(dispatch, now, resendSeconds));
  };

  return {
    offer(dispatches, now) {
      const live = dispatches.filter(({ record }) => isWorthTelling(record, now));
      const keys = new Set(live.map(({ record }) => alertKey(record)));
      for (const channel of channels) {
        for (const dispatch of live) tell(channel, alertKey(dispatch.record), dispatch, now);
        for (const key of channel.told.keys()) if (!keys.has(key)) channel.told.delete(key);
      }
    },
    status: () => channels.map((channel) => channel.outbox.status()),
    async close(graceMs) {
      await Promise.all(channels.map((channel) => channel.outbox.close(graceMs)));
    },
  };
}

/** Firing, or resolved less than 15 minutes ago: everything else is nobody's business (F1, F5). */
export function isWorthTelling(record: AlertRecord, now: EpochSeconds): boolean {
  const { phase, firingSince, resolvedAt } = record.state;
  if (phase === 'firing') return true;
  if (phase === 'pending' || firingSince === undefined || resolvedAt === undefined) return false;
  return now - resolvedAt < RESOLVED_REPEAT_SECONDS;
}

function changeOf({ state }: AlertRecord): string {
  return state.phase === 'firing' ? `firing ${state.firingSince}` : `resolved ${state.resolvedAt}`;
}

/** Whether the last change was taken by every sink before the collector was started. */
function wasDelivered({ state, lastSentAt }: AlertRecord): boolean {
  const changedAt = state.phase === 'firing' ? state.firingSince : state.resolvedAt;
  return lastSentAt !== undefined && changedAt !== undefined && lastSentAt >= changedAt;
}

/** F8 to F10: startsAt is when firing began, endsAt the resolution, or 4 resend delays ahead while firing. */
function outgoing(dispatch: Dispatch, now: EpochSeconds, resendSeconds: number): OutgoingAlert {
  const { state } = dispatch.record;
  const firing = state.phase === 'firing';
  return {
    labels: dispatch.labels,
    annotations: dispatch.annotations(),
    startsAt: state.firingSince ?? now,
    endsAt: firing ? now + 4 * resendSeconds : (state.resolvedAt ?? now),
    status: firing ? 'firing' : 'resolved',
    generatorUrl: dispatch.generatorUrl,
  };
}
