// What every store must do, whatever it keeps its counts in: one suite, run against each implementation.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AlertEvent,
  type AlertRecord,
  type CellWrite,
  type Commit,
  type Retention,
  StaleReaderError,
  type Store,
  StoreError,
} from '../../collector/stores/store.ts';
import { createMemoryStore } from '../../collector/stores/memory.ts';
import type { CellWidth } from '../../slo/counts.ts';
import { coveredSeconds } from '../../slo/interval.ts';
import { cellsOf, summed } from '../collector/stores/store-cells.ts';

export interface StoreUnderTest {
  /** A new, empty store. */
  open(): Promise<Store>;
  /** Closes the store and opens what it left behind; absent when it leaves nothing. */
  reopen?(store: Store): Promise<Store>;
  /** Random cases for each law; fewer where a case costs more. @default 60 */
  readonly runs?: number;
}

/** A round moment, so that ages are easy to read. */
const T = 1_699_920_000;
const DAY = 86_400;

const retention: Retention = {
  fine: { 1: 600, 10: 21_600, 60: 259_200 },
  total: 30 * DAY,
  widest: new Map(),
};

function cell(
  instance: string,
  start: number,
  total: number,
  bad = 0,
  width: CellWidth = 1,
): CellWrite {
  return { instance, start, width, total, bad };
}

