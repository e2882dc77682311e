// What could not be counted, by reason, with a few samples for people: bounded, and never in the way of the rest.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Log } from '../../log.ts';

/**
 * Why an event, or a whole batch of records, could not be counted. `no-time`: an SLO selects the event, but the time
 * that it names is absent or unreadable. `undecodable`: the compressed batch that held it is broken or too large.
 */
export type PoisonReason =
  'not-json' | 'not-an-object' | 'no-time' | 'too-large' | 'empty' | 'undecodable';

/** One uncountable event for people to look at. */
export interface PoisonSample {
  readonly reason: PoisonReason;
  /** Where it stood: `topic/partition@offset`, or `stream line 7`. */
  readonly place: string;
  readonly at: EpochSeconds;
  /** The first 200 bytes as text, control characters made visible. */
  readonly excerpt: string;
}

export interface PoisonLog {
  /** Counts one event and keeps it as a sample when there is room. */
  add(reason: PoisonReason, place: string, bytes?: Uint8Array, events?: number): void;
  counts(): Readonly<Record<string, number>>;
  /** Newest last. */
  samples(): readonly PoisonSample[];
}

const KEPT = 20;
const EXCERPT_BYTES = 200;
/** Each reason is written to the log at most once in this many seconds. */
const LOG_SECONDS = 60;

export function createPoisonLog(options: {
  readonly now: () => EpochSeconds;
  readonly log: Log;
}): PoisonLog {
  const counts: Partial<Record<PoisonReason, number>> = {};
  const samples: PoisonSample[] = [];
  const logged = new Map<PoisonReason, EpochSeconds>();
  return {
    add(reason, place, bytes, events = 1) {
      counts[reason] = (counts[reason] ?? 0) + events;
      const at = options.now();
      const quiet = at - (logged.get(reason) ?? -Infinity) < LOG_SECONDS;
      // A flood of poison costs a counter each, not a decoded excerpt each.
      if (quiet && samples.length === KEPT && samples[0]?.at === at) return;
      const sample = { reason, place, at, excerpt: excerpt(bytes) };
      samples.push(sample);
      if (samples.length > KEPT) samples.shift();
      if (quiet) return;
      logged.set(reason, at);
      options.log.warn(
        { ...sample, so_far: counts[reason] },
        `cannot count an event at ${place}: ${reason}`,
      );
    },
    counts: () => ({ ...counts }),
    samples: () => [...samples],
  };
}

function excerpt(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return '';
  const text = Buffer.from(bytes.subarray(0, EXCERPT_BYTES)).toString('utf8');
  // eslint-disable-next-line no-control-regex -- the point is to find them
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
}
