import { describe, expect, it } from 'vitest';
import { createTimeLapseClock } from '../../../cli/demo/time-lapse-clock.ts';
import { createManualClock } from '../../../collector/clock.ts';

const START = 1_795_000_000_000;

describe('a clock in fast motion', () => {
  it('stands still until it jumps, and never goes back', () => {
    const clock = createTimeLapseClock(START);
    expect(clock.now()).toBe(START);
    clock.jump(START + 5000);
    clock.jump(START + 1000);
    expect(clock.now()).toBe(START + 5000);
  });

  it('lets a loop that sleeps a second have one turn for a jump of an hour', async () => {
    const clock = createTimeLapseClock(START);
    const turns: number[] = [];
    const stop = new AbortController();
    const loop = (async () => {
      while (!stop.signal.aborted) {
        turns.push(clock.now());
        await clock.sleep(1000, stop.signal);
      }
    })();
    for (let hour = 1; hour <= 3; hour += 1) {
      clock.jump(START + hour * 3_600_000);
      expect(turns.length).toBe(hour);
      await clock.wake();
      expect(turns.length).toBe(hour + 1);
    }
    stop.abort();
    await loop;
    expect(turns).toEqual([0, 1, 2, 3].map((hour) => START + hour * 3_600_000));
  });

  it('leaves those asleep whose time has not come', async () => {
    const clock = createTimeLapseClock(START);
    let awake = false;
    const stop = new AbortController();
    const sleeper = clock.sleep(10_000, stop.signal).then(() => (awake = true));
    clock.jump(START + 9999);
    await clock.wake();
    expect(awake).toBe(false);
    stop.abort();
    await sleeper;
  });

  it('becomes the clock behind it, for sleepers too', async () => {
    const real = createManualClock(START + 60_000);
    const clock = createTimeLapseClock(START, real);
    const woken: string[] = [];
    void clock.sleep(1000).then(() => woken.push('late'));
    void clock.sleep(62_000).then(() => woken.push('due'));
    clock.goLive();
    expect(clock.now()).toBe(START + 60_000);
    await real.advance(0);
    expect(woken).toEqual(['late']);
    await real.advance(2000);
    expect(woken).toEqual(['late', 'due']);
    expect(clock.now()).toBe(START + 62_000);
  });
});