export function describeStore(name: string, subject: StoreUnderTest): void {
  describe(`${name} store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await subject.open();
    });
    afterEach(async () => {
      await store.close();
    });

    describe('commits', () => {
      test('keep counts and position together', async () => {
        await store.commit({ part: 'p', version: 0, position: 'one', add: [cell('s/a', T, 5, 2)] });
        await store.commit({ part: 'p', version: 1, position: 'two', add: [cell('s/a', T, 1, 1)] });
        expect(await store.position('p')).toEqual({ version: 2, position: 'two' });
        expect(summed(await cellsOf(store))).toEqual([`s/a ${T} 1: 3/6`]);
      });

      test('of a part that never was start at version 0', async () => {
        expect(await store.position('p')).toBeUndefined();
        await expect(store.commit({ part: 'p', version: 1, position: '' })).rejects.toThrow(
          StaleReaderError,
        );
        expect(await store.position('p')).toBeUndefined();
      });

      test('made twice are refused the second time and change nothing', async () => {
        const commit: Commit = {
          part: 'p',
          version: 0,
          position: 'one',
          add: [cell('s/a', T, 5, 2)],
          coverage: [{ slo: 's/a', from: T, to: T + 1 }],
        };
        await store.commit(commit);
        await expect(store.commit(commit)).rejects.toThrow(
          'part p is at version 1, not 0: another reader has committed for it',
        );
        expect(summed(await cellsOf(store))).toEqual([`s/a ${T} 1: 2/5`]);
      });

      test('that are wrong in one cell leave no trace of the others', async () => {
        const wrong = { ...cell('s/a', T + 5, 1), width: 10 as const };
        const commit: Commit = {
          part: 'p',
          version: 0,
          position: 'one',
          add: [cell('s/a', T, 5, 2), wrong],
          coverage: [{ slo: 's/a', from: T, to: T + 1 }],
        };
        await expect(store.commit(commit)).rejects.toThrow(
          `commit of part "p": cell start ${T + 5} is not a multiple of its width 10`,
        );
        expect(await store.position('p')).toBeUndefined();
        expect(await cellsOf(store)).toEqual([]);
        expect((await store.coverage()).size).toBe(0);
      });

      test.each([
        ['half an event', { add: [cell('s/a', T, 0.5)] }, 'not whole numbers'],
        ['counts above 2^53', { add: [cell('s/a', T, 2 ** 60)] }, 'not whole numbers'],
        ['a width of 7 s', { add: [{ ...cell('s/a', T, 1), width: 7 as 1 }] }, '7 s wide'],
        ['no instance', { add: [cell('', T, 1)] }, 'instance id has 0 characters'],
        ['half a character', { add: [cell('s/\ud800', T, 1)] }, 'not plain text'],
        ['an empty range', { coverage: [{ slo: 's', from: T, to: T }] }, 'not a range'],
        [
          'a cell outside its range',
          { replace: [{ instance: 's/a', from: T, to: T + 10, cells: [cell('s/a', T + 10, 1)] }] },
          'outside its replacement',
        ],
      ])('refuse %s', async (_, content, message) => {
        const refusal = store.commit({ part: 'p', version: 0, position: '', ...content });
        await expect(refusal).rejects.toThrow(message);
        await expect(refusal).rejects.toThrow(StoreError);
        expect(await store.position('p')).toBeUndefined();
      });

      test('return what was added', async () => {
        const add = [cell('s/a', T, 5, 2), cell('s/b', T + 60, 1, 0, 60)];
        const deltas = await store.commit({ part: 'p', version: 0, position: '', add });
        expect(summed(deltas)).toEqual(summed(add));
      });

      test('may take back what was counted, and what is left is nothing', async () => {
        await store.commit({ part: 'p', version: 0, position: '', add: [cell('s/a', T, 5, 2)] });
        await store.commit({ part: 'p', version: 1, position: '', add: [cell('s/a', T, -5, -2)] });
        expect(summed(await cellsOf(store))).toEqual([]);
        await store.compact(T + 60, retention);
        expect(await cellsOf(store)).toEqual([]);
      });

      test('keep counts up to 2^53 exactly', async () => {
        const most = Number.MAX_SAFE_INTEGER;
        await store.commit({
          part: 'p',
          version: 0,
          position: '',
          add: [cell('s/a', T, most - 1, most - 2)],
        });
        await store.commit({ part: 'p', version: 1, position: '', add: [cell('s/a', T, 1, 1)] });
        expect(summed(await cellsOf(store))).toEqual([`s/a ${T} 1: ${most - 1}/${most}`]);
      });

      test('of different parts at the same time all arrive and are summed', async () => {
        const parts = Array.from({ length: 20 }, (_, index) => `topic/${index}`);
        await Promise.all(
          parts.map(async (part) => {
            for (let version = 0; version < 10; version++)
              await store.commit({
                part,
                version,
                position: `${version}`,
                add: [cell('s/a', T + version, 3, 1)],
                coverage: [{ slo: 's/a', from: T + version, to: T + version + 1 }],
              });
          }),
        );
        expect(summed(await cellsOf(store))).toEqual(
          Array.from({ length: 10 }, (_, index) => `s/a ${T + index} 1: 20/60`),
        );
        expect((await store.coverage()).get('s/a')).toEqual([{ from: T, to: T + 10 }]);
        expect((await store.positions('topic/')).size).toBe(20);
      });

      test('of ten thousand instances and of a month of cells fit in one', async () => {
        const wide = Array.from({ length: 10_000 }, (_, index) => cell(`s/${index}`, T, 7, 1));
        const long = Array.from({ length: 43_200 }, (_, index) =>
          cell('s/long', T + index * 60, 2, 1, 60),
        );
        await store.commit({ part: 'p', version: 0, position: '', add: [...wide, ...long] });
        const cells = await cellsOf(store);
        expect(cells.length).toBe(53_200);
        expect(cells.reduce((sum, { total }) => sum + total, 0)).toBe(70_000 + 86_400);
      });
    });

    describe('positions', () => {
      test('are found by prefix, which is text and no pattern', async () => {
        for (const part of ['kafka/a', 'kafka/b', 'kafka%', 'kafka*', 'loki/a'])
          await store.commit({ part, version: 0, position: part });
        const found = (prefix: string): Promise<string[]> =>
          store.positions(prefix).then((positions) => [...positions.keys()].sort());
        expect(await found('kafka/')).toEqual(['kafka/a', 'kafka/b']);
        expect(await found('kafka%')).toEqual(['kafka%']);
        expect(await found('kafka*')).toEqual(['kafka*']);
        expect(await found('k_fka')).toEqual([]);
        expect((await store.positions('')).get('loki/a')).toEqual({
          version: 1,
          position: 'loki/a',
        });
      });

      test('of a megabyte are kept', async () => {
        const position = JSON.stringify({ last: 'x'.repeat(1_000_000) });
        await store.commit({ part: 'p', version: 0, position });
        expect((await store.position('p'))?.position).toBe(position);
      });
    });

    describe('replacements', () => {
      test('leave exactly the new cells and return the exact differences', async () => {
        await store.commit({
          part: 'p',
          version: 0,
          position: '',
          add: [cell('s/a', T, 5, 2), cell('s/a', T + 10, 7), cell('s/a', T + 60, 1)],
        });
        const deltas = await store.commit({
          part: 'p',
          version: 1,
          position: '',
          replace: [
            {
              instance: 's/a',
              from: T,
              to: T + 60,
              cells: [cell('s/a', T, 5, 3), cell('s/a', T + 20, 4)],
            },
          ],
        });
        expect(summed(deltas)).toEqual(
          [`s/a ${T} 1: 1/0`, `s/a ${T + 10} 1: 0/-7`, `s/a ${T + 20} 1: 0/4`].sort(),
        );
        expect(summed(await cellsOf(store))).toEqual(
          [`s/a ${T} 1: 3/5`, `s/a ${T + 20} 1: 0/4`, `s/a ${T + 60} 1: 0/1`].sort(),
        );
      });

      test('made again change nothing', async () => {
        const replace = [{ instance: 's/a', from: T, to: T + 60, cells: [cell('s/a', T, 5, 3)] }];
        await store.commit({ part: 'p', version: 0, position: '', replace });
        expect(await store.commit({ part: 'p', version: 1, position: '', replace })).toEqual([]);
        expect(summed(await cellsOf(store))).toEqual([`s/a ${T} 1: 3/5`]);
      });

      test('touch neither other parts nor other instances', async () => {
        await store.commit({ part: 'q', version: 0, position: '', add: [cell('s/a', T, 1)] });
        await store.commit({
          part: 'p',
          version: 0,
          position: '',
          add: [cell('s/b', T, 2), cell('s/a', T, 4)],
        });
        await store.commit({
          part: 'p',
          version: 1,
          position: '',
          replace: [{ instance: 's/a', from: T, to: T + 900, cells: [] }],
        });
        expect(summed(await cellsOf(store))).toEqual([`s/a ${T} 1: 0/1`, `s/b ${T} 1: 0/2`]);
      });

      test('come before additions, and a later one sees what an earlier one left', async () => {
        await store.commit({ part: 'p', version: 0, position: '', add: [cell('s/a', T, 100)] });
        const deltas = await store.commit({
          part: 'p',
          version: 1,
          position: '',
          add: [cell('s/a', T, 1)],
          replace: [
            { instance: 's/a', from: T, to: T + 10, cells: [cell('s/a', T, 10)] },
            { instance: 's/a', from: T, to: T + 1, cells: [cell('s/a', T, 20)] },
          ],
        });
        expect(summed(await cellsOf(store))).toEqual([`s/a ${T} 1: 0/21`]);
        expect(summed(deltas)).toEqual([`s/a ${T} 1: 0/-79`]);
      });

      test('of merged cells replace whole ones and leave alone those that reach over the edge', async () => {
        const cells = Array.from({ length: 1800 }, (_, index) => cell('s/a', T + index, 1));
        await store.commit({ part: 'p', version: 0, position: '', add: cells });
        await store.compact(T + 10 * DAY, retention);
        expect((await cellsOf(store)).map(({ width }) => width)).toEqual([900, 900]);
        const deltas = await store.commit({
          part: 'p',
          version: 1,
          position: '',
          replace: [
            {
              instance: 's/a',
              from: T + 300,
              to: T + 2000,
              cells: [
                cell('s/a', T + 400, 70),
                cell('s/a', T + 1000, 80),
                cell('s/a', T + 1900, 90),
              ],
            },
          ],
        });
        expect(summed(deltas)).toEqual(
          [
            `s/a ${T + 900} 900: 0/-900`,
            `s/a ${T + 1000} 1: 0/80`,
            `s/a ${T + 1900} 1: 0/90`,
          ].sort(),
        );
        expect(summed(await cellsOf(store))).toEqual(
          [`s/a ${T + 1000} 1: 0/80`, `s/a ${T + 1900} 1: 0/90`, `s/a ${T} 900: 0/900`].sort(),
        );
      });

      test('of a month in one commit', async () => {
        const days = (bad: number): CellWrite[] =>
          Array.from({ length: 30 * 96 }, (_, index) => cell('s/a', T + index * 900, 10, bad, 900));
        const whole = { instance: 's/a', from: T, to: T + 30 * DAY };
        await store.commit({
          part: 'p',
          version: 0,
          position: '',
          replace: [{ ...whole, cells: days(0) }],
        });
        const deltas = await store.commit({
          part: 'p',
          version: 1,
          position: '',
          replace: [{ ...whole, cells: days(3) }],
        });
        expect(deltas.length).toBe(2880);
        expect(deltas.every(({ total, bad }) => total === 0 && bad === 3)).toBe(true);
        expect(summed(await cellsOf(store))).toEqual(summed(days(3)));
      });
    });

    describe('reading', () => {
      beforeEach(async () => {
        await store.commit({
          part: 'p',
          version: 0,
          position: '',
          add: [
            cell('s/a', T, 1),
            cell('s/a{k="v"}', T + 60, 2, 0, 60),
            cell('s/a-more', T + 120, 4),
            cell('s/b', T + 3600, 8),
          ],
        });
      });

      test('by SLO takes all its instances and no namesake', async () => {
        expect(summed(await cellsOf(store, { slo: 's/a' }))).toEqual(
          [`s/a ${T} 1: 0/1`, `s/a{k="v"} ${T + 60} 60: 0/2`].sort(),
        );
        expect(await cellsOf(store, { slo: 's/nothing' })).toEqual([]);
      });

      test('by time takes cells that lie at least partly in the range', async () => {
        const totals = async (from?: number, to?: number): Promise<number> =>
          (
            await cellsOf(store, {
              ...(from !== undefined && { from }),
              ...(to !== undefined && { to }),
            })
          ).reduce((sum, { total }) => sum + total, 0);
        expect(await totals(T + 61, T + 120)).toBe(2);
        expect(await totals(T + 1, T + 60)).toBe(0);
        expect(await totals(T + 119)).toBe(14);
        expect(await totals(undefined, T + 61)).toBe(3);
      });

      test('gives what commits made, whether or not it was folded meanwhile', async () => {
        const before = summed(await cellsOf(store));
        await store.compact(T + 100, retention);
        expect(summed(await cellsOf(store))).toEqual(before);
        expect(summed(await cellsOf(store, { slo: 's/b' }))).toEqual([`s/b ${T + 3600} 1: 0/8`]);
      });

      test('works while commits go on', async () => {
        const reading = cellsOf(store);
        const committing = store.commit({
          part: 'q',
          version: 0,
          position: '',
          add: [cell('s/z', T, 1)],
        });
        await Promise.all([reading, committing]);
        expect((await cellsOf(store)).length).toBe(5);
      });
    });

    describe('coverage', () => {
      const cover = (version: number, from: number, to: number): Promise<unknown> =>
        store.commit({ part: 'p', version, position: '', coverage: [{ slo: 's/a', from, to }] });

      test('is a union: touching stretches merge, measuring twice changes nothing', async () => {
        await cover(0, T, T + 10);
        await cover(1, T + 20, T + 30);
        await cover(2, T + 5, T + 10);
        await cover(3, T + 10, T + 15);
        expect((await store.coverage()).get('s/a')).toEqual([
          { from: T, to: T + 15 },
          { from: T + 20, to: T + 30 },
        ]);
        await cover(4, T + 15, T + 20);
        expect((await store.coverage()).get('s/a')).toEqual([{ from: T, to: T + 30 }]);
      });

      test('law: it covers exactly the seconds that some commit named', async () => {
        const stretch = fc.tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 1, max: 20 }));
        let run = 0;
        await fc.assert(
          fc.asyncProperty(
            fc.array(stretch, { minLength: 1, maxLength: 12 }),
            async (stretches) => {
              const slo = `s/law-${run++}`;
              const seconds = new Set<number>();
              let version = 0;
              for (const [at, length] of stretches) {
                const from = T + at;
                const to = from + length;
                await store.commit({
                  part: slo,
                  version: version++,
                  position: '',
                  coverage: [{ slo, from, to }],
                });
                for (let second = from; second < to; second++) seconds.add(second);
              }
              const intervals = (await store.coverage()).get(slo) ?? [];
              expect(coveredSeconds(intervals, T, T + 200)).toBe(seconds.size);
              for (const [index, { from, to }] of intervals.entries()) {
                expect(from).toBeLessThan(to);
                expect(from).toBeGreaterThan(intervals[index - 1]?.to ?? -1);
              }
            },
          ),
          { numRuns: subject.runs ?? 60 },
        );
      });

      test('older than retention is cut off', async () => {
        await cover(0, T, T + 1800);
        await cover(1, T + 3600, T + 5400);
        await store.compact(T + 900 + retention.total, retention);
        expect((await store.coverage()).get('s/a')).toEqual([
          { from: T + 900, to: T + 1800 },
          { from: T + 3600, to: T + 5400 },
        ]);
        await store.compact(T + 5400 + retention.total, retention);
        expect((await store.coverage()).get('s/a')).toBeUndefined();
      });
    });

    describe('compaction', () => {
      test('takes a long history that nobody compacted so far', async () => {
        const instances = Array.from({ length: 60 }, (_, index) => `s/slo-${index}`);
        const add = instances.flatMap((instance) =>
          Array.from({ length: 2400 }, (_, minute) => cell(instance, T + 60 * minute, 3, 1)),
        );
        await store.commit({ part: 'p', version: 0, position: 'all', add });
        await store.compact(T + 2400 * 60 + 5 * DAY, retention);
        expect(summed(await cellsOf(store))).toEqual(summed(add, 900));
      });

      const fill = (from: number, seconds: number, instance = 's/a'): Promise<unknown> =>
        store.commit({
          part: instance,
          version: 0,
          position: '',
          add: Array.from({ length: seconds }, (_, index) =>
            cell(instance, from + index, 1 + (index % 7), index % 5 === 0 ? 1 : 0),
          ),
        });

      test('widens cells with age and loses nothing', async () => {
        await fill(T, 3600);
        const before = await cellsOf(store);
        const widths = async (): Promise<number[]> => [
          ...new Set((await cellsOf(store)).map(({ width }) => width)),
        ];
        await store.compact(T + 3600, retention);
        expect(new Set(await widths())).toEqual(new Set([1, 10]));
        expect(summed(await cellsOf(store), 10)).toEqual(summed(before, 10));
        await store.compact(T + 5400, retention);
        expect(await widths()).toEqual([10]);
        await store.compact(T + DAY, retention);
        expect(await widths()).toEqual([60]);
        expect(summed(await cellsOf(store), 60)).toEqual(summed(before, 60));
        await store.compact(T + 5 * DAY, retention);
        expect(await widths()).toEqual([900]);
        expect(summed(await cellsOf(store), 900)).toEqual(summed(before, 900));
      });

      test('stops at the widest cell of the SLO', async () => {
        await fill(T, 1200);
        await fill(T, 1200, 's/slices{k="v"}');
        await store.compact(T + 5 * DAY, { ...retention, widest: new Map([['s/slices', 60]]) });
        const widths = new Set(
          (await cellsOf(store)).map((each) => `${each.instance} ${each.width}`),
        );
        expect(widths).toEqual(new Set(['s/a 900', 's/slices{k="v"} 60']));
      });

      test('merges further when the limit of an SLO is lifted', async () => {
        await fill(T, 1200);
        await store.compact(T + 5 * DAY, { ...retention, widest: new Map([['s/a', 10]]) });
        expect((await cellsOf(store)).every(({ width }) => width === 10)).toBe(true);
        await store.compact(T + 5 * DAY, retention);
        expect((await cellsOf(store)).every(({ width }) => width === 900)).toBe(true);
      });

      test('drops what is past retention and keeps the rest', async () => {
        await fill(T, 3600);
        await store.compact(T + 1800 + retention.total, retention);
        const starts = (await cellsOf(store)).map(({ start }) => start);
        expect(Math.min(...starts)).toBe(T + 1800);
        await store.compact(T + 3600 + retention.total, retention);
        expect(await cellsOf(store)).toEqual([]);
        expect(await store.position('s/a')).toEqual({ version: 1, position: '' });
      });

      test('takes in late counts that arrive in old time', async () => {
        await fill(T, 900);
        await store.compact(T + 5 * DAY, retention);
        await store.commit({
          part: 'late',
          version: 0,
          position: '',
          add: [cell('s/a', T + 5, 1000)],
        });
        await store.compact(T + 5 * DAY, retention);
        const cells = await cellsOf(store);
        expect(cells.every(({ width }) => width === 900)).toBe(true);
        expect(summed(cells)).toEqual(
          summed(
            [
              ...Array.from({ length: 900 }, (_, index) =>
                cell('s/a', T + index, 1 + (index % 7), index % 5 === 0 ? 1 : 0),
              ),
              cell('s/a', T, 1000),
            ],
            900,
          ),
        );
      });

      test('forgets names that have no counts left, and learns them again', async () => {
        await fill(T, 10);
        await store.compact(T + DAY + retention.total + 900, retention);
        expect(await cellsOf(store)).toEqual([]);
        await store.commit({
          part: 's/a',
          version: 1,
          position: '',
          add: [cell('s/a', T + 40 * DAY, 3), cell('s/new', T + 40 * DAY, 4)],
        });
        expect(summed(await cellsOf(store))).toEqual([
          `s/a ${T + 40 * DAY} 1: 0/3`,
          `s/new ${T + 40 * DAY} 1: 0/4`,
        ]);
      });

      test('may run while commits go on', async () => {
        await fill(T, 3600);
        const compacting = store.compact(T + 5 * DAY, retention);
        for (let version = 0; version < 5; version++)
          await store.commit({
            part: 'q',
            version,
            position: '',
            add: [cell('s/a', T + version, 1)],
          });
        await compacting;
        expect((await cellsOf(store)).reduce((sum, { total }) => sum + total, 0)).toBe(14_395 + 5);
      });
    });

    describe('alerts', () => {
      const record = (
        instance: string,
        phase: 'inactive' | 'pending' | 'firing',
        resolvedAt?: number,
      ): AlertRecord => ({
        name: 'ErrorBudgetBurn',
        instance,
        severity: 'page',
        state: {
          phase,
          ...(phase !== 'inactive' && { activeSince: T }),
          ...(resolvedAt !== undefined && { resolvedAt }),
        },
        annotations: { summary: `"${instance}" burns ✨` },
        lastSentAt: T + 5,
      });
      const event = (instance: string, at: number, evidence = '{}'): AlertEvent => ({
        name: 'ErrorBudgetBurn',
        instance,
        severity: 'page',
        at,
        transition: 'firing',
        evidence,
      });

      test('are kept as they were saved, one for each name, instance and severity', async () => {
        await store.saveAlerts([record('s/a', 'pending'), record('s/b', 'firing')], []);
        await store.saveAlerts(
          [record('s/a', 'firing'), { ...record('s/a', 'pending'), severity: 'ticket' }],
          [],
        );
        const alerts = [...(await store.alerts())].sort((a, b) =>
          a.instance + a.severity < b.instance + b.severity ? -1 : 1,
        );
        expect(alerts).toEqual([
          record('s/a', 'firing'),
          { ...record('s/a', 'pending'), severity: 'ticket' },
          record('s/b', 'firing'),
        ]);
      });

      test('that are inactive are dropped at once or an hour after they resolved', async () => {
        await store.saveAlerts(
          [record('s/a', 'firing'), record('s/b', 'firing'), record('s/c', 'firing')],
          [],
        );
        await store.saveAlerts([record('s/a', 'inactive'), record('s/b', 'inactive', T + 60)], []);
        expect((await store.alerts()).map(({ instance }) => instance).sort()).toEqual([
          's/b',
          's/c',
        ]);
        await store.compact(T + 60 + 900, retention);
        expect((await store.alerts()).length).toBe(2);
        await store.compact(T + 60 + 3601, retention);
        expect((await store.alerts()).map(({ instance }) => instance)).toEqual(['s/c']);
      });

      test('events are found newest first, by instance and time, up to a limit', async () => {
        await store.saveAlerts([], [event('s/a', T, 'first'), event('s/b', T + 10)]);
        await store.saveAlerts(
          [],
          [event('s/a', T + 20), event('s/a', T + 20, 'last'), event('s/a', T + 5)],
        );
        const times = async (query: Parameters<Store['alertEvents']>[0]): Promise<number[]> =>
          (await store.alertEvents(query)).map(({ at }) => at - T);
        expect(await times({ limit: 10 })).toEqual([20, 20, 10, 5, 0]);
        expect((await store.alertEvents({ limit: 1 }))[0]?.evidence).toBe('last');
        expect(await times({ limit: 2, instance: 's/a' })).toEqual([20, 20]);
        expect(await times({ limit: 10, from: T + 5, to: T + 20 })).toEqual([10, 5]);
        expect(await times({ limit: 10, instance: 's/b', from: T, to: T + 10 })).toEqual([]);
        expect(await times({ limit: 0 })).toEqual([]);
      });

      test('events past retention are dropped', async () => {
        await store.saveAlerts([], [event('s/a', T), event('s/a', T + DAY)]);
        await store.compact(T + DAY + retention.total, retention);
        expect((await store.alertEvents({ limit: 10 })).map(({ at }) => at)).toEqual([T + DAY]);
        expect((await store.alertEvents({ limit: 10, instance: 's/a' })).length).toBe(1);
      });
    });

    test.each([
      ['quotes', `s/a{k="it's \\"quoted\\"; DROP TABLE parts;--"}`],
      ['other scripts', 's/購入{地域="東京🗼", Größe="ß"}'],
      ['braces', 's/{}}{{'],
      ['lines and spaces', 's/a b\n\tc{k=" "}'],
      ['a thousand characters', `s/a{k="${'x'.repeat(1000)}"}`],
      ['property names', '__proto__'],
    ])('ids with %s are only text', async (_, id) => {
      await store.commit({
        part: id,
        version: 0,
        position: id,
        add: [cell(id, T, 5, 2)],
        coverage: [{ slo: id, from: T, to: T + 60 }],
      });
      await store.commit({
        part: id,
        version: 1,
        position: id,
        replace: [{ instance: id, from: T, to: T + 10, cells: [cell(id, T, 6, 3)] }],
      });
      await store.compact(T + 60, retention);
      await store.saveAlerts(
        [
          {
            name: 'SliDataMissing',
            instance: id,
            severity: 'ticket',
            state: { phase: 'firing' },
            annotations: { [id]: id },
          },
        ],
        [
          {
            name: 'SliDataMissing',
            instance: id,
            severity: 'ticket',
            at: T,
            transition: 'firing',
            evidence: id,
          },
        ],
      );
      expect(summed(await cellsOf(store))).toEqual([`${id} ${T} 1: 3/6`]);
      expect(await store.positions(id)).toEqual(new Map([[id, { version: 2, position: id }]]));
      expect(await store.coverage()).toEqual(new Map([[id, [{ from: T, to: T + 60 }]]]));
      expect((await store.alerts())[0]?.annotations).toEqual({ [id]: id });
      expect((await store.alertEvents({ instance: id, limit: 5 }))[0]?.evidence).toBe(id);
    });

    test('law: like the memory store after any commits, compactions and restarts', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
          let tested = await subject.open();
          const model = createMemoryStore();
          const returned: CellWrite[] = [];
          const versions = new Map<string, number>();
          /** What the tested store showed at each step beside what the model did. */
          const shown: (readonly [string[], string[]])[] = [];
          const show = async (): Promise<void> => {
            shown.push([summed(await cellsOf(tested)), summed(await cellsOf(model))]);
          };
          try {
            for (const next of steps) {
              if (next.kind === 'reopen') tested = (await subject.reopen?.(tested)) ?? tested;
              else if (next.kind === 'compact') {
                await tested.compact(T + next.age, retention);
                await model.compact(T + next.age, retention);
                await show();
              } else {
                const { kind: _, ...content } = next;
                const version = versions.get(next.part) ?? 0;
                const commit = { ...content, version, position: `${version}` };
                versions.set(next.part, version + 1);
                const deltas = await tested.commit(commit);
                shown.push([summed(deltas), summed(await model.commit(commit))]);
                returned.push(...deltas);
              }
            }
            await show();
            expect(shown.map(([tested]) => tested)).toEqual(shown.map(([, model]) => model));
            expect(await tested.coverage()).toEqual(await model.coverage());
            expect(await tested.positions('')).toEqual(await model.positions(''));
            // Nothing here is past retention: what commits returned is what is there.
            expect(summed(await cellsOf(tested), 900)).toEqual(summed(returned, 900));
          } finally {
            await tested.close();
          }
        }),
        { numRuns: subject.runs ?? 60 },
      );
    });

    test('says that it answers', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });

    if (subject.reopen !== undefined) describeRestart(subject);
  });
}

function describeRestart(subject: StoreUnderTest): void {
  test('keeps everything over a restart, folded or not', async () => {
    let store = await subject.open();
    const add = Array.from({ length: 700 }, (_, index) =>
      cell(`s/${index}`, T + index, index + 1, 1),
    );
    const alert: AlertRecord = {
      name: 'ErrorBudgetBurn',
      instance: 's/1',
      severity: 'page',
      state: { phase: 'firing', firingSince: T },
      annotations: {},
    };
    await store.commit({
      part: 'p',
      version: 0,
      position: 'one',
      add,
      coverage: [{ slo: 's/1', from: T, to: T + 5 }],
    });
    await store.saveAlerts([alert], [{ ...alert, at: T, transition: 'firing', evidence: '{}' }]);
    await store.compact(T + 700, retention);
    await store.commit({
      part: 'p',
      version: 1,
      position: 'two',
      add,
      coverage: [{ slo: 's/1', from: T + 5, to: T + 7 }],
    });
    const before = summed(await cellsOf(store));
    store = (await subject.reopen?.(store)) ?? store;
    expect(summed(await cellsOf(store))).toEqual(before);
    expect(await store.position('p')).toEqual({ version: 2, position: 'two' });
    expect((await store.coverage()).get('s/1')).toEqual([{ from: T, to: T + 7 }]);
    expect(await store.alerts()).toEqual([alert]);
    expect((await store.alertEvents({ limit: 5 })).length).toBe(1);
    await store.close();
  });
}

type Step =
  | { readonly kind: 'reopen' }
  | { readonly kind: 'compact'; readonly age: number }
  | ({ readonly kind: 'commit' } & Omit<Commit, 'version' | 'position'>);

const instance = fc.constantFrom('s/a', 's/b', 's/b{k="v"}');
const width = fc.constantFrom(1 as const, 10 as const, 60 as const, 900 as const);

const someCell = fc
  .record({
    instance,
    width,
    at: fc.integer({ min: 0, max: 5000 }),
    total: fc.integer({ min: -3, max: 300 }),
    bad: fc.integer({ min: -2, max: 9 }),
  })
  .map(({ instance, width, at, total, bad }) =>
    cell(instance, T + Math.floor(at / width) * width, total, bad, width),
  );

const replacement = fc
  .record({
    instance,
    from: fc.integer({ min: 0, max: 4000 }),
    length: fc.integer({ min: 1, max: 2000 }),
    cells: fc.array(someCell, { maxLength: 6 }),
  })
  .map(({ instance, from, length, cells }) => ({
    instance,
    from: T + from,
    to: T + from + length,
    cells: cells.filter(
      (each) => each.start >= T + from && each.start + each.width <= T + from + length,
    ),
  }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: 0, max: 20 * DAY })
      .map((age) => ({ kind: 'compact' as const, age })),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      part: fc.constantFrom('p', 'q'),
      add: fc.array(someCell, { maxLength: 8 }),
      replace: fc.array(replacement, { maxLength: 3 }),
      coverage: fc.array(
        fc
          .record({
            slo: fc.constantFrom('s/a', 's/b'),
            from: fc.integer({ min: 0, max: 5000 }),
            length: fc.integer({ min: 1, max: 600 }),
          })
          .map(({ slo, from, length }) => ({ slo, from: T + from, to: T + from + length })),
        { maxLength: 3 },
      ),
    }),
  },
);
