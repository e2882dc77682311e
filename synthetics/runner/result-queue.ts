// Results on their way to a collector: sent again until they are taken, a bounded number kept, and what is lost is told.
import type { RunResult } from '../run-result.ts';
import type { RunnerClock } from './runner.ts';

/** What became of a result: `unread` when no SLO is on the check; `later` when nobody can take it now. */
export type Delivery = 'taken' | 'unread' | 'later';

export interface ResultQueueOptions {
  /** Sends once; rejects when sending again is useless. */
  readonly send: (result: RunResult, signal: AbortSignal) => Promise<Delivery>;
  readonly sleep: RunnerClock['sleep'];
  /** Ends waiting: what is not taken then is lost. */
  readonly signal: AbortSignal;
  /** Results kept at most; the oldest gives way. @default 10000 */
  readonly most?: number;
  /** Milliseconds for which one result is sent again. @default without end */
  readonly giveUpAfterMs?: number;
  readonly onLost: (result: RunResult, reason: string) => void;
}

export interface ResultQueue {
  add(result: RunResult): void;
  /** Resolves when every result was taken, is not read, or is lost. */
  settled(): Promise<void>;
  readonly counts: Readonly<Record<'taken' | 'unread' | 'lost', number>>;
}

const USUAL_MOST = 10_000;
const LANES = 16;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export function createResultQueue(options: ResultQueueOptions): ResultQueue {
  const { send, sleep, signal, most = USUAL_MOST, giveUpAfterMs = Infinity, onLost } = options;
  const waiting: RunResult[] = [];
  const lanes = new Set<Promise<void>>();
  const counts = { taken: 0, unread: 0, lost: 0 };

  function lose(result: RunResult, reason: string): void {
    counts.lost += 1;
    onLost(result, reason);
  }

  async function deliver(result: RunResult): Promise<void> {
    let waited = 0;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const delivery = await send(result, signal);
      if (delivery !== 'later') {
        counts[delivery] += 1;
        return;
      }
      if (signal.aborted) return lose(result, 'the program ended before it was taken');
      if (waited + pause > giveUpAfterMs)
        return lose(result, `the collector did not take it within ${giveUpAfterMs / 1000} s`);
      await sleep(pause, signal);
      waited += pause;
    }
  }

  async function lane(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = next;
      await deliver(result).catch((error: unknown) => {
        lose(result, error instanceof Error ? error.message : String(error));
      });
    }
  }

  return {
    counts,
    add(result) {
      waiting.push(result);
      if (waiting.length > most) {
        const oldest = waiting.shift();
        if (oldest !== undefined) lose(oldest, `more than ${most} results wait`);
      }
      if (lanes.size >= LANES) return;
      const opened = lane().finally(() => lanes.delete(opened));
      lanes.add(opened);
    },
    async settled() {
      while (lanes.size > 0) await Promise.all(lanes);
    },
  };
}
