// One part in Redis: where it stands, and its journals and blocks as they are read back.
import type { BlockName } from './slab.ts';
import { decodeBlock } from './block-codec.ts';
import type { CellBlock } from './cell-block.ts';
import { decodeCells, type NumberedCell } from './journal-codec.ts';
import { createNameBook, type NameBook, type NameEntry } from './name-book.ts';
import type { RedisClient } from './redis-client.ts';
import { LOAD, type PartKeys, partKeys } from './redis-scripts.ts';
import type { PartId } from './store.ts';

/** The slab number under which coverage is journaled. */
export const COVERAGE_SLAB = -1;

/** Fields fetched by one command: some hundred kilobytes, so that no other client waits long. */
const FIELDS = 512;

/** A part as it stood at one moment; `epoch` changes whenever blocks or names are rewritten. */
export interface PartState {
  version: number;
  epoch: string;
  readonly token: string;
  readonly names: NameBook;
}

export interface RedisPart {
  readonly id: PartId;
  readonly keys: PartKeys;
  /** Reads version, epoch and names as of one moment. */
  load(): Promise<PartState>;
  /** Names for reading only; read again when there are new ones. */
  readNames(): Promise<NameBook>;
  epoch(): Promise<string>;
  slabs(): Promise<number[]>;
  journal(slab: number): Promise<Buffer[]>;
  /** Names of all stored blocks of a slab. */
  blockNames(slab: number): Promise<BlockName[]>;
  /** Blocks by name, those that exist, as they are stored. */
  rawBlocks(slab: number, names: readonly BlockName[]): Promise<(readonly [BlockName, Buffer])[]>;
  blocks(slab: number, names: readonly BlockName[]): Promise<(readonly [BlockName, CellBlock])[]>;
  /** Where things are kept, for their checksums. */
  blockPlace(name: BlockName): string;
  journalPlace(slab: number): string;
  coveragePlace(slo: string): string;
}

export const blockField = ({ id, key }: BlockName): string => `${id} ${key}`;

export function decodeJournal(
  part: RedisPart,
  slab: number,
  entries: readonly Buffer[],
): NumberedCell[] {
  const cells: NumberedCell[] = [];
  for (const entry of entries)
    for (const cell of decodeCells(entry, part.journalPlace(slab))) cells.push(cell);
  return cells;
}

export function createRedisPart(client: RedisClient, prefix: string, id: PartId): RedisPart {
  const keys = partKeys(prefix, id);
  const blockPlace = (name: BlockName): string => `blocks ${id} ${blockField(name)}`;

  async function rawBlocks(
    slab: number,
    names: readonly BlockName[],
  ): Promise<(readonly [BlockName, Buffer])[]> {
    const found: (readonly [BlockName, Buffer])[] = [];
    for (let from = 0; from < names.length; from += FIELDS) {
      const slice = names.slice(from, from + FIELDS);
      const blocks = await client.run((redis) =>
        redis.hmgetBuffer(keys.blocks(slab), ...slice.map(blockField)),
      );
      for (const [index, block] of blocks.entries()) {
        const name = slice[index];
        if (block !== null && name !== undefined) found.push([name, block]);
      }
    }
    return found;
  }

  let read: NameBook | undefined;

  async function load(): Promise<PartState> {
    const [head = [], names = []] = (await client.script(LOAD, [keys.head, keys.names], [])) as [
      (string | null)[]?,
      string[]?,
    ];
    return {
      version: Number(head[0] ?? 0),
      epoch: head[1] ?? '0',
      token: head[2] ?? '',
      names: createNameBook(parseNames(names), Number(head[3] ?? 0)),
    };
  }

  return {
    id,
    keys,
    load,
    async readNames() {
      const next = await client.run((redis) => redis.hget(keys.head, 'nextName'));
      if (read === undefined || read.next !== Number(next ?? 0)) read = (await load()).names;
      return read;
    },
    epoch: () => client.run(async (redis) => (await redis.hget(keys.head, 'epoch')) ?? '0'),
    slabs: () => client.run(async (redis) => (await redis.smembers(keys.slabs)).map(Number)),
    journal: (slab) => client.run((redis) => redis.lrangeBuffer(keys.journal(slab), 0, -1)),
    async blockNames(slab) {
      const fields = await client.run((redis) => redis.hkeys(keys.blocks(slab)));
      return fields.map((field) => {
        const [number = '', key = ''] = field.split(' ');
        return { id: Number(number), key: Number(key) };
      });
    },
    rawBlocks,
    async blocks(slab, names) {
      const raw = await rawBlocks(slab, names);
      return raw.map(([name, bytes]) => [name, decodeBlock(bytes, blockPlace(name))] as const);
    },
    blockPlace,
    journalPlace: (slab) => `journal ${id} ${slab}`,
    coveragePlace: (slo) => `coverage ${id} ${slo}`,
  };
}

/** The text kept for a name: its newest day, then the name itself. */
export function nameText(day: number, name: string): string {
  return `${day} ${name}`;
}

/** Reads numbers and texts that follow one another. */
function* parseNames(fields: readonly string[]): Iterable<NameEntry> {
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const text = fields[at + 1] ?? '';
    const space = text.indexOf(' ');
    yield {
      id: Number(fields[at]),
      day: Number(text.slice(0, space)),
      name: text.slice(space + 1),
    };
  }
}
