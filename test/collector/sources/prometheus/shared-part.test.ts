import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../../collector/clock.ts';
import { createPrometheusSource } from '../../../../collector/sources/prometheus/prometheus-source.ts';
import { type Commit, StoreError } from '../../../../collector/stores/store.ts';
import { createTestLedger, testContext, type TestLedger, until } from '../test-ledger.ts';
import { connectionTo, matrix, type QueryApi, startQueryApi } from './query-api.ts';
import { ratioSlo } from './slo-fixture.ts';

/** A counter of one event a second, an error every ten, scraped every 15 s since an hour before the test. */
const BEGUN = Math.floor(Date.now() / 1000) - 3600;
const valueAt = (at: number): number => at - BEGUN;

/** A minute passes in a second. */
const quick: Clock = {
  now: () => (BEGUN + 3600) * 1000 + (Date.now() - (BEGUN + 3600) * 1000) * 60,
  sleep: (ms, signal) => systemClock.sleep(ms / 60, signal),
};

let api: QueryApi;
beforeAll(async () => {
  api = await startQueryApi();
  api.answer = ({ path, form }) => {
    if (path.endsWith('query_range')) return { body: matrix([]) };
    const to = Number(form['time']);
    const seconds = Number(/\[(\d+)s\]$/.exec(form['query'] ?? '')?.[1]);
    const scrapes: number[] = [];
    for (let at = Math.ceil((to - seconds + 1) / 15) * 15; at <= to; at += 15)
      if (at >= BEGUN) scrapes.push(at);
    if (scrapes.length === 0 || !form['query']?.startsWith('requests_total'))
      return { body: matrix([]) };
    const labels = { __name__: 'requests_total', job: 'api', instance: 'a' };
    return {
      body: matrix([
        [{ ...labels, code: '200' }, ...scrapes.map((at) => [at, valueAt(at)] as const)],
        [
          { ...labels, code: '500' },
          ...scrapes.map((at) => [at, Math.floor(valueAt(at) / 10)] as const),
        ],
      ]),
    };
  };
});
afterAll(() => api.close());

function start(ledger: TestLedger) {
  const ended = new AbortController();
  const source = createPrometheusSource({
    name: 'main',
    connection: connectionTo(api.url, { pollSeconds: 15 }),
    slos: [ratioSlo('api')],
  });
  const running = source.run(testContext(ledger, { clock: quick }), ended.signal);
  return {
    source,
    stop: async () => {
      ended.abort();
      await running;
    },
  };
}

/** Total and bad that both series counted between the first scrape and the newest one that is told. */
function truth(ledger: TestLedger): readonly [number, number] {
  const cells = ledger.commits.flatMap(({ add = [] }) => add);
  const newest = Math.max(...cells.map(({ start, width }) => start + width));
  const first = Math.ceil(BEGUN / 15) * 15;
  const errors = Math.floor(valueAt(newest) / 10) - Math.floor(valueAt(first) / 10);
  return [newest - first + errors, errors];
}

it('two collectors on one part count every event once', async () => {
  const ledger = createTestLedger();
  const both = [start(ledger), start(ledger)];
  await until(() => ledger.commits.length > 25);
  await Promise.all(both.map(({ stop }) => stop()));
  expect(await ledger.totals('shop/api')).toEqual(truth(ledger));
});

it('commits whose answer was lost are made once', async () => {
  const ledger = createTestLedger();
  let calls = 0;
  const lossy: TestLedger = {
    ...ledger,
    async commit(commit: Commit) {
      calls += 1;
      if (calls % 3 === 0) throw new StoreError('connection lost', { retryable: true });
      await ledger.commit(commit);
      // The store has it, and its answer never arrives: the reader must look where it stands.
      if (calls % 5 === 0) throw new StoreError('answer lost', { retryable: true });
    },
  };
  const running = start(lossy);
  await until(() => ledger.commits.length > 20);
  expect(running.source.status().lastError?.message).toMatch(/lost/);
  await running.stop();
  expect(await ledger.totals('shop/api')).toEqual(truth(ledger));
});

it('rests when it has nothing to read', async () => {
  const ended = new AbortController();
  const source = createPrometheusSource({
    name: 'none',
    connection: connectionTo(api.url),
    slos: [],
  });
  await source.run(testContext(createTestLedger()), ended.signal);
  expect(source.status()).toMatchObject({ state: 'stopped', slos: [] });
});
