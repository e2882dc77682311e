import { describe, expect, it } from 'vitest';
import { http } from '../../index.ts';
import type { Check } from '../../synthetics/check.ts';
import type { Probe } from '../../synthetics/probe.ts';
import { ProbeFailure } from '../../synthetics/probe-failure.ts';
import { createSurroundings, runCheck } from '../../synthetics/index.ts';
import { reply, rawServer } from './raw-server.ts';
import { checkOf, runProbe } from './run-probe.ts';

const url = (text: string) => text as `http://${string}`;

/** Runs a check with another probe in the place of its own. */
async function runWith(run: Probe['run'], check: Check, signal?: AbortSignal) {
  const waits: number[] = [];
  const result = await runCheck(check, {
    probes: new Map([['http', { type: 'http', run }]]),
    surroundings: {
      ...createSurroundings('.', {}),
      sleep: async (ms) => void waits.push(ms),
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return { run: result, waits };
}

const probe = http({ url: 'http://shop.example/' });

describe('retries', () => {
  it('follow a failure of the network, until one passes', async () => {
    let requests = 0;
    const server = await rawServer((socket) => {
      requests += 1;
      if (requests < 3) socket.destroy();
      else reply('200 OK')(socket);
    });
    const waits: number[] = [];
    const run = await runProbe(
      http({ url: url(server.url) }),
      { retries: { most: 4, wait: '100ms', backoff: 'exponential' } },
      { waits },
    );
    expect(run.verdict).toBe('passed');
    expect(run.attempts.map(({ verdict, reason }) => [verdict, reason?.code])).toEqual([
      ['failed', 'cut'],
      ['failed', 'cut'],
      ['passed', undefined],
    ]);
    expect(waits).toEqual([100, 200]);
  });

  it('do not follow a wrong answer, unless every failure is meant', async () => {
    const server = await rawServer(reply('500 Oh'));
    const once = await runProbe(http({ url: url(server.url) }), { retries: { most: 2 } });
    expect(once.attempts).toHaveLength(1);
    const waits: number[] = [];
    const again = await runProbe(
      http({ url: url(server.url) }),
      { retries: { most: 2, on: 'failure' } },
      { waits },
    );
    expect(again).toMatchObject({ verdict: 'failed', attempts: { length: 3 } });
    expect(waits).toEqual([1000, 1000]);
  });

  it('never follow what could not be tried', async () => {
    const { run } = await runWith(
      () => Promise.reject(new ProbeFailure('setup', 'no secret')),
      checkOf(probe, { retries: { most: 3, on: 'failure' } }),
    );
    expect(run).toMatchObject({ verdict: 'error', attempts: { length: 1 } });
  });
});

describe('a deadline', () => {
  it('ends a probe that heeds no signal', async () => {
    const { run } = await runWith(() => new Promise(() => {}), checkOf(probe, { timeout: '50ms' }));
    expect(run).toMatchObject({
      verdict: 'failed',
      reason: { code: 'timeout', message: 'no end within 50 ms' },
    });
  });

  it('says in which phase and step it came', async () => {
    const { run } = await runWith(
      (_, attempt) => {
        attempt.step('first').enter('connect');
        attempt.step('second').enter('transfer');
        return new Promise(() => {});
      },
      checkOf(probe, { timeout: '50ms' }),
    );
    expect(run.reason).toMatchObject({ phase: 'transfer', step: 'second' });
    expect(run.steps.map(({ failed }) => failed)).toEqual([false, true]);
  });

  it('of the program makes no failure of the target', async () => {
    const stop = new AbortController();
    const { run } = await runWith(
      () => {
        stop.abort();
        return new Promise(() => {});
      },
      checkOf(probe, { retries: { most: 3 } }),
      stop.signal,
    );
    expect(run).toMatchObject({
      verdict: 'error',
      reason: { code: 'stopped' },
      attempts: { length: 1 },
    });
  });
});

describe('a verdict', () => {
  const answering: Probe['run'] = async (_, attempt) => {
    attempt.step('only').enter('firstByte');
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { read: (source) => (source === 'status' ? 200 : undefined) };
  };

  it.each([
    [{}, 'passed', undefined],
    [{ degradedAfter: '1ms' }, 'degraded', 'slow'],
    [{ degradedAfter: '1ms', failedAfter: '2ms' }, 'failed', 'slow'],
    [{ failedAfter: '9s' }, 'passed', undefined],
  ] as const)('with the limits %j is %s', async (limits, verdict, code) => {
    const { run } = await runWith(answering, checkOf(probe, limits));
    expect(run.verdict).toBe(verdict);
    expect(run.reason?.code).toBe(code);
  });

  it('is an error when there is no probe of the kind, or the probe breaks', async () => {
    const check = checkOf(probe);
    const surroundings = createSurroundings('.', {});
    const none = await runCheck(check, { probes: new Map(), surroundings });
    expect(none).toMatchObject({ verdict: 'error', reason: { code: 'setup' } });
    const { run } = await runWith(() => Promise.reject(new TypeError('x is undefined')), check);
    expect(run).toMatchObject({
      verdict: 'error',
      reason: { code: 'internal', message: 'x is undefined' },
    });
  });

  it('comes with a record that survives JSON', async () => {
    const { run } = await runWith(answering, checkOf(probe, { labels: { zone: 'a' } }));
    expect(JSON.parse(JSON.stringify(run))).toEqual(run);
    expect(run).toMatchObject({ check: 'shop/home', team: 'web', labels: { zone: 'a' } });
    expect(run.traceId).toMatch(/^[\da-f]{32}$/);
    expect(run.spanId).toMatch(/^[\da-f]{16}$/);
  });
});
