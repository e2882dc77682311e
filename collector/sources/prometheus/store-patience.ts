// Work that outlasts a store in trouble: tried again and again, with growing pauses, until it is done.
import type { Clock } from '../../clock.ts';
import { StoreError } from '../../stores/store.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * The result of `work`, which is called again while it rejects with a retryable StoreError; undefined when the signal
 * aborted first. A commit is tried with the same object each time: the store may have applied it and lost its answer.
 * @param failed told of every failure that is tried again
 * @throws StoreError that no retry helps, StaleReaderError among them
 */
export async function outlastStore<T>(
  work: () => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
  failed: (error: StoreError) => void,
): Promise<{ readonly done: T } | undefined> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return { done: await work() };
    } catch (error) {
      if (!(error instanceof StoreError) || !error.retryable) throw error;
      failed(error);
    }
    await clock.sleep(pause * (0.5 + Math.random() / 2), signal);
    if (signal.aborted) return undefined;
  }
}
