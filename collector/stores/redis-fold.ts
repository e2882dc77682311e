// Folds a part's journal into blocks in Redis, merges and drops old cells, and forgets names without counts.
import { addInterval, dropBefore, type Interval } from '../../slo/interval.ts';
import { encodeBlock } from './block-codec.ts';
import { type CompactionPlan, sloOf } from './compaction-plan.ts';
import { decodeCoverage, decodeIntervals, encodeIntervals } from './journal-codec.ts';
import type { NameBook } from './name-book.ts';
import type { RedisClient, ScriptArgument } from './redis-client.ts';
import { blockField, COVERAGE_SLAB, decodeJournal, type RedisPart } from './redis-part.ts';
import { FOLD, FORGET } from './redis-scripts.ts';
import { blocksOf, blocksToCompact, createSlab, distinctBlocks } from './slab.ts';
import { createVarintWriter } from './varint.ts';

/** What a fold needs to know of its part, read before anything else so that the epoch guards all of it. */
export interface FoldBase {
  epoch: string;
  readonly names: NameBook;
}

/** The plan, and whether the slab's stored blocks have been through a like one already. */
export interface FoldPlan {
  readonly plan: CompactionPlan;
  readonly blocksDone: boolean;
}

/** The new epoch, or undefined when somebody else rewrote the part meanwhile: nothing was changed then. */
export async function foldSlab(
  client: RedisClient,
  part: RedisPart,
  slab: number,
  { epoch, names }: FoldBase,
  due?: FoldPlan,
): Promise<string | undefined> {
  const slo = (id: number): string | undefined => {
    const name = names.name(id);
    return name === undefined ? undefined : sloOf(name);
  };
  const entries = await part.journal(slab);
  const cells = decodeJournal(part, slab, entries);
  let wanted = blocksOf(cells);
  if (due !== undefined) {
    const stored = due.blocksDone ? [] : await part.blockNames(slab);
    // Not pushed one by one: a history may be more than a call's arguments hold.
    wanted = [...wanted, ...blocksToCompact([...wanted, ...stored], due.plan, slo)];
  }
  const folded = createSlab();
  for (const [name, block] of await part.blocks(slab, distinctBlocks(wanted)))
    folded.put(name, block);
  for (const cell of cells) folded.add(cell);
  if (due !== undefined) folded.compact(due.plan, slo);
  const out = createVarintWriter();
  const written: ScriptArgument[] = [];
  const deleted: string[] = [];
  for (const { block, ...name } of folded.changes())
    if (block === undefined) deleted.push(blockField(name));
    else written.push(blockField(name), encodeBlock(block, part.blockPlace(name), out));
  if (entries.length === 0 && written.length === 0 && deleted.length === 0) return epoch;
  return writeFold(client, part, slab, epoch, entries.length, written, deleted);
}

/** The same for the coverage that the part has journaled. */
export async function foldCoverage(
  client: RedisClient,
  part: RedisPart,
  { epoch, names }: FoldBase,
  before = 0,
): Promise<string | undefined> {
  const entries = await part.journal(COVERAGE_SLAB);
  const held = await storedCoverage(client, part);
  const changed = new Set<string>();
  for (const [slo, intervals] of held) {
    const left = dropBefore(intervals, before);
    if (left === intervals) continue;
    held.set(slo, left);
    changed.add(slo);
  }
  addJournaled(part, entries, names, (slo, interval) => {
    const left = dropBefore([interval], before);
    for (const each of left) held.set(slo, addInterval(held.get(slo) ?? [], each));
    changed.add(slo);
  });
  const out = createVarintWriter();
  const written: ScriptArgument[] = [];
  const deleted: string[] = [];
  for (const slo of changed) {
    const intervals = held.get(slo) ?? [];
    if (intervals.length === 0) deleted.push(slo);
    else written.push(slo, encodeIntervals(intervals, part.coveragePlace(slo), out));
  }
  if (entries.length === 0 && changed.size === 0) return epoch;
  return writeFold(client, part, COVERAGE_SLAB, epoch, entries.length, written, deleted);
}

/** Coverage as last folded. */
export async function storedCoverage(
  client: RedisClient,
  part: RedisPart,
): Promise<Map<string, readonly Interval[]>> {
  const stored = await client.run((redis) => redis.hgetallBuffer(part.keys.blocks(COVERAGE_SLAB)));
  return new Map(
    Object.entries(stored).map(([slo, bytes]) => [
      slo,
      decodeIntervals(bytes, part.coveragePlace(slo)),
    ]),
  );
}

/** Hands over the intervals of journal entries. */
export function addJournaled(
  part: RedisPart,
  entries: readonly Buffer[],
  names: NameBook,
  add: (slo: string, interval: Interval) => void,
): void {
  for (const entry of entries)
    for (const { id, from, to } of decodeCoverage(entry, part.journalPlace(COVERAGE_SLAB))) {
      const slo = names.name(id);
      if (slo !== undefined) add(slo, { from, to });
    }
}

/** Forgets names whose newest count is older than `before`. */
export async function forgetNames(
  client: RedisClient,
  part: RedisPart,
  { epoch, names }: FoldBase,
  before: number,
): Promise<string | undefined> {
  const forgotten = names.before(before);
  if (forgotten.length === 0) return epoch;
  const moved = await client.script(
    FORGET,
    [part.keys.head, part.keys.names],
    [epoch, ...forgotten.map(({ id }) => id)],
  );
  if (typeof moved !== 'number') return undefined;
  for (const entry of forgotten) names.delete(entry);
  return String(moved);
}

async function writeFold(
  client: RedisClient,
  part: RedisPart,
  slab: number,
  epoch: string,
  entries: number,
  written: readonly ScriptArgument[],
  deleted: readonly string[],
): Promise<string | undefined> {
  const { keys } = part;
  const moved = await client.script(
    FOLD,
    [keys.head, keys.slabs, keys.journal(slab), keys.blocks(slab)],
    [epoch, slab, entries, written.length / 2, ...written, ...deleted],
  );
  return typeof moved === 'number' ? String(moved) : undefined;
}
