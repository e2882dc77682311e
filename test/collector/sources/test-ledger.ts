// A ledger straight on a store, with what an engine would have been told, and the sums that a test compares.
import type { Ledger, SourceContext } from '../../../collector/sources/source.ts';
import { createMemoryStore } from '../../../collector/stores/memory.ts';
import type { Commit, Store } from '../../../collector/stores/store.ts';
import { systemClock, type Clock } from '../../../collector/clock.ts';
import type { Log } from '../../../collector/log.ts';
import { instanceId } from '../../../slo/instance.ts';
import type { Interval } from '../../../slo/interval.ts';

export interface TestLedger extends Ledger {
  readonly store: Store;
  /** The newest watermark by SLO. */
  readonly watermarks: ReadonlyMap<string, number>;
  /** Watermarks that went back: there must be none. */
  readonly setBack: readonly string[];
  readonly commits: readonly Commit[];
  /** `instance start` → [total, bad], over all parts, of what the store holds now. */
  counts(): Promise<Map<string, readonly [number, number]>>;
  totals(instance: string): Promise<readonly [number, number]>;
  coverage(slo: string): Promise<readonly Interval[]>;
}

export function createTestLedger(store: Store = createMemoryStore()): TestLedger {
  const watermarks = new Map<string, number>();
  const setBack: string[] = [];
  const commits: Commit[] = [];
  const counts = async (): Promise<Map<string, readonly [number, number]>> => {
    const sums = new Map<string, readonly [number, number]>();
    await store.readCells((cells) => {
      for (const { instance, start, total, bad } of cells) {
        const key = `${instance} ${start}`;
        const [before, badBefore] = sums.get(key) ?? [0, 0];
        if (total !== 0 || bad !== 0) sums.set(key, [before + total, badBefore + bad]);
      }
    });
    return sums;
  };
  return {
    store,
    watermarks,
    setBack,
    commits,
    counts,
    async totals(instance) {
      let sum: readonly [number, number] = [0, 0];
      for (const [key, [total, bad]] of await counts())
        if (key.slice(0, key.lastIndexOf(' ')) === instance) sum = [sum[0] + total, sum[1] + bad];
      return sum;
    },
    coverage: async (slo) => (await store.coverage()).get(slo) ?? [],
    position: (part) => store.position(part),
    positions: (prefix) => store.positions(prefix),
    async commit(commit) {
      await store.commit(commit);
      commits.push(commit);
    },
    instance: (slo, labels) => instanceId(slo.id, labels),
    watermark(slo, at) {
      if (at < (watermarks.get(slo) ?? 0)) setBack.push(`${slo}: ${watermarks.get(slo)} → ${at}`);
      watermarks.set(slo, Math.max(at, watermarks.get(slo) ?? 0));
    },
  };
}

/** A log that keeps its lines, for tests that must see or forbid one. */
export interface ListLog extends Log {
  readonly lines: readonly {
    readonly level: string;
    readonly message: string;
    readonly fields: object;
  }[];
}

export function createListLog(): ListLog {
  const lines: ListLog['lines'][number][] = [];
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
    if (process.env['NINEFOLD_TEST_LOG'] !== undefined)
      process.stderr.write(`${level} ${message} ${JSON.stringify(fields)}\n`);
  };
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}

export function testContext(
  ledger: Ledger,
  rest: { readonly log?: Log; readonly clock?: Clock } = {},
): SourceContext {
  return {
    ledger,
    clock: rest.clock ?? systemClock,
    log: rest.log ?? createListLog(),
    progress: () => {},
  };
}

/** Waits until the condition holds; a test's own time limit is what ends a wait for nothing. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
