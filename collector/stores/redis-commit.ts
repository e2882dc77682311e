// Commits to Redis: one script each, applied once however often the connection is lost on the way.
import { randomUUID } from 'node:crypto';
import { CELL_WIDTHS } from '../../slo/counts.ts';
import { BLOCK_SECONDS, blockStart } from './cell-block.ts';
import { addToSeries, blockKey, type CellSeries } from './cell-series.ts';
import { encodeCells, encodeCoverage, type NumberedCell } from './journal-codec.ts';
import type { RedisClient, ScriptArgument } from './redis-client.ts';
import {
  COVERAGE_SLAB,
  decodeJournal,
  nameText,
  type PartState,
  type RedisPart,
} from './redis-part.ts';
import { COMMIT } from './redis-scripts.ts';
import { replacementDifferences } from './replacement.ts';
import { type BlockName, slabOf } from './slab.ts';
import {
  type Commit,
  type CountDelta,
  type Replacement,
  StaleReaderError,
  StoreError,
} from './store.ts';
import { createVarintWriter } from './varint.ts';

/** How often a commit is computed again because blocks were rewritten meanwhile, by another collector's compaction. */
const ATTEMPTS = 20;

/** A commit whose answer was lost: whether it was applied is found out when it is made again. */
interface Doubt {
  readonly commit: Commit;
  readonly token: string;
  readonly deltas: readonly CountDelta[];
}

export interface Committed {
  readonly deltas: readonly CountDelta[];
  /** Entries in the journal of each slab written to. */
  readonly journals: ReadonlyMap<number, number>;
}

export interface RedisCommitter {
  /** @throws StoreError, StaleReaderError */
  commit(commit: Commit): Promise<Committed>;
  /** Takes over the epoch that this process's own fold has made. */
  moved(from: string, to: string): void;
}

/** Commits for one part; calls must follow one another. */
export function createRedisCommitter(client: RedisClient, part: RedisPart): RedisCommitter {
  const out = createVarintWriter();
  let state: PartState | undefined;
  let doubt: Doubt | undefined;

  async function commit(wanted: Commit): Promise<Committed> {
    const known = doubt !== undefined && sameCommit(doubt.commit, wanted) ? doubt : undefined;
    const token = known?.token ?? randomUUID();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (state?.version !== wanted.version) state = await part.load();
      const current = state;
      if (known !== undefined && current.token === token)
        return settled({ deltas: known.deltas, journals: new Map() });
      if (current.version !== wanted.version) {
        state = undefined;
        throw new StaleReaderError(part.id, wanted.version, current.version);
      }
      const done = await tryCommit(wanted, token, current, known);
      if (done !== undefined) return settled(done);
      state = undefined;
    }
    throw new StoreError(`part ${part.id} was rewritten ${ATTEMPTS} times during one commit`, {
      retryable: true,
    });
  }

  function settled(done: Committed): Committed {
    doubt = undefined;
    return done;
  }

  /** Undefined when names or blocks were rewritten since they were read. */
  async function tryCommit(
    wanted: Commit,
    token: string,
    current: PartState,
    known: Doubt | undefined,
  ): Promise<Committed | undefined> {
    const { names } = current;
    let deltas: readonly CountDelta[] = [];
    let sent = false;
    try {
      const replaced = await replacementDeltas(current, wanted.replace ?? []);
      deltas = replaced.length === 0 ? (wanted.add ?? []) : [...replaced, ...(wanted.add ?? [])];
      const entries = journalEntries(current, deltas, wanted);
      const changes = names.changes();
      const { keys } = part;
      const args: ScriptArgument[] = [
        wanted.version,
        wanted.version + 1,
        current.epoch,
        token,
        wanted.position,
        names.next,
        changes.length,
      ];
      for (const { id, name, day } of changes) args.push(id, nameText(day, name));
      for (const [slab, entry] of entries) args.push(slab, entry);
      const journals = entries.map(([slab]) => keys.journal(slab));
      sent = true;
      const [answer, ...rest] = (await client.script(
        COMMIT,
        [keys.head, keys.names, keys.slabs, ...journals],
        args,
      )) as (string | number)[];
      if (answer === 'stale') {
        state = undefined;
        throw new StaleReaderError(part.id, wanted.version, Number(rest[0]));
      }
      if (answer === 'epoch') return undefined;
      names.keep();
      current.version++;
      return {
        // Applied by an earlier try: what it changed can no longer be read off the store.
        deltas: answer === 'done' && known !== undefined ? known.deltas : deltas,
        journals: new Map(entries.map(([slab], index) => [slab, Number(rest[index] ?? 0)])),
      };
    } catch (error) {
      state = undefined;
      // Once the script was sent, a lost connection leaves open whether it ran.
      if (sent && error instanceof StoreError && error.retryable)
        doubt = { commit: wanted, token, deltas };
      throw error;
    }
  }

  function journalEntries(
    { names }: PartState,
    deltas: readonly CountDelta[],
    { coverage = [] }: Commit,
  ): (readonly [number, Buffer])[] {
    const bySlab = new Map<number, NumberedCell[]>();
    for (const { instance, start, width, total, bad } of deltas) {
      const id = names.use(instance, start);
      const cell = { id, start, width, total, bad };
      const cells = bySlab.get(slabOf(id));
      if (cells === undefined) bySlab.set(slabOf(id), [cell]);
      else cells.push(cell);
    }
    const entries = Array.from(
      bySlab,
      ([slab, cells]) => [slab, encodeCells(cells, part.journalPlace(slab), out)] as const,
    );
    if (coverage.length === 0) return entries;
    const numbered = coverage.map(({ slo, from, to }) => ({ id: names.use(slo, to), from, to }));
    const entry = encodeCoverage(numbered, part.journalPlace(COVERAGE_SLAB), out);
    return [...entries, [COVERAGE_SLAB, entry]];
  }

  async function replacementDeltas(
    { names }: PartState,
    replacements: readonly Replacement[],
  ): Promise<CountDelta[]> {
    const deltas: CountDelta[] = [];
    const journaled = new Map<number, NumberedCell[]>();
    for (const replacement of replacements) {
      const id = names.use(replacement.instance, replacement.from);
      const slab = slabOf(id);
      let cells = journaled.get(slab);
      if (cells === undefined) {
        cells = decodeJournal(part, slab, await part.journal(slab));
        journaled.set(slab, cells);
      }
      const held = await heldAround(id, replacement);
      for (const cell of cells) if (cell.id === id) addToSeries(held, cell);
      for (const cell of replacementDifferences(held, replacement)) {
        deltas.push({ instance: replacement.instance, ...cell });
        cells.push({ id, ...cell });
      }
    }
    return deltas;
  }

  /** The stored blocks of an instance around a range: enough to replace the range exactly. */
  async function heldAround(id: number, { from, to }: Replacement): Promise<CellSeries> {
    const names: BlockName[] = [];
    for (const width of CELL_WIDTHS)
      for (let at = blockStart(from, width); at < to; at += BLOCK_SECONDS[width])
        names.push({ id, key: blockKey(at, width) });
    const blocks = await part.blocks(slabOf(id), names);
    return new Map(blocks.map(([{ key }, block]) => [key, block]));
  }

  return {
    commit,
    moved(from, to) {
      if (state?.epoch === from) state.epoch = to;
    },
  };
}

function sameCommit(a: Commit, b: Commit): boolean {
  return a === b || (a.version === b.version && JSON.stringify(a) === JSON.stringify(b));
}
