// Reads cells and coverage of all parts from Redis, each slab as of one moment, while commits go on beside it.
import type { Cell } from '../../slo/counts.ts';
import { addInterval, type Interval } from '../../slo/interval.ts';
import { visitBlock } from './block-codec.ts';
import { blockPlace } from './cell-series.ts';
import { sloOf } from './compaction-plan.ts';
import type { RedisClient } from './redis-client.ts';
import { addJournaled, storedCoverage } from './redis-fold.ts';
import { COVERAGE_SLAB, decodeJournal, type RedisPart } from './redis-part.ts';
import { slabOf } from './slab.ts';
import { type CellWrite, type Store, StoreError } from './store.ts';

/** How often a slab is read again because it was rewritten meanwhile. */
const ATTEMPTS = 20;

type ReadCells = Parameters<Store['readCells']>;

/** Visits all cells of one part, a block at a time. */
export async function readRedisCells(
  part: RedisPart,
  visit: ReadCells[0],
  { slo, from = -Infinity, to = Infinity }: NonNullable<ReadCells[1]>,
): Promise<void> {
  let names = await part.readNames();
  const wanted = slo === undefined ? undefined : new Set(names.ids((name) => sloOf(name) === slo));
  const slabs = wanted === undefined ? await part.slabs() : new Set(Array.from(wanted, slabOf));
  for (const slab of slabs) {
    if (slab === COVERAGE_SLAB) continue;
    const { blocks, entries } = await steady(part, async () => {
      const stored = (await part.blockNames(slab)).filter(({ id, key }) => {
        const { start, end } = blockPlace(key);
        return end > from && start < to && (wanted === undefined || wanted.has(id));
      });
      const blocks = await part.rawBlocks(slab, stored);
      return { blocks, entries: await part.journal(slab) };
    });
    const journaled = decodeJournal(part, slab, entries);
    // A commit may have brought a new name since the names were read.
    if (journaled.some(({ id }) => names.name(id) === undefined)) names = await part.readNames();
    let batch: CellWrite[] = [];
    const add = (id: number, cell: Cell): void => {
      const instance = names.name(id);
      if (instance === undefined || cell.start + cell.width <= from || cell.start >= to) return;
      if (slo === undefined || sloOf(instance) === slo) batch.push({ instance, ...cell });
    };
    const flush = (): void => {
      if (batch.length > 0) visit(batch);
      batch = [];
    };
    for (const [name, bytes] of blocks) {
      const { width, start } = blockPlace(name.key);
      visitBlock(bytes, part.blockPlace(name), (offset, total, bad) =>
        add(name.id, { start: start + offset * width, width, total, bad }),
      );
      flush();
    }
    for (const { id, start, width, total, bad } of journaled) add(id, { start, width, total, bad });
    flush();
  }
}

/** Adds a part's measured time to that of others. */
export async function readRedisCoverage(
  client: RedisClient,
  part: RedisPart,
  coverage: Map<string, readonly Interval[]>,
): Promise<void> {
  const { stored, entries } = await steady(part, async () => {
    const stored = await storedCoverage(client, part);
    return { stored, entries: await part.journal(COVERAGE_SLAB) };
  });
  const add = (slo: string, interval: Interval): void =>
    void coverage.set(slo, addInterval(coverage.get(slo) ?? [], interval));
  for (const [slo, intervals] of stored) for (const interval of intervals) add(slo, interval);
  if (entries.length > 0) addJournaled(part, entries, await part.readNames(), add);
}

/** Reads until no fold came in between: blocks and journal then belong together. */
async function steady<T>(part: RedisPart, read: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await part.epoch();
    const found = await read();
    if ((await part.epoch()) === before) return found;
  }
  throw new StoreError(`part ${part.id} was rewritten ${ATTEMPTS} times while it was read`, {
    retryable: true,
  });
}
