// Commits that outlast a store in trouble: the same commit again and again until it is kept, or somebody else was there.
import type { SourceContext } from '../source.ts';
import { type Commit, StoreError } from '../../stores/store.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Resolves once the commit is durable, false when the signal aborted first.
 * `failed` is told of every failure that is tried again.
 * @throws StoreError that no retry helps, StaleReaderError among them
 */
export async function commitSurely(
  { ledger, clock }: Pick<SourceContext, 'ledger' | 'clock'>,
  commit: Commit,
  signal: AbortSignal,
  failed: (error: StoreError) => void,
): Promise<boolean> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      await ledger.commit(commit);
      return true;
    } catch (error) {
      if (!(error instanceof StoreError) || !error.retryable) throw error;
      failed(error);
    }
    await clock.sleep(pause * (0.5 + Math.random() / 2), signal);
    if (signal.aborted) return false;
  }
}
