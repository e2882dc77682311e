// One SLO on log lines: the newest cells polled, the last hour read again and replaced, its history read back in chunks.
import type { LokiConnection } from '../../../slo/connection.ts';
import type { Cell, CellWidth, EpochSeconds } from '../../../slo/counts.ts';
import type { LogForm } from '../../../slo/sli.ts';
import type { Slo } from '../../../slo/slo.ts';
import type { Commit, Replacement } from '../../stores/store.ts';
import { StaleReaderError } from '../../stores/store.ts';
import type { SourceContext } from '../source.ts';
import type { LokiClient } from './loki-client.ts';
import { LokiError } from './loki-error.ts';
import { type LokiPosition, lokiPart, parseLokiPosition, queriesDigest } from './loki-position.ts';
import type { CellRange, LineSeries } from './loki-query.ts';
import { alignDown, chunksOf, FINEST, historySeconds, widestCells } from './reading-plan.ts';

/** An SLO whose SLI counts log lines. */
export interface LogSlo extends Slo {
  readonly sli: Slo['sli'] & { readonly form: LogForm };
}

export interface LogReader {
  readonly slo: LogSlo;
  /** Reads the newest cells and, when it is time, the last hour again. @throws LokiError, StoreError */
  poll(signal: AbortSignal): Promise<void>;
  /** Reads one more chunk of history, newest first; false when none is left, undefined before the first poll. @throws LokiError, StoreError */
  readBack(signal: AbortSignal): Promise<boolean | undefined>;
  watermark(): EpochSeconds | undefined;
  /** Seconds of history still to read, of all that was asked for. */
  history(): { readonly left: number; readonly whole: number };
}

export interface LogReaderOptions {
  readonly connection: string;
  readonly settings: LokiConnection;
  readonly slo: LogSlo;
  readonly client: LokiClient;
  readonly context: SourceContext;
  readonly count: (name: string, by: number) => void;
}

/** Every poll reads this much again: what was late by seconds need not wait for the full reread. */
const RECENT_SECONDS = 180;
const FULL_REREAD_SECONDS = 300;
/** A range that Loki refuses is halved down to this. */
const SHORTEST_SPLIT = 600;

