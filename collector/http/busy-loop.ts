// Tells callers to come back when the event loop lags: work that is late already must not pile up.
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from './problem.ts';

/** How often the lag is measured. @fastify/under-pressure measures every 10 ms, which costs an idle collector most of its CPU. */
const SAMPLE_MS = 500;

/**
 * Answers 503 with Retry-After while the last sample was over `mostDelayMs` late; 0 never does.
 * Timers run before the requests that arrived meanwhile, so a request after a stall already meets its measure.
 */
export function refuseWhenBusy(api: FastifyInstance, mostDelayMs: number): void {
  if (mostDelayMs <= 0) return;
  let due = performance.now() + SAMPLE_MS;
  let delayMs = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    delayMs = now - due;
    due = now + SAMPLE_MS;
  }, SAMPLE_MS).unref();
  api.addHook('onRequest', async () => {
    if (delayMs > mostDelayMs)
      throw new HttpProblem('unavailable', 'The collector is busy; try again shortly.', {
        headers: { 'retry-after': '5' },
      });
  });
  api.addHook('onClose', async () => clearInterval(timer));
}
