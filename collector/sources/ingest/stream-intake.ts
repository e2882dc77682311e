// One ingest stream: requests that arrive together are committed together, and answered once they are durable.
import type { EpochSeconds } from '../../../slo/counts.ts';
import { type CellWrite, type Commit, StaleReaderError, StoreError } from '../../stores/store.ts';
import type { Classifier } from '../events/classifier.ts';
import type { EventFold, TimeSpan } from '../events/event-fold.ts';
import type { SourceContext } from '../source.ts';
import type { Heartbeat } from './heartbeat.ts';
import { extendWindow, type KeyedRequest } from './idempotency-window.ts';
import { IngestRefusal } from './ingest-refusal.ts';
import { type Counted, takeVotes } from './slot-votes.ts';
import {
  formatStreamPosition,
  measure,
  NEW_STREAM,
  parseStreamPosition,
  type StreamPosition,
} from './stream-position.ts';

/** One request, judged and ready to be counted. */
export interface IntakeRequest {
  readonly fold: EventFold;
  readonly heartbeats: readonly Heartbeat[];
  /** No line in it. */
  readonly empty: boolean;
  /** Its key with the answer that it will get, when it has one. */
  readonly keyed?: KeyedRequest;
}

export interface StreamIntake {
  /** Reads the stream's position. @throws StoreError */
  open(): Promise<void>;
  /** The request that was already counted under this key, here or by another collector. */
  counted(key: string): KeyedRequest | undefined;
  /**
   * Resolves once the request is durable: 'counted', or 'duplicate' when its key turned out to be counted by another
   * collector meanwhile. @throws IngestRefusal 503 when the store cannot be had: whether it was counted is then unknown
   */
  add(request: IntakeRequest): Promise<'counted' | 'duplicate'>;
  watermark(): EpochSeconds | undefined;
  /** Resolves when nothing of what was added waits any more. */
  settled(): Promise<void>;
}

interface Waiting extends IntakeRequest {
  readonly resolve: (outcome: 'counted' | 'duplicate') => void;
  readonly reject: (error: unknown) => void;
}

/** Requests that wait for one stream at most; later ones are told to come again. */
const MOST_WAITING = 1_000;
const PAUSES_MS = [50, 200, 500, 1_000, 2_000];
const RETRY_AFTER_SECONDS = 5;