export function createLogReader(options: LogReaderOptions): LogReader {
  const { connection, settings, slo, client, context, count } = options;
  const { ledger, clock } = context;
  const { form } = slo.sli;
  const part = lokiPart(connection, slo.id);
  const queries = queriesDigest(form, slo.groupBy);
  const labels = slo.groupBy?.labels ?? [];
  const widest = widestCells(slo);
  // Instances with cells that may have to be emptied, and when they were last seen.
  const seen = new Map<string, EpochSeconds>();
  let version = 0;
  let position: LokiPosition | undefined;
  let loaded = false;
  let announced = 0;
  let fullRereadAt = -Infinity;

  const now = (): EpochSeconds => Math.floor(clock.now() / 1000);
  const target = (): EpochSeconds =>
    settings.backfill ? alignDown(now() - historySeconds(slo), 900) : now();

  async function load(): Promise<void> {
    if (loaded) return;
    const stored = await ledger.position(part);
    version = stored?.version ?? 0;
    const held = stored && parseLokiPosition(stored.position);
    position = held?.queries === queries ? held : undefined;
    if (held !== undefined && position === undefined)
      context.log.warn(
        { slo: slo.id },
        `the queries of ${slo.id} have changed: its history is read anew`,
      );
    loaded = true;
    if (position !== undefined)
      announce(Math.min(position.through, now() - settings.settleSeconds));
  }

  function announce(to: EpochSeconds): void {
    if (to <= announced) return;
    announced = to;
    ledger.watermark(slo.id, to);
  }

  async function commit(next: LokiPosition, rest: Partial<Commit>): Promise<void> {
    try {
      await ledger.commit({ part, version, position: JSON.stringify(next), ...rest });
      version += 1;
      position = next;
    } catch (error) {
      // Whatever happened to it, the store knows where the part stands now.
      loaded = false;
      if (!(error instanceof StaleReaderError)) throw error;
      count('stale_commits', 1);
    }
  }

  /** The cells of one range, split where Loki finds it too much. */
  async function read(range: CellRange, signal: AbortSignal): Promise<RangeCounts> {
    try {
      return await readOnce(range, signal);
    } catch (error) {
      const half = alignDown((range.from + range.to) / 2, range.width);
      const splittable = range.to - range.from > SHORTEST_SPLIT && half > range.from;
      if (!(error instanceof LokiError) || !error.tooMuch || !splittable) throw error;
      count('splits', 1);
      const older = await read({ ...range, to: half }, signal);
      const younger = await read({ ...range, from: half }, signal);
      for (const [instance, cells] of younger)
        older.set(instance, [...(older.get(instance) ?? []), ...cells]);
      return older;
    }
  }

  async function readOnce(range: CellRange, signal: AbortSignal): Promise<RangeCounts> {
    const ask = (query: string): Promise<readonly LineSeries[]> => {
      count('queries', 1);
      return client.count(query, labels, range, signal);
    };
    // Lines that arrive between the two queries must not look bad until the next poll: the bad ones are counted
    // first of all, the good ones last.
    if (form.counted === 'bad') {
      const bad = await ask(form.part);
      return join(range.width, await ask(form.total), bad);
    }
    const total = await ask(form.total);
    return join(range.width, total, await ask(form.part));
  }

  function join(
    width: CellWidth,
    totals: readonly LineSeries[],
    parts: readonly LineSeries[],
  ): RangeCounts {
    const lines = new Map<string, Map<EpochSeconds, { total: number; part: number }>>();
    const put = (series: readonly LineSeries[], into: 'total' | 'part'): void => {
      for (const { labels: found, counts } of series) {
        const values = Object.fromEntries(labels.map((label) => [label, found[label] ?? '']));
        const instance = ledger.instance(slo, values);
        const cells =
          lines.get(instance) ?? new Map<EpochSeconds, { total: number; part: number }>();
        lines.set(instance, cells);
        for (const each of counts) {
          const cell = cells.get(each.start) ?? { total: 0, part: 0 };
          cell[into] += each.lines;
          cells.set(each.start, cell);
        }
      }
    };
    put(totals, 'total');
    put(parts, 'part');
    const counted: RangeCounts = new Map();
    for (const [instance, cells] of lines)
      counted.set(
        instance,
        [...cells].map(([start, { total, part }]): Cell => {
          if (part > total) count('clamped_cells', 1);
          const matched = Math.min(part, total);
          return { start, width, total, bad: form.counted === 'bad' ? matched : total - matched };
        }),
      );
    return counted;
  }

  /** Every instance that has, or may have had, cells in the range gets exactly the new ones. */
  function replacements({ from, to }: CellRange, counts: RangeCounts): Replacement[] {
    for (const instance of counts.keys()) seen.set(instance, to);
    if (labels.length === 0) seen.set(ledger.instance(slo, {}), to);
    for (const [instance, at] of seen)
      if (at < to - 2 * settings.rereadSeconds) seen.delete(instance);
    const all = new Set([...seen.keys(), ...counts.keys()]);
    return [...all].map((instance) => ({ instance, from, to, cells: counts.get(instance) ?? [] }));
  }

  async function pollOnce(signal: AbortSignal): Promise<void> {
    await load();
    const at = now();
    const to = alignDown(at, FINEST);
    const full = at - fullRereadAt >= FULL_REREAD_SECONDS;
    const again = to - (full ? settings.rereadSeconds : RECENT_SECONDS);
    const from = alignDown(Math.min(position?.through ?? to, again), FINEST);
    for (const range of chunksOf({ from, to }, at, widest)) {
      const counts = await read(range, signal);
      const before = position;
      const covered = before?.covered ?? firstCell(counts) ?? range.to;
      const begin = Math.max(covered, Math.min(before?.through ?? covered, range.from));
      await commit(
        {
          queries,
          through: Math.max(before?.through ?? 0, range.to),
          since: before?.since ?? range.from,
          covered,
        },
        {
          replace: replacements(range, counts),
          ...(begin < range.to && { coverage: [{ slo: slo.id, from: begin, to: range.to }] }),
        },
      );
      if (!loaded) return;
      countLines(counts);
      announce(Math.min(range.to, at - settings.settleSeconds));
    }
    if (full) fullRereadAt = at;
  }

  function countLines(counts: RangeCounts): void {
    count(
      'cells',
      [...counts.values()].reduce((sum, cells) => sum + cells.length, 0),
    );
  }

  return {
    slo,
    poll: pollOnce,
    async readBack(signal) {
      await load();
      if (position === undefined) return undefined;
      const { since, covered } = position;
      const chunk = chunksOf({ from: target(), to: since }, now(), widest).at(-1);
      if (chunk === undefined) return false;
      const counts = await read(chunk, signal);
      // Silence before the first line may as well be time that Loki no longer has: it is not called measured.
      const first = firstCell(counts);
      const begin = Math.min(covered, first ?? covered);
      await commit(
        { ...position, since: chunk.from, covered: begin },
        {
          replace: replacements(chunk, counts),
          ...(begin < covered && { coverage: [{ slo: slo.id, from: begin, to: covered }] }),
        },
      );
      countLines(counts);
      return true;
    },
    watermark: () => (announced === 0 ? undefined : announced),
    history() {
      const whole = Math.max(0, now() - target());
      const left = Math.max(0, (position?.since ?? now()) - target());
      return { left: Math.min(left, whole), whole };
    },
  };
}

type RangeCounts = Map<string, readonly Cell[]>;

function firstCell(counts: RangeCounts): EpochSeconds | undefined {
  let first: EpochSeconds | undefined;
  for (const cells of counts.values())
    for (const { start } of cells) if (first === undefined || start < first) first = start;
  return first;
}
