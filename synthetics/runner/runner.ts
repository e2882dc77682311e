// Runs checks on their schedule: each in turn, never twice at once, a bounded number together, and nothing left out in silence.
import type { Check } from '../check.ts';
import type { Run } from '../run.ts';
import { createDueHeap } from './due-heap.ts';
import { dueAtOrAfter } from './schedule.ts';

export interface RunnerOptions {
  /** Each id once. */
  readonly checks: readonly Check[];
  /** Runs a check once; what it rejects with is told as missed. */
  readonly run: (check: Check, scheduledAtMs: number, signal: AbortSignal) => Promise<Run>;
  readonly clock: RunnerClock;
  /** Where this is; only spreads the starts. @default '' */
  readonly location?: string;
  /** Runs under way together at most. @default 256 */
  readonly atOnce?: number;
  /** Whether each check also runs once at the beginning, not only when it is due. @default false */
  readonly atOnceFirst?: boolean;
  readonly onRun: (run: Run, check: Check) => void;
  /** Hears of every due run that does not take place. */
  readonly onMissed?: (missed: MissedRuns) => void;
}

export interface RunnerClock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Why runs did not take place: the one before was still under way; all places were taken until the next was due; the
 * program did not run at that time (a machine that slept); the runner stopped, or the check was removed; running it threw.
 */
export type MissedReason = 'running' | 'crowded' | 'asleep' | 'stopped' | 'broken';

export interface MissedRuns {
  readonly check: string;
  readonly reason: MissedReason;
  /** When the first of them was due, epoch milliseconds. */
  readonly firstDueMs: number;
  readonly count: number;
}

export interface RunnerStatus {
  readonly checks: number;
  readonly running: number;
  /** Due, and waiting for a place. */
  readonly waiting: number;
  readonly runs: number;
  readonly missed: Readonly<Record<MissedReason, number>>;
}

export interface Runner {
  /** Runs until the signal aborts; resolves when no run is under way any more. To be called once. */
  run(signal: AbortSignal): Promise<void>;
  /** Other checks from now on; those that stay keep their schedule. */
  setChecks(checks: readonly Check[]): void;
  status(): RunnerStatus;
}

const USUAL_AT_ONCE = 256;
/** A look at the clock at least this often, so that one that was set is noticed. */
const LONGEST_SLEEP_MS = 60_000;
/** A clock that goes back further was set. */
const CLOCK_SET_MS = 1000;

export function createRunner(options: RunnerOptions): Runner {
  const { clock, location = '', atOnce = USUAL_AT_ONCE, onRun, onMissed } = options;
  const heap = createDueHeap<Check>();
  const running = new Set<string>();
  /** In the order in which they became due, with the moment for which they shall run. */
  const waiting = new Map<string, { readonly check: Check; readonly dueMs: number }>();
  const missed = { running: 0, crowded: 0, asleep: 0, stopped: 0, broken: 0 };
  let checks = new Map(options.checks.map((check) => [check.id, check]));
  let runs = 0;
  let lastNow = clock.now();
  let stop: AbortSignal | undefined;
  let wake = new AbortController();
  let idle = Promise.withResolvers<void>();

  function miss(check: Check, reason: MissedReason, firstDueMs: number, count = 1): void {
    missed[reason] += count;
    onMissed?.({ check: check.id, reason, firstDueMs, count });
  }

  function plan(fromMs: number): void {
    heap.clear();
    for (const check of checks.values())
      heap.add({ atMs: dueAtOrAfter(check, location, fromMs), value: check });
  }

  /** Moves what is due by now to those who wait; of several due moments of one check only the latest can still take place. */
  function collect(now: number): void {
    for (let next = heap.peek(); next !== undefined && next.atMs <= now; next = heap.peek()) {
      heap.take();
      const { value: check, atMs } = next;
      const period = check.everySeconds * 1000;
      const skipped = Math.floor((now - atMs) / period);
      if (skipped > 0) miss(check, 'asleep', atMs, skipped);
      const dueMs = atMs + skipped * period;
      const before = waiting.get(check.id);
      if (running.has(check.id)) miss(check, 'running', dueMs);
      else {
        if (before !== undefined) miss(check, 'crowded', before.dueMs);
        // Whoever waits already keeps the place in the queue.
        waiting.set(check.id, { check, dueMs });
      }
      heap.add({ atMs: dueMs + period, value: check });
    }
  }

  function startWaiting(): void {
    if (stop === undefined || stop.aborted) return;
    for (const [id, { check, dueMs }] of waiting) {
      if (running.size >= atOnce) return;
      waiting.delete(id);
      running.add(id);
      void take(check, dueMs, stop);
    }
  }

  async function take(check: Check, dueMs: number, signal: AbortSignal): Promise<void> {
    try {
      const run = await options.run(check, dueMs, signal);
      runs += 1;
      onRun(run, check);
    } catch {
      miss(check, 'broken', dueMs);
    }
    running.delete(check.id);
    startWaiting();
    if (running.size === 0) idle.resolve();
  }

  function clockWasSet(now: number): boolean {
    const set = now < lastNow - CLOCK_SET_MS;
    lastNow = now;
    return set;
  }

  function dropWaiting(stays: (id: string) => boolean): void {
    for (const [id, { check, dueMs }] of waiting) {
      if (stays(id)) continue;
      waiting.delete(id);
      miss(check, 'stopped', dueMs);
    }
  }

  return {
    async run(signal) {
      stop = signal;
      const began = clock.now();
      if (options.atOnceFirst === true)
        for (const [id, check] of checks) waiting.set(id, { check, dueMs: began });
      plan(began);
      signal.addEventListener('abort', () => wake.abort(), { once: true });
      while (!signal.aborted) {
        const now = clock.now();
        if (clockWasSet(now)) plan(now);
        collect(now);
        startWaiting();
        const next = heap.peek()?.atMs ?? Number.POSITIVE_INFINITY;
        const ms = Math.min(LONGEST_SLEEP_MS, Math.max(0, next - clock.now()));
        await clock.sleep(ms, wake.signal);
        if (wake.signal.aborted && !signal.aborted) wake = renewed(signal);
      }
      dropWaiting(() => false);
      idle = Promise.withResolvers<void>();
      if (running.size > 0) await idle.promise;
    },
    setChecks(next) {
      const now = clock.now();
      collect(now);
      checks = new Map(next.map((check) => [check.id, check]));
      dropWaiting((id) => checks.has(id));
      for (const [id, { dueMs }] of waiting) {
        const check = checks.get(id);
        if (check !== undefined) waiting.set(id, { check, dueMs });
      }
      plan(now + 1);
      wake.abort();
    },
    status: () => ({
      checks: checks.size,
      running: running.size,
      waiting: waiting.size,
      runs,
      missed: { ...missed },
    }),
  };
}

/** A controller that aborts with the signal, too. */
function renewed(signal: AbortSignal): AbortController {
  const controller = new AbortController();
  signal.addEventListener('abort', () => controller.abort(), { once: true });
  return controller;
}
