// HTTP ingest: what is answered, what is counted, what is measured; nothing twice, nothing lost.
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createManualClock } from '../../../../collector/clock.ts';
import {
  createIngestSource,
  type IngestReceived,
  type IngestSource,
} from '../../../../collector/sources/ingest/ingest-source.ts';
import { createMemoryStore } from '../../../../collector/stores/memory.ts';
import { type Commit, StoreError } from '../../../../collector/stores/store.ts';
import { eventSlo } from '../event-slo.ts';
import { createTestLedger, testContext, type TestLedger } from '../test-ledger.ts';

const start = 1_800_000_000;
const settings = { maxBodyBytes: 1_000_000, maxEvents: 5_000, latenessSeconds: 0 };

interface Intake {
  readonly source: IngestSource;
  readonly ledger: TestLedger;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly post: (
    body: string | Uint8Array,
    headers?: Record<string, string>,
    stream?: string,
  ) => Promise<IngestReceived>;
  readonly stop: () => Promise<void>;
}

async function intake(
  given: {
    ledger?: TestLedger;
    clock?: Intake['clock'];
    slos?: Parameters<typeof createIngestSource>[0]['slos'];
  } = {},
): Promise<Intake> {
  const ledger = given.ledger ?? createTestLedger();
  const clock = given.clock ?? createManualClock(start * 1000);
  const source = createIngestSource({ settings, slos: given.slos ?? [eventSlo()] });
  const stopping = new AbortController();
  const running = source.run(testContext(ledger, { clock }), stopping.signal);
  await new Promise(setImmediate);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  onTestFinished(stop);
  return {
    source,
    ledger,
    clock,
    stop,
    post: (body, headers = {}, stream = 'shop') =>
      source.receive({
        stream,
        body: Buffer.from(body),
        headers: { 'content-type': 'application/x-ndjson', ...headers },
      }),
  };
}

const line = (time: number, status = 200, rest: object = {}): string =>
  `${JSON.stringify({ time: start + time, status, ...rest })}\n`;

