// The results of a command on their way to a collector, and what became of them.
import {
  type Check,
  createResultQueue,
  type ResultQueue,
  type Run,
  runResult,
  type RunResult,
} from '../../synthetics/index.ts';
import type { Terminal } from '../terminal.ts';
import { createResultSender } from './result-sender.ts';

export interface PushOptions {
  readonly push?: string | undefined;
  readonly tokenFile?: string | undefined;
}

type RunnerSleep = (ms: number, signal: AbortSignal) => Promise<void>;

export interface Push {
  add(run: Run, check: Check): void;
  /** Resolves when nothing waits any more, with whether all that SLOs read was taken. */
  end(): Promise<boolean>;
}

const GIVE_UP_AFTER_MS = 30_000;
/** From the signal to stop until what still waits is given up. */
const GRACE_MS = 5000;

/** Without an address nothing is pushed. @throws CommandFailure for a wrong address or token file */
export async function openPush(
  terminal: Terminal,
  options: PushOptions,
  { sleep, signal }: { readonly sleep: RunnerSleep; readonly signal: AbortSignal },
): Promise<Push> {
  if (options.push === undefined) return { add: () => {}, end: async () => true };
  const send = await createResultSender(options.push, options.tokenFile, terminal.environment);
  const told = new Set<string>();
  const queue = createResultQueue({
    send,
    sleep,
    signal: delayed(signal, GRACE_MS),
    giveUpAfterMs: GIVE_UP_AFTER_MS,
    onLost(_result: RunResult, reason: string) {
      if (told.has(reason)) return;
      told.add(reason);
      terminal.err(`ninefold: a result is lost: ${reason}`);
    },
  });
  return pushOver(queue, terminal);
}

function pushOver(queue: ResultQueue, terminal: Terminal): Push {
  return {
    add(run, check) {
      const result = runResult(check, run);
      if (result !== undefined) queue.add(result);
    },
    async end() {
      await queue.settled();
      const { taken, unread, lost } = queue.counts;
      const parts = [
        `${taken} ${taken === 1 ? 'result' : 'results'} taken by the collector`,
        ...(unread > 0 ? [`${unread} not read by any SLO`] : []),
        ...(lost > 0 ? [`${lost} lost`] : []),
      ];
      terminal.err(`${parts.join(', ')}.`);
      return lost === 0;
    },
  };
}

/** Aborts so many milliseconds after the other. */
function delayed(signal: AbortSignal, ms: number): AbortSignal {
  const controller = new AbortController();
  const later = (): void => void setTimeout(() => controller.abort(), ms).unref();
  if (signal.aborted) later();
  else signal.addEventListener('abort', later, { once: true });
  return controller.signal;
}
