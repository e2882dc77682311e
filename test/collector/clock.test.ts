// Clocks that misbehave: the collector's time goes on as time does.
import { describe, expect, it } from 'vitest';
import { createManualClock, createSteadyClock } from '../../collector/clock.ts';

const START = 1_800_000_000_000;

/** A wall clock that the test sets, over time that passes as the test says. */
function setting() {
  let passed = 5000;
  let ahead = 0;
  const jumps: [number, boolean][] = [];
  const wall = {
    now: () => START + passed + ahead,
    sleep: () => Promise.resolve(),
  };
  const clock = createSteadyClock((by, believed) => jumps.push([by, believed]), {
    wall,
    monotonic: () => passed,
  });
  return {
    clock,
    jumps,
    pass: (ms: number) => (passed += ms),
    set: (ms: number) => (ahead = ms),
    told: () => clock.now() - START - passed,
  };
}

describe('the steady clock', () => {
  it('follows small corrections at once', () => {
    const { pass, set, told, jumps } = setting();
    pass(1000);
    set(-800);
    expect(told()).toBe(-800);
    expect(jumps).toEqual([]);
  });

  it.each([86_400_000, -86_400_000])('ignores a jump by %d ms that does not last', (by) => {
    const { pass, set, told, jumps } = setting();
    set(by);
    for (let second = 0; second < 100; second += 1) {
      pass(1000);
      expect(told()).toBe(0);
    }
    set(0);
    pass(1000);
    expect(told()).toBe(0);
    expect(jumps).toEqual([[by, false]]);
  });

  it('follows a jump that has lasted two minutes, and says so', () => {
    const { pass, set, told, jumps } = setting();
    set(3_600_000);
    for (let second = 0; second <= 121; second += 1) {
      pass(1000);
      told();
    }
    expect(told()).toBe(3_600_000);
    expect(jumps).toEqual([
      [3_600_000, false],
      [3_600_000, true],
    ]);
  });
});

describe('the manual clock', () => {
  it('wakes sleepers at their own moments, in order', async () => {
    const clock = createManualClock(0);
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    void sleep('late', 500);
    void sleep('early', 200);
    await clock.advance(1000);
    expect(woken).toEqual([
      ['early', 200],
      ['late', 500],
    ]);
    expect(clock.now()).toBe(1000);
  });

  it('wakes a sleeper whose signal aborts', async () => {
    const clock = createManualClock(0);
    const stop = new AbortController();
    const sleeping = clock.sleep(1000, stop.signal);
    stop.abort();
    await sleeping;
    expect(clock.now()).toBe(0);
  });
});
