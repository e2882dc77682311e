// The watermark of a topic: as far as every partition is known, and no further.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type PartitionProgress,
  topicWatermark,
} from '../../../../collector/sources/kafka/topic-watermark.ts';

const now = 1_800_000_000;
const rules = { latenessSeconds: 0, idleSeconds: 30 };
const partition = (rest: Partial<PartitionProgress>): PartitionProgress => ({
  next: 10,
  high: 20,
  last: now - 5,
  lastReadAt: now - 5,
  ...rest,
});
const mark = (...partitions: PartitionProgress[]) => topicWatermark(partitions, now, rules);

describe('the watermark of a topic', () => {
  it('is the newest event of the partition that is furthest behind', () => {
    expect(mark(partition({ last: now - 3.5 }), partition({ last: now - 90 }))).toBe(now - 90);
    expect(
      topicWatermark([partition({ last: now - 3.5 })], now, { ...rules, latenessSeconds: 10 }),
    ).toBe(now - 14);
  });

  it('waits for a partition with records that nobody has read', () => {
    expect(mark(partition({}), partition({ last: undefined }))).toBeUndefined();
    expect(mark(partition({}), partition({ high: undefined, last: undefined }))).toBeUndefined();
    expect(mark()).toBeUndefined();
  });

  it('goes on with the clock when everything is read, as far behind as the events came', () => {
    const drained = { next: 20, high: 20 };
    expect(mark(partition({ ...drained, last: now - 7, lastReadAt: now - 5 }))).toBe(now - 2);
    expect(mark(partition({ ...drained, last: now - 600, lastReadAt: now - 10 }))).toBe(now - 590);
  });

  it('does not wait for a partition that has been quiet', () => {
    const quiet = partition({ next: 20, last: now - 5_000, lastReadAt: now - 31 });
    expect(mark(quiet)).toBe(now);
    expect(mark(quiet, partition({ last: now - 2 }))).toBe(now - 2);
    expect(mark(partition({ next: 0, high: 0, last: undefined, lastReadAt: 0 }))).toBe(now);
  });

  it('is never past the moment of the proof, unless an event is', () => {
    const progress = fc.record({
      next: fc.nat(20),
      high: fc.option(fc.nat(20), { nil: undefined }),
      last: fc.option(fc.integer({ min: now - 1000, max: now }), { nil: undefined }),
      lastReadAt: fc.integer({ min: now - 1000, max: now + 5 }),
    });
    fc.assert(
      fc.property(fc.array(progress), (partitions) => {
        expect(topicWatermark(partitions, now, rules) ?? 0).toBeLessThanOrEqual(now);
      }),
    );
  });
});
