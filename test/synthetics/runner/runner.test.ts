// The laws of the runner under a clock that the test moves: nothing twice at once, nothing left out in silence, nobody starved.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../collector/clock.ts';
import type { Check } from '../../../synthetics/check.ts';
import type { Run } from '../../../synthetics/run.ts';
import {
  createRunner,
  type MissedRuns,
  type Runner,
  type RunnerOptions,
} from '../../../synthetics/runner/runner.ts';
import { dueAtOrAfter } from '../../../synthetics/runner/schedule.ts';

const START = 1_800_000_000_000;

function check(name: string, everySeconds: number, jitter = 0): Check {
  return {
    kind: 'check',
    id: `shop/${name}`,
    name,
    service: {
      kind: 'service',
      name: 'shop',
      team: 'web',
      tier: 'standard',
      labels: {},
      links: {},
    },
    probe: { type: 'http', target: '', settings: {}, assertions: [] },
    everySeconds,
    jitter,
    timeoutMs: 500,
    retries: { most: 0, waitMs: 1000, backoff: 'fixed', on: 'network' },
    locations: [],
    tags: [],
    labels: {},
  };
}

interface Took {
  readonly check: string;
  readonly dueMs: number;
  readonly startedMs: number;
  endedMs: number;
}

interface Trial {
  readonly clock: ManualClock;
  readonly runner: Runner;
  readonly took: Took[];
  readonly missed: MissedRuns[];
  /** The most that were under way together, of all and of one check. */
  readonly most: { all: number; one: number };
  readonly end: () => Promise<void>;
}

/** A runner whose runs take as long as the test says, on a clock that stands still until it is moved. */
function trial(
  checks: readonly Check[],
  lasts: (check: string, nth: number) => number,
  options: Partial<RunnerOptions> = {},
): Trial {
  const clock = createManualClock(START);
  const time = options.clock ?? clock;
  const took: Took[] = [];
  const missed: MissedRuns[] = [];
  const under = new Map<string, number>();
  const most = { all: 0, one: 0 };
  const stopping = new AbortController();
  const runner = createRunner({
    checks,
    clock,
    async run({ id }, dueMs) {
      const entry = { check: id, dueMs, startedMs: time.now(), endedMs: Infinity };
      const ms = lasts(id, took.filter((each) => each.check === id).length);
      took.push(entry);
      under.set(id, (under.get(id) ?? 0) + 1);
      most.one = Math.max(most.one, under.get(id) ?? 0);
      most.all = Math.max(
        most.all,
        [...under.values()].reduce((sum, each) => sum + each, 0),
      );
      await time.sleep(ms, stopping.signal);
      under.set(id, (under.get(id) ?? 0) - 1);
      entry.endedMs = time.now();
      if (ms === BREAKS) throw new Error('broken');
      return {} as Run;
    },
    onRun: () => {},
    onMissed: (each) => missed.push(each),
    ...options,
  });
  const ended = runner.run(stopping.signal);
  return {
    clock,
    runner,
    took,
    missed,
    most,
    async end() {
      stopping.abort();
      await ended;
    },
  };
}

const BREAKS = 777;

/** Moments of a check that were due, from the start to before the end. */
function dues(each: Check, untilMs: number, location = ''): number[] {
  const all: number[] = [];
  for (let at = dueAtOrAfter(each, location, START); at <= untilMs; at += each.everySeconds * 1000)
    all.push(at);
  return all;
}

