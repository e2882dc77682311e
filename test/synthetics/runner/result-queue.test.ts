import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../collector/clock.ts';
import type { RunResult } from '../../../synthetics/run-result.ts';
import { createResultQueue, type Delivery } from '../../../synthetics/runner/result-queue.ts';

const result = (n: number): RunResult => ({ stream: 's', idempotencyKey: `k${n}`, body: '{}\n' });

function queueTo(
  answer: (key: string, nth: number) => Delivery,
  options: { most?: number; giveUpAfterMs?: number } = {},
) {
  const clock = createManualClock(0);
  const tries: string[] = [];
  const lost: string[] = [];
  const ending = new AbortController();
  const queue = createResultQueue({
    async send({ idempotencyKey: key }) {
      tries.push(key);
      const delivery = answer(key, tries.filter((each) => each === key).length);
      return delivery;
    },
    sleep: (ms, signal) => clock.sleep(ms, signal),
    signal: ending.signal,
    onLost: ({ idempotencyKey }, reason) => lost.push(`${idempotencyKey}: ${reason}`),
    ...options,
  });
  return { queue, clock, tries, lost, ending };
}

describe('results on their way', () => {
  it('are sent again, with longer and longer pauses, until they are taken', async () => {
    const { queue, clock, tries, lost } = queueTo((_, nth) => (nth < 4 ? 'later' : 'taken'));
    queue.add(result(1));
    await clock.advance(249);
    expect(tries).toHaveLength(1);
    await clock.advance(1 + 500 + 1000);
    await queue.settled();
    expect(tries).toHaveLength(4);
    expect(queue.counts).toEqual({ taken: 1, unread: 0, lost: 0 });
    expect(lost).toEqual([]);
  });

  it('are given up after the time that was set, and say so', async () => {
    const { queue, clock, lost } = queueTo(() => 'later', { giveUpAfterMs: 1000 });
    queue.add(result(1));
    await clock.advance(60_000);
    await queue.settled();
    expect(lost).toEqual(['k1: the collector did not take it within 1 s']);
  });

  it('are not sent again when that is useless', async () => {
    const { queue, tries, lost } = queueTo(() => {
      throw new Error('the token is refused');
    });
    queue.add(result(1));
    await queue.settled();
    expect(tries).toHaveLength(1);
    expect(lost).toEqual(['k1: the token is refused']);
  });

  it('give way, the oldest first, when too many wait; those under way stay', async () => {
    const { queue, clock, lost, ending } = queueTo(() => 'later', { most: 5 });
    for (let n = 1; n <= 30; n += 1) queue.add(result(n));
    await clock.advance(1);
    expect(lost).toHaveLength(30 - 16 - 5);
    expect(lost[0]).toContain('more than 5 results wait');
    ending.abort();
    await clock.advance(1000);
    await queue.settled();
    expect(queue.counts).toEqual({ taken: 0, unread: 0, lost: 30 });
  });
});
