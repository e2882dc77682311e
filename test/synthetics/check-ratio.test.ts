// Runs of a check as events of an SLO: through the collector's real ingest and pipeline, under a clock that the test moves.
import { describe, expect, it } from 'vitest';
import { sliEvents } from '../../alerts/rules/sli-events.ts';
import { createManualClock } from '../../collector/clock.ts';
import { silentLog } from '../../collector/log.ts';
import { createCollector } from '../../collector/pipeline/collector.ts';
import { createListSink } from '../../collector/sinks/list.ts';
import { createIngestSource } from '../../collector/sources/ingest/ingest-source.ts';
import { createMemoryStore } from '../../collector/stores/memory.ts';
import { checkRatio, defineCheck, defineService, defineSlo, http } from '../../index.ts';
import { resolveSlo } from '../../slo/resolve-slo.ts';
import type { Check } from '../../synthetics/check.ts';
import { resolveCheck } from '../../synthetics/resolve-check.ts';
import type { Run, Verdict } from '../../synthetics/run.ts';
import { type RunResult, runResult } from '../../synthetics/run-result.ts';

const START = 1_800_000_000;
const MINUTE = 60_000;
const settings = { maxBodyBytes: 1_000_000, maxEvents: 5_000, latenessSeconds: 0 };
const shop = defineService({ name: 'shop', team: 'web' });

function definitions(every: '1m' | '1h', quorum?: number) {
  const home = defineCheck({
    service: shop,
    name: 'home',
    every,
    locations: ['asia', 'eu', 'us'],
    probe: http({ url: 'http://shop.example/' }),
  });
  const { value: check } = resolveCheck(home);
  const written = defineSlo({
    service: shop,
    name: 'reachable',
    objective: '99.9%',
    sli: checkRatio({ check: home, ...(quorum === undefined ? {} : { quorum }) }),
  });
  const { value: slo } = resolveSlo(written);
  if (check === undefined || slo === undefined) throw new Error('not clean');
  return { check, slo };
}

let runsMade = 0;
function run(verdict: Verdict, startedAtMs: number, location = 'eu'): Run {
  runsMade += 1;
  return {
    check: 'shop/home',
    service: 'shop',
    team: 'web',
    labels: {},
    type: 'http',
    target: 'GET http://shop.example/',
    location,
    scheduledAtMs: startedAtMs - 250,
    startedAtMs,
    totalMs: 20,
    verdict,
    durationMs: 20,
    phases: {},
    facts: {},
    assertions: [],
    steps: [],
    attempts: [],
    traceId: String(runsMade).padStart(32, '0'),
    spanId: 'a'.repeat(16),
  };
}

/** A collector of one SLO on one check, and what sends a run to it. */
async function serving(every: '1m' | '1h' = '1m', quorum?: number) {
  const { check, slo } = definitions(every, quorum);
  const clock = createManualClock(START * 1000);
  const source = createIngestSource({ settings, slos: [slo] });
  const sink = createListSink();
  const collector = createCollector({
    slos: [slo],
    store: createMemoryStore(),
    sources: () => [source],
    sinks: [sink],
    clock,
    log: silentLog,
    publicUrl: 'http://127.0.0.1:9999',
  });
  await collector.start();
  await clock.advance(1000);
  const send = async ({ stream, body, idempotencyKey }: RunResult) => {
    const answer = await source.receive({
      stream,
      body: Buffer.from(body),
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': idempotencyKey },
    });
    await clock.advance(1000);
    return answer;
  };
  const counts = () => {
    const { total, bad } = collector.instance(slo.id) ?? {};
    return { total, bad };
  };
  return { check, slo, clock, collector, sink, send, counts };
}

function resultOf(check: Check, verdict: Verdict, atMs: number, location?: string): RunResult {
  const result = runResult(check, run(verdict, atMs, location));
  if (result === undefined) throw new Error('nothing to send');
  return result;
}

