import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDueHeap } from '../../../synthetics/runner/due-heap.ts';
import { dueAtOrAfter, spreadMs } from '../../../synthetics/runner/schedule.ts';
import { scheduledTime } from '../../../synthetics/runner/scheduled-time.ts';

const scheduled = fc.record({
  id: fc.stringMatching(/^[a-z]{1,9}\/[a-z]{1,9}$/),
  everySeconds: fc.integer({ min: 1, max: 604_800 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});
const moment = fc.integer({ min: 1_700_000_000_000, max: 2_000_000_000_000 });

describe('the schedule of a check', () => {
  it('is a grid of its period, shifted by no more than its jitter', () => {
    fc.assert(
      fc.property(scheduled, moment, fc.constantFrom('', 'eu', 'us'), (check, at, location) => {
        const due = dueAtOrAfter(check, location, at);
        const period = check.everySeconds * 1000;
        expect(due).toBeGreaterThanOrEqual(at);
        expect(due - at).toBeLessThan(period);
        expect(due % period).toBe(spreadMs(check, location) % period);
        expect(spreadMs(check, location)).toBeLessThanOrEqual(check.jitter * period);
        expect(dueAtOrAfter(check, location, due)).toBe(due);
        expect(dueAtOrAfter(check, location, due + 1)).toBe(due + period);
      }),
    );
  });

  it('spreads checks evenly over the jitter, also those whose names differ by a digit', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 1000; n += 1) {
      const check = { id: `shop/page-${n}`, everySeconds: 60, jitter: 1 };
      const tenth = Math.floor(spreadMs(check, 'eu') / 6000);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // A hundred each, give or take four standard deviations of chance.
    for (const count of tenths) expect(Math.abs(count - 100)).toBeLessThan(40);
  });
});

describe('the heap of what is due', () => {
  it('gives everything back in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (moments) => {
        const heap = createDueHeap<number>();
        for (const [value, atMs] of moments.entries()) heap.add({ atMs, value });
        const taken: number[] = [];
        for (let next = heap.take(); next !== undefined; next = heap.take()) taken.push(next.atMs);
        expect(taken).toEqual(moments.toSorted((a, b) => a - b));
        expect(heap.size).toBe(0);
      }),
    );
  });
});

describe('the time for which somebody scheduled a run', () => {
  const now = Date.parse('2026-11-22T20:00:05Z');
  it.each([
    ['ninefold-probe-eu-1m-29922960', now - 5000],
    ['2026-11-22T20:00:00Z', now - 5000],
    ['2026-11-22T21:00:00.250+01:00', now - 4750],
  ])('is in %s', (text, expected) => {
    expect(scheduledTime(text, now)).toBe(expected);
  });
  it.each(['by-hand', 'probe-12345678', '2026-11-22', '2019-01-01T00:00:00Z', ''])(
    'is not in %j',
    (text) => {
      expect(scheduledTime(text, now)).toBeUndefined();
    },
  );
});
