import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createRemoteWriteReceiver,
  type RemoteWriteReceiver,
} from '../../../../collector/sources/remote-write/remote-write-receiver.ts';
import { type Commit, StoreError } from '../../../../collector/stores/store.ts';
import { ratioSlo } from '../prometheus/slo-fixture.ts';
import { createTestLedger, type TestLedger, testContext, until } from '../test-ledger.ts';
import { compress, HEADERS, request, type WrittenSeries } from './request-fixture.ts';

const START = Math.floor(Date.now() / 1000) * 1000 - 600_000;

function series(
  labels: Readonly<Record<string, string>>,
  ...samples: readonly (readonly [number, number])[]
): WrittenSeries {
  return {
    labels: { __name__: 'requests_total', instance: 'a', ...labels },
    samples: samples.map(([seconds, value]) => [START + seconds * 1000, value]),
  };
}

const ok = { job: 'api', code: '200' };
const failed = { job: 'api', code: '500' };

describe('the remote-write receiver', () => {
  let stop: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await stop?.();
    stop = undefined;
  });

  async function start(
    ledger: TestLedger,
    options: Partial<Parameters<typeof createRemoteWriteReceiver>[0]> = {},
  ): Promise<RemoteWriteReceiver> {
    await stop?.();
    const receiver = createRemoteWriteReceiver({ slos: [ratioSlo('api')], ...options });
    const ended = new AbortController();
    const running = receiver.run(testContext(ledger), ended.signal);
    stop = async () => {
      ended.abort();
      await running;
    };
    await until(() => receiver.status().state === 'live');
    return receiver;
  }

  it('commits before it answers, counts a repeated request once, and keeps only what an SLI selects', async () => {
    const ledger = createTestLedger();
    const receiver = await start(ledger);
    const first = request([
      series(ok, [0, 100], [15, 110]),
      series(failed, [0, 5], [15, 6]),
      series({ job: 'other' }, [0, 1], [15, 900]),
      { labels: { __name__: 'up' }, samples: [[START, 1]] },
    ]);
    expect(await receiver.receive(first, HEADERS)).toEqual({ status: 204 });
    expect(await ledger.totals('shop/api')).toEqual([11, 1]);
    expect(await receiver.receive(first, HEADERS)).toEqual({ status: 204 });
    expect(await ledger.totals('shop/api')).toEqual([11, 1]);
    expect(receiver.status().counters).toMatchObject({ series: 2, samples: 4, duplicates: 4 });
    expect(ledger.watermarks.get('shop/api')).toBeGreaterThanOrEqual(START / 1000 + 15);
  });

  it('goes on from its position after a restart, whatever the order of the series', async () => {
    const ledger = createTestLedger();
    let receiver = await start(ledger);
    await receiver.receive(request([series(ok, [0, 100]), series(failed, [0, 5])]), HEADERS);
    receiver = await start(ledger);
    await receiver.receive(request([series(failed, [15, 7]), series(ok, [15, 130])]), HEADERS);
    await receiver.receive(request([series(ok, [30, 131]), series(failed, [30, 7])]), HEADERS);
    expect(await ledger.totals('shop/api')).toEqual([33, 2]);
  });

  it('counts a series born on a target of three scrapes from zero, and no earlier one', async () => {
    const ledger = createTestLedger();
    const receiver = await start(ledger);
    await receiver.receive(request([series(ok, [0, 100])]), HEADERS);
    await receiver.receive(request([series(ok, [15, 100]), series(failed, [15, 3])]), HEADERS);
    expect(await ledger.totals('shop/api')).toEqual([0, 0]);
    await receiver.receive(request([series(ok, [30, 100], [45, 100])]), HEADERS);
    await receiver.receive(
      request([series(ok, [60, 100]), series({ ...failed, code: '503' }, [60, 4])]),
      HEADERS,
    );
    expect(await ledger.totals('shop/api')).toEqual([4, 4]);
  });

  it('lets requests of one moment share a commit', async () => {
    const ledger = createTestLedger();
    const receiver = await start(ledger);
    const before = ledger.commits.length;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        receiver.receive(request([series({ ...ok, shard: String(i) }, [0, 1], [15, 2])]), HEADERS),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect(ledger.commits.length - before).toBeLessThan(10);
    expect(await ledger.totals('shop/api')).toEqual([50, 0]);
  });

  it('tells senders to come again while the store refuses, and counts what they repeat once', async () => {
    const ledger = createTestLedger();
    let broken = true;
    const trouble: TestLedger = {
      ...ledger,
      commit: (commit: Commit) =>
        broken
          ? Promise.reject(new StoreError('disk full', { retryable: true }))
          : ledger.commit(commit),
    };
    const receiver = await start(trouble, { limits: { waitSeconds: 1, waiting: 2 } });
    const body = request([series(ok, [0, 1], [15, 4])]);
    const [first, second, third] = await Promise.all([
      receiver.receive(body, HEADERS),
      receiver.receive(body, HEADERS),
      receiver.receive(body, HEADERS),
    ]);
    expect([first?.status, second?.status, third?.status]).toEqual([503, 503, 503]);
    expect(receiver.status()).toMatchObject({
      state: 'failing',
      lastError: { message: 'disk full' },
    });
    broken = false;
    await until(async () => (await receiver.receive(body, HEADERS)).status === 204);
    expect(await ledger.totals('shop/api')).toEqual([3, 0]);
  });

  it('answers 415 to other formats and 400 to bytes that are none, with a reason', async () => {
    const receiver = await start(createTestLedger());
    const body = request([series(ok, [0, 1])]);
    const answer = (headers: object, bytes = body) =>
      receiver.receive(bytes, { ...HEADERS, ...headers });
    expect(
      await answer({
        'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
      }),
    ).toMatchObject({
      status: 415,
      body: expect.stringContaining('send remote write 1.0') as string,
    });
    expect(
      await answer({ 'content-type': 'application/x-protobuf;proto=prometheus.WriteRequest' }),
    ).toEqual({ status: 204 });
    expect(await answer({ 'x-prometheus-remote-write-version': '2.0.0' })).toMatchObject({
      status: 415,
    });
    expect(await answer({ 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
    expect(await answer({ 'content-type': 'application/json' })).toMatchObject({ status: 415 });
    expect(await answer({}, Buffer.from('no snappy'))).toMatchObject({ status: 400 });
    expect(await answer({}, body.subarray(0, body.length - 1))).toMatchObject({ status: 400 });
    expect(receiver.status().counters['refusedRequests']).toBe(6);
  });

  it('answers any bytes with 204 or 400, and goes on', async () => {
    const ledger = createTestLedger();
    const receiver = await start(ledger);
    const whole = request([series(ok, [0, 1], [15, 2]), series(failed, [0, 1])]);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map(compress),
      fc.tuple(fc.nat(), fc.nat(255)).map(([at, value]) => {
        const damaged = Uint8Array.from(whole);
        damaged[at % damaged.length] = value;
        return damaged;
      }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        expect([204, 400]).toContain((await receiver.receive(body, HEADERS)).status);
      }),
      { numRuns: 300 },
    );
    expect(receiver.status().state).toBe('live');
  });

  it('bounds the series it keeps and says so', async () => {
    const receiver = await start(createTestLedger(), { limits: { series: 10 } });
    const many = Array.from({ length: 30 }, (_, i) => series({ ...ok, path: `/${i}` }, [0, 1]));
    expect(await receiver.receive(request(many), HEADERS)).toEqual({ status: 204 });
    expect(receiver.status().counters).toMatchObject({ series: 10, refusedSeries: 20 });
  });

  it('leaves out samples that are far in the future', async () => {
    const ledger = createTestLedger();
    const receiver = await start(ledger);
    await receiver.receive(request([series(ok, [0, 1], [15, 3], [86_400, 1000])]), HEADERS);
    await receiver.receive(request([series(ok, [30, 5])]), HEADERS);
    expect(await ledger.totals('shop/api')).toEqual([4, 0]);
  });
});
