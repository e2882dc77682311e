// Waits until something is so, for what servers do in their own time.
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks every `everyMs` until the answer is not undefined. @throws Error naming what did not come in time */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  { withinMs, everyMs = 250 }: { readonly withinMs: number; readonly everyMs?: number },
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline)
      throw new Error(`${what} did not come within ${withinMs / 1000} s`);
    await sleep(everyMs);
  }
}