export function createStreamIntake(options: {
  readonly part: string;
  readonly classifier: Classifier;
  readonly latenessSeconds: number;
  readonly context: SourceContext;
  readonly signal: AbortSignal;
  readonly count: (name: string, by: number) => void;
  readonly failed: (error: unknown) => void;
}): StreamIntake {
  const { part, classifier, latenessSeconds, context, signal, count } = options;
  const { ledger, clock } = context;
  let version = 0;
  let position: StreamPosition = NEW_STREAM;
  // After a failure the store may hold more than we know.
  let known = false;
  let waiting: Waiting[] = [];
  let pumping: Promise<void> | undefined;

  async function open(): Promise<void> {
    const stored = await ledger.position(part);
    version = stored?.version ?? 0;
    position = stored === undefined ? NEW_STREAM : parseStreamPosition(stored.position);
    known = true;
    announce();
  }

  function announce(): void {
    for (const { slo } of classifier.judges) {
      const at = position.through[slo.id];
      if (at !== undefined) ledger.watermark(slo.id, at);
    }
  }

  async function pump(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await commitGroup(group);
      } catch (error) {
        known = false;
        options.failed(error);
        const refusal = new IngestRefusal(
          503,
          'the store cannot take events now',
          RETRY_AFTER_SECONDS,
        );
        for (const request of group) request.reject(refusal);
      }
    }
    pumping = undefined;
  }

  async function commitGroup(group: readonly Waiting[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      if (!known) await open();
      const duplicates = group.filter(
        (each) => each.keyed && counted(each.keyed.key) !== undefined,
      );
      const counting = group.filter((each) => !duplicates.includes(each));
      const now = clock.now() / 1000;
      const next = positionAfter(counting, now);
      try {
        if (counting.length > 0) {
          const text = formatStreamPosition(next.position);
          const add = mergedCells(counting);
          const { coverage, replace } = next;
          await commitPatiently({
            part,
            version,
            position: text,
            add,
            coverage,
            ...(replace.length > 0 && { replace }),
          });
          version += 1;
          position = next.position;
          announce();
        }
        for (const request of counting) request.resolve('counted');
        for (const request of duplicates) request.resolve('duplicate');
        count('commits', 1);
        return;
      } catch (error) {
        if (!(error instanceof StaleReaderError) || attempt > PAUSES_MS.length) throw error;
        // Another collector takes requests for the stream too: counts add up, so only the place must be looked up again.
        count('stale_commits', 1);
        known = false;
      }
    }
  }

  async function commitPatiently(commit: Commit): Promise<void> {
    for (const pause of [...PAUSES_MS, undefined]) {
      try {
        return await ledger.commit(commit);
      } catch (error) {
        if (!(error instanceof StoreError) || !error.retryable || pause === undefined) throw error;
        options.failed(error);
        await clock.sleep(pause, signal);
        if (signal.aborted) throw error;
      }
    }
  }

  function positionAfter(
    group: readonly IntakeRequest[],
    now: number,
  ): {
    readonly position: StreamPosition;
    readonly coverage: Commit['coverage'] & {};
    readonly replace: Commit['replace'] & {};
  } {
    const counted = countedVotes(group, now);
    const votes = Object.fromEntries(counted.map(([slo, each]) => [slo, each.votes]));
    const report = {
      spans: classifier.timelines.map((_, index) => joinSpans(group, index)),
      heartbeats: group.flatMap(({ heartbeats }) => heartbeats),
      empty: group.some(({ empty }) => empty),
      votes,
      votedOn: Object.fromEntries(
        counted.map(([slo, { replace }]) => [slo, replace.map(({ from }) => from)]),
      ),
    };
    const { through, coverage } = measure(position, report, { classifier, latenessSeconds, now });
    const added = group.flatMap(({ keyed }) => keyed ?? []);
    const at = Math.floor(now);
    return {
      position: { through, lastRequestAt: at, keys: extendWindow(position.keys, added, at), votes },
      coverage,
      replace: counted.flatMap(([, { replace }]) => replace),
    };
  }

  /** Of every SLO on which places vote, with the votes of these requests. */
  function countedVotes(
    group: readonly IntakeRequest[],
    now: number,
  ): readonly (readonly [slo: string, Counted])[] {
    return classifier.judges.flatMap(({ slo, quorum }) => {
      if (quorum === undefined) return [];
      const votes = group.flatMap(({ fold }) => fold.votes().filter((vote) => vote.slo === slo.id));
      const instance = ledger.instance(slo, {});
      return [[slo.id, takeVotes(position.votes[slo.id], votes, { quorum, instance, now })]];
    });
  }

  function counted(key: string): KeyedRequest | undefined {
    return position.keys.findLast((each) => each.key === key);
  }

  return {
    open,
    counted,
    add(request) {
      if (waiting.length >= MOST_WAITING)
        throw new IngestRefusal(503, 'too many requests wait for this stream', 1);
      const { promise, resolve, reject } = Promise.withResolvers<'counted' | 'duplicate'>();
      waiting.push({ ...request, resolve, reject });
      // What arrives in this turn of the loop goes into the same commit.
      pumping ??= new Promise(setImmediate).then(pump);
      return promise;
    },
    watermark() {
      const reached = classifier.judges.map(({ slo }) => position.through[slo.id]);
      return reached.includes(undefined) ? undefined : Math.min(...(reached as number[]));
    },
    async settled() {
      await pumping;
    },
  };
}

function joinSpans(group: readonly IntakeRequest[], timeline: number): TimeSpan | undefined {
  const spans = group.flatMap(({ fold }) => fold.spans()[timeline] ?? []);
  if (spans.length === 0) return undefined;
  return {
    first: Math.min(...spans.map(({ first }) => first)),
    last: Math.max(...spans.map(({ last }) => last)),
  };
}

/** One cell for each instance and stretch, whatever the number of requests. */
function mergedCells(group: readonly IntakeRequest[]): readonly CellWrite[] {
  const [only, ...others] = group;
  if (others.length === 0) return only?.fold.cells() ?? [];
  const merged = new Map<string, CellWrite>();
  for (const { fold } of group)
    for (const cell of fold.cells()) {
      const key = `${cell.start}/${cell.width} ${cell.instance}`;
      const before = merged.get(key);
      merged.set(
        key,
        before === undefined
          ? cell
          : { ...cell, total: before.total + cell.total, bad: before.bad + cell.bad },
      );
    }
  return [...merged.values()];
}