describe('the ratio of a check', () => {
  it('counts passed and degraded runs as good, failed ones as bad, each once however often it is sent', async () => {
    const { check, clock, collector, send, counts } = await serving();
    for (const verdict of ['passed', 'degraded', 'failed'] as const) {
      const result = resultOf(check, verdict, clock.now());
      expect(await send(result)).toMatchObject({ status: 200, body: { duplicate: false } });
      expect(await send(result)).toMatchObject({ status: 200, body: { duplicate: true } });
      await clock.advance(MINUTE);
    }
    expect(counts()).toEqual({ total: 3, bad: 1 });
    await collector.close();
  });

  it('says nothing of a run that could not be tried', () => {
    const { check } = definitions('1m');
    expect(runResult(check, run('error', START * 1000))).toBeUndefined();
  });

  it('tells how late a run was, and no secret or answer of the target', () => {
    const { check } = definitions('1m');
    const { body, stream } = resultOf(check, 'failed', START * 1000);
    expect(stream).toBe('probe.shop.home');
    const [event, heartbeat] = body.trim().split('\n');
    expect(JSON.parse(event ?? '')).toEqual({
      check: 'shop/home',
      location: 'eu',
      verdict: 'failed',
      atMs: START * 1000 - 1000,
      startedAtMs: START * 1000,
      dueAtMs: START * 1000 - 250,
      durationMs: 20,
      totalMs: 20,
      lagMs: 250,
      traceId: expect.stringMatching(/^\d{32}$/),
    });
    expect(JSON.parse(heartbeat ?? '')).toEqual({
      ninefold: { measuredFrom: START - 60, measuredThrough: START },
    });
  });

  it('pages with the second failure, as soon as it is there', async () => {
    const { check, clock, collector, sink, send } = await serving();
    const pages = () => sink.sent.filter(({ labels }) => labels['severity'] === 'page');
    await send(resultOf(check, 'failed', clock.now()));
    await clock.advance(MINUTE);
    expect(pages()).toEqual([]);
    await send(resultOf(check, 'failed', clock.now()));
    await clock.advance(2000);
    expect(pages()).toMatchObject([
      { status: 'firing', labels: { alertname: 'ErrorBudgetBurn', slo: 'shop/reachable' } },
    ]);
    await collector.close();
  });

  it.each([
    ['1m', 6],
    ['1h', 185],
  ] as const)(
    'run every %s, tells that results are missing, and not while they come',
    async (every, silentMinutes) => {
      const { check, clock, collector, sink, send } = await serving(every);
      const missing = () =>
        sink.sent.filter(({ labels }) => labels['alertname'] === 'SliDataMissing');
      for (let n = 0; n < 4; n += 1) {
        await send(resultOf(check, 'passed', clock.now()));
        await clock.advance(check.everySeconds * 1000 - 1000);
      }
      expect(missing()).toEqual([]);
      expect(collector.instance('shop/reachable')?.coverage).toBeGreaterThan(0);
      await clock.advance(silentMinutes * MINUTE);
      expect(missing()).toMatchObject([{ status: 'firing', labels: { slo: 'shop/reachable' } }]);
      await send(resultOf(check, 'passed', clock.now()));
      await clock.advance(MINUTE);
      expect(missing().at(-1)).toMatchObject({ status: 'resolved' });
      await collector.close();
    },
  );

  it('measures all time between runs, whatever the period, and leaves a gap where one is missing', async () => {
    const { check, clock, collector, send } = await serving('1h');
    const hour = 3_600_000;
    const measured = () => collector.instance('shop/reachable')?.coverage ?? 0;
    await send(resultOf(check, 'passed', clock.now()));
    const one = measured();
    await clock.advance(hour - 1000);
    await send(resultOf(check, 'passed', clock.now()));
    expect(measured() / one).toBeCloseTo(2, 1);
    await clock.advance(3 * hour - 1000);
    await send(resultOf(check, 'passed', clock.now()));
    expect(measured() / one).toBeCloseTo(3, 1);
    await collector.close();
  });

  it('tells of what is no check', () => {
    const { problems, form } = checkRatio({ check: { kind: 'check', name: 'home' } as never });
    expect(form).toBeUndefined();
    expect(problems).toMatchObject([{ path: 'check', code: 'wrong-type' }]);
  });

  it('with a quorum is bad in a period only when enough places failed in it, and pages then', async () => {
    const { check, clock, collector, sink, send, counts } = await serving('1m', 2);
    const pages = () => sink.sent.filter(({ labels }) => labels['severity'] === 'page');
    const period = async (verdicts: Readonly<Record<string, Verdict>>) => {
      await clock.advance(MINUTE - (clock.now() % MINUTE) + 10_000);
      for (const [place, verdict] of Object.entries(verdicts))
        await send(resultOf(check, verdict, clock.now(), place));
    };
    for (let n = 0; n < 5; n += 1) await period({ asia: 'passed', eu: 'failed', us: 'degraded' });
    expect(counts()).toEqual({ total: 5, bad: 0 });
    expect(pages()).toEqual([]);
    await period({ asia: 'passed', eu: 'failed' });
    expect(counts()).toEqual({ total: 5, bad: 0 });
    await period({ asia: 'failed', eu: 'failed' });
    await period({ asia: 'failed', us: 'failed', eu: 'passed' });
    expect(counts()).toEqual({ total: 7, bad: 2 });
    expect(pages()).toMatchObject([{ status: 'firing', labels: { slo: 'shop/reachable' } }]);
    await collector.close();
  });

  it('with a quorum tells that data are missing when too few places report to decide anything', async () => {
    const { check, clock, collector, sink, send } = await serving('1m', 2);
    const missing = () =>
      sink.sent.filter(({ labels }) => labels['alertname'] === 'SliDataMissing');
    for (const place of ['asia', 'eu']) await send(resultOf(check, 'passed', clock.now(), place));
    for (let n = 0; n < 10; n += 1) {
      await clock.advance(MINUTE - 1000);
      await send(resultOf(check, 'failed', clock.now(), 'eu'));
    }
    expect(missing()).toMatchObject([{ status: 'firing', labels: { slo: 'shop/reachable' } }]);
    await collector.close();
  });

  it.each([
    [{ locations: ['eu', 'us'], quorum: 3 }, /from 1 to 2/],
    [{ locations: ['eu'], quorum: 1 }, /one location/],
    [{ locations: [], quorum: 2 }, /no locations/],
    [{ locations: ['eu', 'us'], quorum: 1.5 }, /whole number/],
  ])('refuses the quorum in %j', ({ locations, quorum }, message) => {
    const check = defineCheck({
      service: shop,
      name: 'home',
      locations,
      probe: http({ url: 'http://shop.example/' }),
    });
    expect(checkRatio({ check, quorum }).problems).toMatchObject([
      { path: 'quorum', message: expect.stringMatching(message) },
    ]);
  });

  it('cannot be grouped by places that vote, and no rules of Prometheus stand for it', () => {
    const { slo } = definitions('1m', 2);
    expect(sliEvents(slo, '3.5')).toMatchObject({
      reason: expect.stringContaining('Prometheus has none'),
    });
    const check = defineCheck({
      service: shop,
      name: 'home',
      locations: ['eu', 'us'],
      probe: http({ url: 'http://shop.example/' }),
    });
    const grouped = defineSlo({
      service: shop,
      name: 'reachable',
      objective: '99.9%',
      sli: checkRatio({ check, quorum: 2 }),
      // @ts-expect-error -- there is nothing to group by
      groupBy: ['location'],
    });
    expect(resolveSlo(grouped).diagnostics).toMatchObject([{ remedy: 'Leave groupBy out.' }]);
  });
});
