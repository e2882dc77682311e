// What is known of checks while they are watched: the last run of each, how long the ones before took, and when the next is due.
import { type Check, dueAtOrAfter, type Run } from '../../synthetics/index.ts';

/** One run of the past. */
export interface PastRun {
  readonly verdict: Run['verdict'];
  readonly durationMs: number;
}

export interface WatchedCheck {
  readonly id: string;
  /** Absent until the first run ends. */
  readonly last?: Run;
  /** The oldest first, 100 at most. */
  readonly past: readonly PastRun[];
  readonly running: boolean;
  /** Milliseconds until it is due. */
  readonly nextInMs: number;
}

export interface WatchedChecks {
  began(check: Check): void;
  ended(run: Run): void;
  /** What is bad first, then by id. `nowMs` is epoch milliseconds. */
  list(nowMs: number): readonly WatchedCheck[];
}

const MOST_PAST = 100;

interface Known {
  readonly check: Check;
  readonly past: PastRun[];
  last: Run | undefined;
  running: boolean;
}

/** Of these checks, run at a place. */
export function watchChecks(checks: readonly Check[], location: string): WatchedChecks {
  const known = new Map<string, Known>(
    checks.map((check) => [check.id, { check, past: [], last: undefined, running: false }]),
  );
  return {
    began({ id }) {
      const one = known.get(id);
      if (one !== undefined) one.running = true;
    },
    ended(run) {
      const one = known.get(run.check);
      if (one === undefined) return;
      one.running = false;
      one.last = run;
      one.past.push({ verdict: run.verdict, durationMs: run.durationMs });
      if (one.past.length > MOST_PAST) one.past.shift();
    },
    list: (nowMs) =>
      [...known.values()]
        .map(({ check, past, last, running }) => ({
          id: check.id,
          past,
          running,
          ...(last === undefined ? {} : { last }),
          nextInMs: dueAtOrAfter(check, location, nowMs) - nowMs,
        }))
        .sort((one, other) => rank(one) - rank(other) || (one.id < other.id ? -1 : 1)),
  };
}

const RANKS: Readonly<Record<Run['verdict'], number>> = {
  failed: 0,
  error: 1,
  degraded: 2,
  passed: 4,
};

/** What was not tried yet may still turn out bad. */
function rank({ last }: WatchedCheck): number {
  return last === undefined ? 3 : RANKS[last.verdict];
}

/** The median of the runs that had an answer that counts, in milliseconds; undefined before the first. */
export function medianMs({ past }: Pick<WatchedCheck, 'past'>): number | undefined {
  const good = past
    .filter(({ verdict }) => verdict === 'passed' || verdict === 'degraded')
    .map(({ durationMs }) => durationMs)
    .sort((a, b) => a - b);
  const upper = good[Math.floor(good.length / 2)];
  const lower = good[Math.floor((good.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}