describe('an ingest request', () => {
  it('is answered with 200 once its events are in the store', async () => {
    const { post, ledger } = await intake();
    const answer = await post(line(-2) + line(-2, 503) + line(-1));
    expect(answer).toEqual({
      status: 200,
      body: { accepted: 3, rejected: 0, rejections: [], duplicate: false },
    });
    expect(Object.fromEntries(await ledger.counts())).toEqual({
      [`shop/availability ${start - 2}`]: [2, 1],
      [`shop/availability ${start - 1}`]: [1, 0],
    });
    expect(ledger.watermarks.get('shop/availability')).toBe(start - 1);
  });

  it('may be a JSON array, one object, or gzip of either', async () => {
    const { post, ledger } = await intake();
    const json = { 'content-type': 'application/json; charset=utf-8' };
    const gzip = { 'content-encoding': 'gzip' };
    expect((await post(`[${line(0)},${line(0)}]`, json)).status).toBe(200);
    expect((await post(line(0), json)).status).toBe(200);
    expect((await post(gzipSync(line(0) + line(0)), gzip)).status).toBe(200);
    expect((await post(gzipSync(`[${line(0)}]`), { ...json, ...gzip })).status).toBe(200);
    expect(await ledger.totals('shop/availability')).toEqual([6, 0]);
  });

  it('loses only the lines that are wrong, each named with its number and reason', async () => {
    const { post, ledger, source } = await intake();
    const body = `${line(0)}\n{"time":\n[1]\r\n${line(0)}{"status":500}\n{"time":1,"status":200}`;
    expect(await post(body)).toEqual({
      status: 207,
      body: {
        accepted: 2,
        rejected: 4,
        rejections: [
          { line: 3, reason: 'not-json' },
          { line: 4, reason: 'not-an-object' },
          { line: 6, reason: 'no-time' },
          { line: 7, reason: 'too-old' },
        ],
        duplicate: false,
      },
    });
    expect((await post('nonsense')).status).toBe(422);
    expect(await ledger.totals('shop/availability')).toEqual([2, 0]);
    expect(source.poison()[0]).toMatchObject({
      reason: 'not-json',
      place: 'shop line 3',
      excerpt: '{"time":',
    });
    expect(source.status().counters).toMatchObject({
      'poison_not-json': 2,
      events_too_old: 1,
      events_rejected: 5,
    });
  });

  it('is refused as a whole, with a sentence, when it cannot be read', async () => {
    const { post, ledger } = await intake();
    const refused = async (
      status: number,
      ...request: Parameters<Intake['post']>
    ): Promise<void> => {
      const answer = await post(...request);
      expect([answer.status, typeof answer.body]).toEqual([status, 'string']);
    };
    await refused(404, line(0), {}, 'unknown');
    await refused(415, line(0), { 'content-type': 'text/html' });
    await refused(415, line(0), { 'content-type': '__proto__' });
    await refused(415, line(0), { 'content-encoding': 'br' });
    await refused(400, line(0), { 'content-encoding': 'gzip' });
    await refused(400, 'not json', { 'content-type': 'application/json' });
    await refused(400, line(0), { 'idempotency-key': 'x'.repeat(300) });
    await refused(413, line(0).repeat(5_001));
    await refused(413, ' '.repeat(1_000_001));
    await refused(413, gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' });
    expect(await ledger.counts()).toEqual(new Map());
  });

  it('is told to come again while the collector is starting or stopping', async () => {
    const early = createIngestSource({ settings, slos: [eventSlo()] });
    const request = {
      stream: 'shop',
      body: Buffer.from(line(0)),
      headers: { 'content-type': 'application/x-ndjson' },
    };
    expect(await early.receive(request)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '2' },
    });
    const { source, stop } = await intake();
    await stop();
    expect((await source.receive(request)).status).toBe(503);
  });

  it('does no harm whatever its bytes are', async () => {
    const { post, source } = await intake({ slos: [eventSlo({ groupBy: ['route'] })] });
    const known = [200, 207, 400, 413, 415, 422];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => Buffer.from(text)),
          fc.array(fc.json({ maxDepth: 2 })).map((lines) => Buffer.from(lines.join('\n'))),
          fc
            .jsonValue()
            .map((value) =>
              Buffer.from(`{"time":${start},"status":1,"route":${JSON.stringify(value)}}`),
            ),
        ),
        fc.constantFrom('application/json', 'application/x-ndjson', 'x'),
        fc.constantFrom('', 'gzip', 'identity'),
        async (body, type, encoding) => {
          const answer = await post(body, { 'content-type': type, 'content-encoding': encoding });
          expect(known).toContain(answer.status);
        },
      ),
      { numRuns: 500 },
    );
    expect(source.status().state).toBe('live');
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'order-77' };

  it('makes a replay answer the same and count nothing', async () => {
    const { post, ledger } = await intake();
    const first = await post(`${line(0)}wrong\n`, key);
    const again = await post(`${line(0)}wrong\n`, key);
    expect(again.body).toEqual({ ...(first.body as object), duplicate: true });
    expect(again.status).toBe(first.status);
    expect(await ledger.totals('shop/availability')).toEqual([1, 0]);
  });

  it('holds for requests at the same time, after a restart, and between collectors', async () => {
    const ledger = createTestLedger();
    const one = await intake({ ledger });
    const answers = await Promise.all(Array.from({ length: 5 }, () => one.post(line(0), key)));
    expect(answers.filter(({ body }) => (body as { duplicate: boolean }).duplicate)).toHaveLength(
      4,
    );
    const two = await intake({ ledger });
    expect((await two.post(line(0), key)).body).toMatchObject({ duplicate: true });
    await one.post(line(0), { 'idempotency-key': 'next' });
    // The other collector has not heard of this one yet: its commit finds out.
    expect((await two.post(line(0), { 'idempotency-key': 'next' })).body).toMatchObject({
      duplicate: true,
    });
    expect(await ledger.totals('shop/availability')).toEqual([2, 0]);
    await one.stop();
    const three = await intake({ ledger });
    expect((await three.post(line(0), key)).body).toMatchObject({ duplicate: true });
    expect(await ledger.totals('shop/availability')).toEqual([2, 0]);
  });

  it('cannot be used for another body', async () => {
    const { post } = await intake();
    await post(line(0), key);
    expect(await post(line(1), key)).toMatchObject({ status: 422 });
  });

  it('is forgotten after a thousand others or a day, and not before', async () => {
    const { post, ledger, clock } = await intake();
    await post(line(0), key);
    for (let other = 1; other < 1_000; other += 1)
      await post(line(0), { 'idempotency-key': `${other}` });
    expect((await post(line(0), key)).body).toMatchObject({ duplicate: true });
    await post(line(0), { 'idempotency-key': 'one more' });
    expect((await post(line(0), key)).body).toMatchObject({ duplicate: false });
    await clock.advance(86_401_000);
    expect((await post(line(0), { 'idempotency-key': 'another day' })).body).toMatchObject({
      duplicate: false,
    });
    expect((await post(line(0), key)).body).toMatchObject({ duplicate: false });
    expect((await ledger.totals('shop/availability'))[0]).toBe(1_004);
  });
});

