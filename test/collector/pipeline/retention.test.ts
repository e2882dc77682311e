import { describe, expect, it } from 'vitest';
import { retentionFor } from '../../../collector/pipeline/retention.ts';
import { createMemoryStore } from '../../../collector/stores/memory.ts';
import { instanceId } from '../../../slo/instance.ts';
import type { Slo } from '../../../slo/slo.ts';
import { createSliceLedger, type TimeSlices } from '../../../slo/slices.ts';
import { logSlo } from '../sources/event-slo.ts';

const DAY = 86_400;

/** Every length that a slice may have. */
const LENGTHS = Array.from({ length: DAY }, (_, index) => index + 1).filter(
  (seconds) => seconds >= 10 && DAY % seconds === 0,
);

const inSlices = (sliceSeconds: number): TimeSlices => ({
  kind: 'time-slices',
  sliceSeconds,
  maxBadRatio: { num: 1, den: 10 },
  emptySlice: 'ignore',
});

const sloOf = (method?: TimeSlices): Slo =>
  logSlo({ total: '{app="a"}', part: '{app="a"} |= "x"', ...(method && { method }) });

describe('counts that are kept', () => {
  it('reach two days further back than every window, and are merged freely where no slice is judged', () => {
    const { total, widest } = retentionFor([sloOf()], 30 * DAY);
    expect(total).toBe(32 * DAY);
    expect(widest.size).toBe(0);
  });

  it('are never merged over the edge of a slice, whatever its length', () => {
    const cut = LENGTHS.filter((seconds) => {
      const slo = sloOf(inSlices(seconds));
      const width = retentionFor([slo], 30 * DAY).widest.get(slo.id) ?? 900;
      return seconds % width !== 0;
    });
    expect(cut).toEqual([]);
  });

  it.each([15, 90, 1440])(
    'give the same verdicts after they were merged: slices of %i s',
    async (seconds) => {
      const method = inSlices(seconds);
      const slo = sloOf(method);
      const start = 1_800_000_000 - (1_800_000_000 % DAY);
      const store = createMemoryStore();
      // Every other slice is wholly bad.
      const cells = Array.from({ length: DAY / 10 }, (_, index) => {
        const at = start + index * 10;
        const edge = Math.floor((at - start) / seconds) % 2 === 0;
        return { start: at, total: 10, bad: edge ? 10 : 0 };
      });
      const instance = instanceId(slo.id, {});
      await store.commit({
        part: 'a',
        version: 0,
        position: 'p',
        add: cells.map((cell) => ({ instance, width: 1, ...cell })),
      });
      const verdicts = async (): Promise<readonly number[]> => {
        const ledger = createSliceLedger({ method, start: start + DAY, keepSeconds: 2 * DAY });
        await store.readCells((read) => ledger.apply(read));
        return ledger
          .judge(start + DAY, undefined)
          .filter(({ bad }) => bad > 0)
          .map((cell) => cell.start);
      };
      const before = await verdicts();
      expect(before.length).toBe(Math.ceil(DAY / seconds / 2));
      await store.compact(start + 10 * DAY, retentionFor([slo], 30 * DAY));
      expect(await verdicts()).toEqual(before);
    },
  );
});
