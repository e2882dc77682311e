// The collector's clock, handed in everywhere so that a test or a replay can drive time itself.

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once (never rejects) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
});

/** A clock's time and the time that only ever grows, both in milliseconds. */
export interface TimePair {
  readonly wall: Clock;
  readonly monotonic: () => number;
}

const MACHINE_TIME: TimePair = { wall: systemClock, monotonic: () => performance.now() };

/** A wall clock that differs by more than this from the time that really passed has jumped, in milliseconds. */
const JUMP_MS = 30_000;
/** A jump that lasts this long is a correction, and is followed. */
const BELIEVED_AFTER_MS = 120_000;

/**
 * The machine's clock, held against the time that really passed: a jump is ignored until it has lasted two minutes,
 * so that a clock set wrong for a moment neither freezes alerts nor pushes windows into the future.
 * @param jumped hears of every jump, and again when it is believed
 */
export function createSteadyClock(
  jumped: (byMs: number, believed: boolean) => void,
  { wall, monotonic }: TimePair = MACHINE_TIME,
): Clock {
  let offset = wall.now() - monotonic();
  let jumpedAt: number | undefined;
  return {
    sleep: (ms, signal) => wall.sleep(ms, signal),
    now() {
      const passed = monotonic();
      const difference = wall.now() - passed - offset;
      if (Math.abs(difference) <= JUMP_MS) {
        // Small corrections, as NTP makes them, are followed at once.
        offset += difference;
        jumpedAt = undefined;
      } else if (jumpedAt === undefined) {
        jumpedAt = passed;
        jumped(difference, false);
      } else if (passed - jumpedAt >= BELIEVED_AFTER_MS) {
        offset += difference;
        jumpedAt = undefined;
        jumped(difference, true);
      }
      return passed + offset;
    },
  };
}

/** A clock that stands still until `advance` moves it; sleepers wake in order of their time. */
export interface ManualClock extends Clock {
  /** Moves time forward, waking each sleeper at its own moment, and lets their work settle. */
  advance(ms: number): Promise<void>;
  /** Jumps to a moment, forward or back, without waking anyone: a broken wall clock. */
  jump(toMs: number): void;
}

export function createManualClock(startMs: number): ManualClock {
  let now = startMs;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    sleep(ms, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper = { at: now + ms, wake: () => {} };
        sleeper.wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      });
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        await settle();
        const next = [...sleepers].sort((a, b) => a.at - b.at)[0];
        if (next === undefined || next.at > end) break;
        now = Math.max(now, next.at);
        next.wake();
      }
      now = end;
      await settle();
    },
    jump(toMs) {
      now = toMs;
    },
  };
}
