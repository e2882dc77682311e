// The shop's clock: weeks pass as fast as their telemetry is counted, then it is the machine's clock.
import { type Clock, systemClock } from '../../collector/clock.ts';

export interface TimeLapseClock extends Clock {
  /** Sets the time forward without waking anyone yet, so that telemetry of that time is no longer of the future. */
  jump(toMs: number): void;
  /** Wakes whoever slept through a jump, once, and resolves when as many sleep again: all that was due is done. */
  wake(): Promise<void>;
  /** From now on time is the machine's; sleepers wake at their own moment. */
  goLive(): void;
}

interface Sleeper {
  readonly atMs: number;
  readonly signal: AbortSignal | undefined;
  readonly wake: () => void;
}

const LONGEST_TURN_MS = 500;

/** @param startMs the time at which it stands until the first jump */
export function createTimeLapseClock(startMs: number, real: Clock = systemClock): TimeLapseClock {
  const sleepers = new Set<Sleeper>();
  let stands: number | undefined = startMs;
  const now = (): number => stands ?? real.now();

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const wake = (): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { atMs: now() + ms, signal, wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });

  return {
    now,
    sleep: (ms, signal) => (stands === undefined ? real.sleep(ms, signal) : sleep(ms, signal)),
    jump(toMs) {
      stands = Math.max(stands ?? toMs, toMs);
    },
    async wake() {
      const sleeping = sleepers.size;
      const due = [...sleepers].filter(({ atMs }) => atMs <= now());
      for (const { wake } of due) wake();
      // One that is done for good does not sleep again; nobody waits for it longer than this.
      const giveUpAt = performance.now() + LONGEST_TURN_MS;
      while (sleepers.size < sleeping && performance.now() < giveUpAt)
        await new Promise((resolve) => setImmediate(resolve));
    },
    goLive() {
      stands = undefined;
      for (const { atMs, signal, wake } of sleepers)
        void real.sleep(Math.max(0, atMs - real.now()), signal).then(wake);
    },
  };
}