const someChecks = fc
  .array(
    fc.record({
      every: fc.integer({ min: 1, max: 20 }),
      jitter: fc.constantFrom(0, 0.1, 0.5, 1),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((list) => list.map(({ every, jitter }, index) => check(`c${index}`, every, jitter)));

describe('the runner', () => {
  it('never runs a check twice at once nor more than it may, and accounts for every due run', async () => {
    await fc.assert(
      fc.asyncProperty(
        someChecks,
        fc.array(fc.constantFrom(0, 50, 900, 2500, 30_000, BREAKS), { minLength: 1 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 1, max: 15_000 }), { minLength: 1, maxLength: 10 }),
        async (checks, durations, atOnce, steps) => {
          const lasts = (id: string, nth: number): number =>
            durations[(nth + id.charCodeAt(id.length - 1)) % durations.length] ?? 0;
          const { clock, runner, took, missed, most, end } = trial(checks, lasts, { atOnce });
          await clock.advance(0);
          for (const step of steps) await clock.advance(step);
          const until = clock.now();
          await end();
          expect(most.one).toBeLessThanOrEqual(1);
          expect(most.all).toBeLessThanOrEqual(atOnce);
          for (const each of checks) {
            const ran = took.filter((run) => run.check === each.id).map(({ dueMs }) => dueMs);
            const lost = missed
              .filter((one) => one.check === each.id && one.reason !== 'broken')
              .flatMap(({ firstDueMs, count }) =>
                Array.from({ length: count }, (_, k) => firstDueMs + k * each.everySeconds * 1000),
              );
            expect([...ran, ...lost].toSorted((a, b) => a - b)).toEqual(dues(each, until));
          }
          for (const { dueMs, startedMs } of took) expect(startedMs).toBeGreaterThanOrEqual(dueMs);
          const { missed: counted, runs } = runner.status();
          expect(runs + counted.broken).toBe(took.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('starts a run at the moment when it is due, as long as there is room', async () => {
    const checks = Array.from({ length: 200 }, (_, index) => check(`c${index}`, 10, 1));
    const { clock, took, missed, most, end } = trial(checks, () => 100);
    await clock.advance(60_000);
    await end();
    expect(missed).toEqual([]);
    expect(took.every(({ dueMs, startedMs }) => dueMs === startedMs)).toBe(true);
    // 200 starts in ten seconds, of a tenth of a second each: two at a time when they are spread evenly.
    expect(most.all).toBeLessThanOrEqual(10);
  });

  it('lets everybody have a turn when there is too much to do', async () => {
    const checks = Array.from({ length: 20 }, (_, index) => check(`c${index}`, 1 + (index % 3)));
    const { clock, took, missed, end } = trial(checks, () => 1000, { atOnce: 4 });
    await clock.advance(100_000);
    await end();
    const turns = checks.map(({ id }) => took.filter((run) => run.check === id).length);
    // Four places and a second each: 400 turns for 20 checks. Nobody has less than half of an equal share.
    expect(Math.min(...turns)).toBeGreaterThanOrEqual(10);
    expect(missed.some(({ reason }) => reason === 'crowded')).toBe(true);
  });

  it('does not come back to a broken target before the next run is due', async () => {
    const { clock, took, missed, end } = trial([check('home', 5)], () => BREAKS);
    await clock.advance(50_000);
    await end();
    const gaps = took
      .slice(1)
      .map(({ startedMs }, index) => startedMs - (took[index]?.startedMs ?? 0));
    expect(new Set(gaps)).toEqual(new Set([5000]));
    expect(took).toHaveLength(11);
    expect(missed.filter(({ reason }) => reason === 'broken')).toHaveLength(11);
  });

  it('tells what was missed while the machine slept, and goes on with the latest', async () => {
    const { clock, took, missed, end } = trial([check('home', 10)], () => 1);
    await clock.advance(10_000);
    clock.jump(clock.now() + 3_600_000);
    await clock.advance(60_000);
    await end();
    expect(missed).toContainEqual(
      expect.objectContaining({ check: 'shop/home', reason: 'asleep' }),
    );
    const slept = missed.reduce((sum, { count }) => sum + count, 0);
    expect(slept).toBeGreaterThanOrEqual(355);
    expect(took.filter(({ dueMs }) => dueMs > START + 3_600_000).length).toBeGreaterThanOrEqual(5);
  });

  it('goes on when the clock is set back', async () => {
    const machine = createManualClock(START);
    let set = 0;
    const wall = {
      now: () => machine.now() + set,
      sleep: (ms: number, signal: AbortSignal) => machine.sleep(ms, signal),
    };
    const { took, end } = trial([check('home', 10)], () => 0, { clock: wall });
    await machine.advance(30_000);
    set = -86_400_000;
    await machine.advance(120_000);
    await end();
    expect(took.filter(({ dueMs }) => dueMs < START)).toHaveLength(12);
  });

  it('takes other checks over and keeps the schedule of those that stay', async () => {
    const [kept, dropped, added] = [check('kept', 10, 1), check('dropped', 10), check('added', 10)];
    const { clock, runner, took, end } = trial([kept, dropped], () => 1);
    await clock.advance(14_000);
    runner.setChecks([kept, added]);
    await clock.advance(40_000);
    const until = clock.now();
    await end();
    const ran = (id: string): number[] =>
      took.filter((run) => run.check === id).map(({ dueMs }) => dueMs);
    expect(ran(kept.id)).toEqual(dues(kept, until));
    expect(ran(dropped.id)).toEqual(dues(dropped, START + 14_000));
    expect(ran(added.id)).toEqual(dues(added, until).filter((at) => at > START + 14_000));
  });

  it('runs everything once at the beginning when it shall', async () => {
    const { clock, took, end } = trial([check('one', 3600, 1), check('two', 3600, 1)], () => 1, {
      atOnceFirst: true,
    });
    await clock.advance(1);
    await end();
    expect(took.map(({ dueMs }) => dueMs)).toEqual([START, START]);
  });

  it('waits for runs under way when it is stopped', async () => {
    const stopping = new AbortController();
    const clock = createManualClock(START);
    let finished = false;
    const runner = createRunner({
      checks: [check('slow', 1)],
      clock,
      async run() {
        await new Promise(setImmediate);
        stopping.abort();
        await new Promise(setImmediate);
        finished = true;
        return {} as Run;
      },
      onRun: () => {},
    });
    const ended = runner.run(stopping.signal);
    await clock.advance(1000);
    await ended;
    expect(finished).toBe(true);
    expect(runner.status()).toMatchObject({ running: 0, waiting: 0, runs: 1 });
  });
});
