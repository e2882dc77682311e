/** Commits that follow from their number alone, so that a process that was killed can be checked against its version. */
import type { Commit, Retention } from '../../../collector/stores/store.ts';

const T = 1_699_920_000;

export const PART = 'topic/0';

/** Short limits, so that a few hundred commits go through every kind of rewriting. */
export const retention: Retention = {
  fine: { 1: 60, 10: 300, 60: 1200 },
  total: 40 * 86_400,
  widest: new Map(),
};

export const momentOf = (version: number): number => T + version * 7;

/** Commit `version`: additions for forty instances, and for another one a replacement of the last ten commits' time. */
export function countedCommit(version: number): Commit {
  const at = momentOf(version);
  const add = Array.from({ length: 40 }, (_, index) => ({
    instance: `shop/slo{n="${index}"}`,
    start: at,
    width: 1 as const,
    total: 1 + ((version + index) % 7),
    bad: (version + index) % 2,
  }));
  const from = Math.max(T, momentOf(version - 9));
  const instance = 'shop/polled';
  return {
    part: PART,
    version,
    position: `offset ${version + 1}`,
    add,
    replace: [
      {
        instance,
        from,
        to: at + 1,
        cells: [{ start: at, width: 1, total: 1000 + version, bad: version }],
      },
    ],
    coverage: [{ slo: 'shop/slo', from: at, to: at + (version % 10 === 0 ? 5 : 7) }],
  };
}
