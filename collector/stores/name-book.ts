// The numbers under which a store knows instances and SLOs, and the day of each one's newest count.
import type { EpochSeconds } from '../../slo/counts.ts';

const DAY = 86_400;

export interface NameEntry {
  readonly id: number;
  readonly name: string;
  /** Days since the epoch of the newest count; a name is forgotten when that day is past retention. */
  readonly day: number;
}

/** What has changed in the book since it was last kept. */
export type NameChange = NameEntry & { readonly kind: 'added' | 'moved' };

export interface NameBook {
  /** The number of a name that has a count at `at`, a new one when it has none yet. */
  use(name: string, at: EpochSeconds): number;
  name(id: number): string | undefined;
  /** Numbers of the names that a test accepts. */
  ids(accepts: (name: string) => boolean): number[];
  /** Names used since the last `keep` or `undo` that were new or got a newer day. */
  changes(): NameChange[];
  /** The changes are durable now. */
  keep(): void;
  /** The changes were not written: takes them back. */
  undo(): void;
  /** Names whose newest count lies wholly before a moment. */
  before(at: EpochSeconds): NameEntry[];
  delete(entry: NameEntry): void;
  /** One above all numbers ever given. */
  readonly next: number;
}

/** `next` is at least one above every number that was ever given: numbers are never used twice. */
export function createNameBook(entries: Iterable<NameEntry>, next: number): NameBook {
  const byName = new Map<string, { id: number; day: number }>();
  const byId = new Map<number, string>();
  const changed = new Map<string, { before: { id: number; day: number } | undefined }>();
  let kept = next;
  for (const { id, name, day } of entries) {
    byName.set(name, { id, day });
    byId.set(id, name);
  }
  return {
    use(name, at) {
      const day = Math.floor(at / DAY);
      const entry = byName.get(name);
      if (entry === undefined) {
        const id = next++;
        changed.set(name, { before: undefined });
        byName.set(name, { id, day });
        byId.set(id, name);
        return id;
      }
      if (day > entry.day) {
        if (!changed.has(name)) changed.set(name, { before: { ...entry } });
        entry.day = day;
      }
      return entry.id;
    },
    name: (id) => byId.get(id),
    ids: (accepts) => Array.from(byId).flatMap(([id, name]) => (accepts(name) ? [id] : [])),
    changes: () =>
      Array.from(changed, ([name, { before }]) => ({
        ...(byName.get(name) ?? { id: 0, day: 0 }),
        name,
        kind: before === undefined ? 'added' : 'moved',
      })),
    keep() {
      changed.clear();
      kept = next;
    },
    undo() {
      for (const [name, { before }] of changed) {
        const entry = byName.get(name);
        if (before !== undefined) byName.set(name, before);
        else {
          byName.delete(name);
          byId.delete(entry?.id ?? -1);
        }
      }
      changed.clear();
      next = kept;
    },
    before(at) {
      const old: NameEntry[] = [];
      for (const [name, { id, day }] of byName)
        if ((day + 1) * DAY <= at) old.push({ id, name, day });
      return old;
    },
    delete({ id, name }) {
      byName.delete(name);
      byId.delete(id);
    },
    get next() {
      return next;
    },
  };
}
