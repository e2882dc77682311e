// Up to where an SLO's counts can be trusted: the newest sample, or a stated time behind now when none comes.
import type { EpochSeconds } from '../../../slo/counts.ts';

/** Arrivals whose lag is remembered. */
const REMEMBERED = 20;

/** A lag is allowed to grow by half before it is taken for missing data. */
const SLACK = 1.5;

/** A first sample older than this may stem from a dead target. */
const LONGEST_FIRST_LAG = 300;

export interface Watermark {
  /**
   * The end of the SLO's windows after a poll up to `now`.
   *
   * While samples come, it is the newest one: windows then never end in time that nobody has measured yet, and a bad
   * sample counts the moment it is read. Another target's sample of an earlier moment that is read later is added to
   * its own second. When nothing comes it goes on `now − max(settle, 2 scrapes, 1.5 × the usual lag)`: a store that
   * is always two minutes behind stays so, and a dead target's windows move on.
   */
  after(now: EpochSeconds, newestMs: number, scrapeMs: number): EpochSeconds;
}

/** @param settleSeconds how long after its time a sample may still appear */
export function createWatermark(settleSeconds: number): Watermark {
  const lags: number[] = [];
  let newest = -Infinity;
  let watermark = 0;
  return {
    after(now, newestMs, scrapeMs) {
      const arrived = Math.ceil(newestMs / 1000);
      if (arrived > newest) {
        // The first arrival may be of a target that is long gone, which tells nothing of how late samples come.
        if (newest !== -Infinity || now - arrived <= LONGEST_FIRST_LAG) lags.push(now - arrived);
        if (lags.length > REMEMBERED) lags.shift();
        newest = arrived;
      }
      const allowed = Math.max(settleSeconds, (2 * scrapeMs) / 1000, SLACK * Math.max(0, ...lags));
      watermark = Math.max(watermark, Math.min(now, newest), Math.floor(now - allowed));
      return watermark;
    },
  };
}
