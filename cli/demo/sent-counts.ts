// What the shop knows to have sent, kept apart from the collector: the truth that its budgets are compared with.
import type { Counts, EpochSeconds } from '../../slo/counts.ts';
import type { InstanceId } from '../../slo/instance.ts';

export interface SentCounts {
  /** Notes events of one second (or of the stretch that begins with it). */
  add(instance: InstanceId, at: EpochSeconds, total: number, bad: number): void;
  /** All that was sent with a time before `end`, which lies at most ten minutes before the newest second. */
  before(instance: InstanceId, end: EpochSeconds): Counts;
}

const KEPT_SECONDS = 600;

interface Tally {
  total: number;
  bad: number;
  /** The newest seconds, in order. */
  recent: { readonly at: EpochSeconds; readonly total: number; readonly bad: number }[];
}

export function createSentCounts(): SentCounts {
  const tallies = new Map<InstanceId, Tally>();
  return {
    add(instance, at, total, bad) {
      if (total === 0) return;
      let tally = tallies.get(instance);
      if (tally === undefined) tallies.set(instance, (tally = { total: 0, bad: 0, recent: [] }));
      tally.total += total;
      tally.bad += bad;
      tally.recent.push({ at, total, bad });
      if (tally.recent.length > 2 * KEPT_SECONDS)
        tally.recent = tally.recent.filter((each) => each.at > at - KEPT_SECONDS);
    },
    before(instance, end) {
      const tally = tallies.get(instance) ?? { total: 0, bad: 0, recent: [] };
      let { total, bad } = tally;
      for (const each of tally.recent)
        if (each.at >= end) {
          total -= each.total;
          bad -= each.bad;
        }
      return { total, bad };
    },
  };
}
