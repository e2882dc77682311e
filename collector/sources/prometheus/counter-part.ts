// One query shard of raw counters: asks for samples since the last answer, folds them, commits counts with the position.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { StoreError } from '../../stores/store.ts';
import type { SourceContext } from '../source.ts';
import {
  type CounterFold,
  createCounterFold,
  type FirstSample,
  type FoldSeries,
} from './counter-fold.ts';
import type { CounterGroup } from './counter-plan.ts';
import { createPositionWriter, memoryFor, parsePosition, queryDigest } from './counter-position.ts';
import type { LabelSet } from './label-matcher.ts';
import type { QueryAnswer, QueryClient } from './query-client.ts';
import { askProcessStarts, type TargetName } from './process-start.ts';
import { QueryError } from './query-error.ts';
import { readLabels, type SampleBatch } from './sample-batch.ts';
import { createSeriesRoutes } from './series-routes.ts';
import { outlastStore } from './store-patience.ts';

export interface CounterPartOptions {
  readonly id: string;
  readonly group: CounterGroup;
  readonly client: QueryClient;
  readonly context: SourceContext;
  readonly failed: (error: StoreError) => void;
  /** Whether somebody else goes on from the part's last commit. @default false */
  readonly isHistory?: boolean;
}

/** Reads one group of SLOs. Not to be used again after a method rejected with StaleReaderError: open it anew. */
export interface CounterPart {
  readonly id: string;
  readonly group: CounterGroup;
  readonly fold: CounterFold;
  /** Everything up to here is committed; undefined before the first commit. */
  readonly readTo: EpochSeconds | undefined;
  /** The samples of `(from, to]`. @throws QueryError */
  ask(from: EpochSeconds, to: EpochSeconds, signal: AbortSignal): Promise<QueryAnswer>;
  /**
   * Folds an answer that reaches up to `to`; a large one lets others run in between. Asks when the processes of new
   * series began, unless the part has never committed: then every series is new.
   */
  take(batch: SampleBatch, to: EpochSeconds, signal: AbortSignal): Promise<void>;
  /**
   * Folds points of a grid up to and including `to`: each series goes on at its cursor, which is moved.
   * Neighbouring points are measured through.
   */
  takePoints(
    batch: SampleBatch,
    cursors: Uint32Array,
    to: EpochSeconds,
    gridSeconds: number,
  ): Promise<void>;
  /** Commits what was folded; what ends by `fineFrom` in wide cells. False when the signal aborted first. */
  commit(to: EpochSeconds, fineFrom: EpochSeconds, signal: AbortSignal): Promise<boolean>;
}

/** Samples folded in one go, about ten milliseconds of work. */
const FOLD_AT_ONCE = 100_000;

/** A process is new when it began so shortly before its first sample; its count is then spread from its start. */
const NEW_PROCESS_MS = 300_000;

/** Series that no SLI selects, remembered so that their labels are judged once. */
const MOST_IGNORED = 200_000;

/** Opens the part where its last commit left it. @throws PositionError, StoreError */
export async function openCounterPart(options: CounterPartOptions): Promise<CounterPart> {
  const { id, group, client, context } = options;
  const kept = await context.ledger.position(id);
  const position = kept && parsePosition(id, kept.position);
  let version = kept?.version ?? 0;
  let readTo = position?.readTo;
  const fold = createCounterFold({
    feeds: group.feeds,
    routes: createSeriesRoutes(group.feeds),
    ledger: context.ledger,
    memory: memoryFor(group.feeds, position),
  });
  const writePosition = createPositionWriter(
    {
      ...position?.slos,
      ...Object.fromEntries(group.feeds.map((feed) => [feed.slo.id, queryDigest(feed)])),
    },
    options.isHistory,
  );
  /** By the text of the answer; null: no SLI selects it. */
  const known = new Map<string, FoldSeries | null>();

  const seriesOf = (text: string): FoldSeries | null => {
    const found = known.get(text);
    if (found === null || found?.forgotten === false) return found;
    if (known.size > MOST_IGNORED) known.clear();
    const labels = labelsOf(text);
    const series = labels === undefined ? null : (fold.series(labels) ?? null);
    known.set(text, series);
    return series;
  };

  const takeUntil = async (
    batch: SampleBatch,
    cursors: Uint32Array,
    to: EpochSeconds,
  ): Promise<readonly FirstSample[]> => {
    const { times, values } = batch;
    const toMs = to * 1000;
    fold.latestMs = toMs;
    let untilPause = FOLD_AT_ONCE;
    for (const [index, text] of batch.series.entries()) {
      const end = batch.starts[index + 1] ?? 0;
      const start = cursors[index] ?? end;
      let at = start;
      const series = seriesOf(text);
      if (series === null) at = end;
      else
        for (; at < end && (times[at] ?? 0) <= toMs; at += 1)
          fold.sample(series, times[at] ?? 0, values[at] ?? NaN);
      cursors[index] = at;
      untilPause -= at - start + 1;
      if (untilPause < 0) {
        untilPause = FOLD_AT_ONCE;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return fold.settle();
  };

  /** Counts what new processes counted before their first scrape. */
  const countNewProcesses = async (
    unproved: readonly FirstSample[],
    to: EpochSeconds,
    signal: AbortSignal,
  ): Promise<void> => {
    const firsts = unproved.filter(({ series: { target } }) => (target?.instance ?? '') !== '');
    if (firsts.length === 0) return;
    const from =
      Math.floor(firsts.reduce((first, { ms }) => Math.min(first, ms), Infinity) / 1000) - 1;
    const targets = firsts.flatMap(({ series: { target } }) => target ?? []);
    let startsOf: (target: TargetName) => readonly number[];
    try {
      startsOf = await askProcessStarts(client, targets, { from, to }, signal);
    } catch (error) {
      // Proof that cannot be had is no proof.
      if (error instanceof QueryError) return;
      throw error;
    }
    for (const first of firsts) {
      const start = startsOf(first.series.target ?? { job: '', instance: '' }).find(
        (ms) => ms <= first.ms && ms > first.ms - NEW_PROCESS_MS,
      );
      if (start !== undefined) fold.countFromStart(first, start);
    }
  };

  return {
    id,
    group,
    fold,
    get readTo() {
      return readTo;
    },
    ask: (from, to, signal) =>
      client.query(`${group.selector}[${Math.max(1, to - from)}s]`, to, signal),
    async take(batch, to, signal) {
      const unproved = await takeUntil(batch, Uint32Array.from(batch.starts), to);
      if (readTo !== undefined) await countNewProcesses(unproved, to, signal);
    },
    async takePoints(batch, cursors, to, gridSeconds) {
      fold.gridMs = gridSeconds * 1000;
      await takeUntil(batch, cursors, to);
      fold.gridMs = undefined;
    },
    async commit(to, fineFrom, signal) {
      const { cells, coverage } = fold.drain(fineFrom);
      const commit = {
        part: id,
        version,
        position: writePosition(to, fold.memory()),
        add: cells,
        coverage,
      };
      const { ledger, clock } = context;
      const kept = () => ledger.commit(commit);
      if ((await outlastStore(kept, clock, signal, options.failed)) === undefined) return false;
      version += 1;
      readTo = to;
      return true;
    },
  };
}

/** Labels that no JSON reader understands belong to a series that no selector can mean. */
function labelsOf(text: string): LabelSet | undefined {
  try {
    return readLabels(text);
  } catch {
    return undefined;
  }
}