describe('a stream', () => {
  it('commits requests that arrive together in one transaction', async () => {
    const { post, ledger } = await intake();
    await Promise.all(Array.from({ length: 200 }, () => post(line(0) + line(-1, 500))));
    expect(await ledger.totals('shop/availability')).toEqual([400, 200]);
    expect(ledger.commits.length).toBeLessThan(5);
  });

  it('answers 503 while the store fails, loses nothing, and counts the retry once', async () => {
    const store = createMemoryStore();
    let failing = true;
    const ledger = createTestLedger({
      ...store,
      commit(commit: Commit) {
        if (failing) return Promise.reject(new StoreError('disk full', { retryable: true }));
        return store.commit(commit);
      },
    });
    const { post, clock, source } = await intake({ ledger });
    const refused = post(line(0), { 'idempotency-key': 'a' });
    for (let second = 0; second < 10; second += 1) await clock.advance(1_000);
    expect(await refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(source.status()).toMatchObject({
      state: 'failing',
      lastError: { message: 'disk full' },
    });
    failing = false;
    expect(await post(line(0), { 'idempotency-key': 'a' })).toMatchObject({ status: 200 });
    expect(await ledger.totals('shop/availability')).toEqual([1, 0]);
    expect(source.status().state).toBe('live');
  });

  it('counts once when the answer of the store was lost after it committed', async () => {
    const store = createMemoryStore();
    let lost = true;
    const ledger = createTestLedger({
      ...store,
      async commit(commit: Commit) {
        const deltas = await store.commit(commit);
        if (lost) throw new StoreError('connection lost', { retryable: false });
        return deltas;
      },
    });
    const { post } = await intake({ ledger });
    expect((await post(line(0), { 'idempotency-key': 'a' })).status).toBe(503);
    lost = false;
    expect((await post(line(0), { 'idempotency-key': 'a' })).body).toMatchObject({
      duplicate: true,
    });
    expect(await ledger.totals('shop/availability')).toEqual([1, 0]);
  });

  it('is measured from its first event to its newest, over every pause of up to five minutes', async () => {
    const { post, ledger, clock } = await intake();
    await post(line(-3) + line(0));
    await clock.advance(290_000);
    await post(line(285));
    expect(await ledger.coverage('shop/availability')).toEqual([
      { from: start - 3, to: start + 285 },
    ]);
    await clock.advance(600_000);
    await post(line(888) + line(890));
    expect(await ledger.coverage('shop/availability')).toEqual([
      { from: start - 3, to: start + 285 },
      { from: start + 888, to: start + 890 },
    ]);
    expect(ledger.setBack).toEqual([]);
  });

  it('is measured through a longer pause when the events of the pause come later', async () => {
    const { post, ledger, clock } = await intake();
    await post(line(0));
    await clock.advance(3_600_000);
    await post(line(20) + line(1_800) + line(3_599));
    expect(await ledger.coverage('shop/availability')).toEqual([
      { from: start, to: start + 3_599 },
    ]);
  });

  it('is measured without events by empty batches and by heartbeats, but not into the future', async () => {
    const { post, ledger, clock } = await intake();
    await post(line(0));
    await clock.advance(200_000);
    expect((await post('')).status).toBe(200);
    expect(ledger.watermarks.get('shop/availability')).toBe(start + 200);
    await clock.advance(200_000);
    const beat = (measuredThrough: unknown, rest: object = {}): string =>
      JSON.stringify({ ninefold: { measuredThrough, ...rest } });
    expect((await post(beat(start + 390))).body).toMatchObject({ accepted: 0, rejected: 0 });
    expect(await ledger.coverage('shop/availability')).toEqual([{ from: start, to: start + 390 }]);
    await clock.advance(1_000_000);
    await post(beat(new Date((start + 1_300) * 1000).toISOString(), { measuredFrom: start + 390 }));
    expect(await ledger.coverage('shop/availability')).toEqual([
      { from: start, to: start + 1_300 },
    ]);
    await post(beat(start + 999_999));
    expect(ledger.watermarks.get('shop/availability')).toBe(start + 1_400);
    expect((await post(beat('soon'))).body).toMatchObject({ rejected: 1 });
    expect(await ledger.totals('shop/availability')).toEqual([1, 0]);
  });

  it('begins anew for an SLO that joins it later', async () => {
    const ledger = createTestLedger();
    const one = await intake({ ledger });
    await one.post(line(0));
    await one.stop();
    const clock = createManualClock((start + 100) * 1000);
    const two = await intake({ ledger, clock, slos: [eventSlo(), eventSlo({ name: 'other' })] });
    expect(ledger.watermarks.get('shop/availability')).toBe(start);
    await two.post(line(90) + line(95));
    expect(await ledger.coverage('shop/availability')).toEqual([{ from: start, to: start + 95 }]);
    expect(await ledger.coverage('shop/other')).toEqual([{ from: start + 90, to: start + 95 }]);
  });
});
