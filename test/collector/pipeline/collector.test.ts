// The collector whole, on a clock that the test drives: from commits to what the sinks hear, across restarts and reloads.
import { describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../collector/clock.ts';
import { silentLog } from '../../../collector/log.ts';
import { type Collector, createCollector } from '../../../collector/pipeline/collector.ts';
import { createListSink, type ListSink } from '../../../collector/sinks/list.ts';
import type { Source } from '../../../collector/sources/source.ts';
import { createMemoryStore } from '../../../collector/stores/memory.ts';
import type { Store } from '../../../collector/stores/store.ts';
import { defineService, defineSlo, ingestEvents, type SloInput } from '../../../index.ts';
import { resolveSlo } from '../../../slo/resolve-slo.ts';
import type { Slo } from '../../../slo/slo.ts';
import { createSteadySource, type SteadySource } from './steady-source.ts';

const START = Date.parse('2026-09-01T00:00:00Z') / 1000;
const HOUR = 3600;

function sloNamed(name: string, input: Partial<SloInput> = {}): Slo {
  const { value, diagnostics } = resolveSlo(
    defineSlo({
      service: defineService({ name: 'shop', team: 'web' }),
      name,
      objective: '99.9%',
      sli: ingestEvents({
        stream: 'orders',
        fields: { status: 'status', country: 'string' },
        bad: (event) => event.status.isServerError(),
      }),
      ...input,
    }),
  );
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** A store that outlives the collector that closes it, as a file would. */
function lasting(store: Store): Store {
  return { ...store, close: () => Promise.resolve() };
}

interface Setting {
  readonly clock: ManualClock;
  readonly sink: ListSink;
  readonly collector: Collector;
}

async function start(
  slos: readonly Slo[],
  sources: (slos: readonly Slo[]) => readonly Source[],
  store: Store = createMemoryStore(),
  clock: ManualClock = createManualClock(START * 1000),
): Promise<Setting> {
  const sink = createListSink();
  const collector = createCollector({
    slos,
    store,
    sources,
    sinks: [sink],
    clock,
    log: silentLog,
    publicUrl: 'http://127.0.0.1:9999',
  });
  await collector.start();
  return { clock, sink, collector };
}

/** Puts seven hours of healthy traffic of 100 events a second into the store, up to the clock's start. */
async function withHistory(slo: string, store: Store): Promise<void> {
  await store.commit({
    part: `steady/${slo}`,
    version: 0,
    position: String(START),
    add: Array.from({ length: 7 * 360 }, (_, k) => ({
      instance: slo,
      start: START - 7 * HOUR + 10 * k,
      width: 10 as const,
      total: 1000,
      bad: 0,
    })),
    coverage: [{ slo, from: START - 7 * HOUR, to: START }],
  });
}

describe('collector', () => {
  it('pages after an outage began, says why, and resolves once it is long over', async () => {
    const slo = sloNamed('availability', { runbookUrl: 'https://runbooks.example/shop' });
    const store = createMemoryStore();
    await withHistory(slo.id, store);
    const source = createSteadySource(slo.id);
    const { clock, sink, collector } = await start([slo], () => [source], store);
    await clock.advance(10_000);
    source.traffic.failing = 100;
    const began = clock.now() / 1000;
    await clock.advance(120_000);
    const page = sink.sent.find((alert) => alert.labels['severity'] === 'page');
    // Theory: 14.4 × 0.1 % of an hour; one second of the source and one of the evaluation may pass.
    expect(page?.startsAt).toBeGreaterThanOrEqual(began + 52);
    expect(page?.startsAt).toBeLessThanOrEqual(began + 54);
    expect(page?.labels).toEqual({
      alertname: 'ErrorBudgetBurn',
      slo: 'shop/availability',
      service: 'shop',
      team: 'web',
      tier: 'standard',
      severity: 'page',
    });
    expect(page?.annotations).toMatchObject({
      fired_by: '1h/5m above 14.4×',
      runbook_url: 'https://runbooks.example/shop',
    });
    source.traffic.failing = 0;
    await clock.advance(2 * HOUR * 1000);
    expect(
      sink.sent.filter((alert) => alert.labels['severity'] === 'page').map((alert) => alert.status),
    ).toEqual(['firing', 'resolved']);
    const [resolved, fired] = await collector.alertEvents({ instance: slo.id, limit: 2 });
    expect([fired?.transition, resolved?.transition]).toEqual(['firing', 'resolved']);
    expect(JSON.parse(fired?.evidence ?? '{}')).toMatchObject({ conditions: expect.any(Array) });
    await collector.close();
  });

  it('shows exact counts, coverage and budget', async () => {
    const slo = sloNamed('availability');
    const source = createSteadySource(slo.id, { rate: 10, failing: 1 });
    const { clock, collector } = await start([slo], () => [source]);
    await clock.advance(100_500);
    const view = collector.instance(slo.id);
    expect(view).toMatchObject({ measurement: 'measured', sli: 0.9, total: 1010, bad: 101 });
    expect(view?.budgetSpent).toBeCloseTo(100, 9);
    expect(view?.coverage).toBeCloseTo(101 / (30 * 86_400), 12);
    await collector.close();
  });

  it('freezes and says so when data go missing, and goes on when they return', async () => {
    const slo = sloNamed('availability');
    const store = createMemoryStore();
    await withHistory(slo.id, store);
    const source = createSteadySource(slo.id);
    const { clock, sink, collector } = await start([slo], () => [source], store);
    source.traffic.failing = 100;
    await clock.advance(100_000);
    source.traffic.measured = false;
    await clock.advance(3 * HOUR * 1000);
    expect(
      sink.sent
        .filter((alert) => alert.labels['severity'] === 'page')
        .map((alert) => [alert.labels['alertname'], alert.status]),
    ).toEqual([
      ['ErrorBudgetBurn', 'firing'],
      ['SliDataMissing', 'firing'],
    ]);
    expect(collector.instance(slo.id)?.measurement).toBe('stale');
    Object.assign(source.traffic, { measured: true, failing: 0 });
    await clock.advance(2000);
    expect(sink.sent.at(-1)).toMatchObject({
      status: 'resolved',
      labels: { alertname: 'SliDataMissing' },
    });
    await collector.close();
  });

  it('goes on after a restart as if nothing had happened: counts, alert and start of firing', async () => {
    const slo = sloNamed('availability');
    const store = createMemoryStore();
    await withHistory(slo.id, store);
    const source = createSteadySource(slo.id, { failing: 100 });
    const first = await start([slo], () => [source], lasting(store));
    await first.clock.advance(200_000);
    const before = first.collector.instance(slo.id);
    await first.collector.close();
    const second = await start(
      [slo],
      () => [createSteadySource(slo.id, { failing: 100 })],
      lasting(store),
      first.clock,
    );
    await first.clock.advance(1500);
    const after = second.collector.instance(slo.id);
    expect(after?.bad).toBe((before?.bad ?? 0) + 100);
    expect(after?.alerts.find((alert) => alert.severity === 'page')?.since).toBe(
      before?.alerts.find((alert) => alert.severity === 'page')?.since,
    );
    // The page was delivered before; only a sink that wants repetition hears it again.
    expect(second.sink.sent.filter((alert) => alert.labels['severity'] === 'page')).toEqual([]);
    await second.collector.close();
  });

  it('keeps the counts of SLOs that stay when definitions are reloaded', async () => {
    const [kept, dropped, added] = [sloNamed('kept'), sloNamed('dropped'), sloNamed('added')];
    const made: SteadySource[] = [];
    const { clock, collector } = await start([kept, dropped], (slos) =>
      slos.map((slo) => {
        const source = createSteadySource(slo.id, { rate: 10 });
        made.push(source);
        return source;
      }),
    );
    await clock.advance(50_500);
    await collector.reload([sloNamed('kept', { objective: '99%' }), added]);
    await clock.advance(50_000);
    expect(collector.instances().map((view) => [view.slo, view.objective, view.total])).toEqual([
      ['shop/added', 0.999, 510],
      ['shop/kept', 0.99, 1010],
    ]);
    await collector.reload([kept, dropped]);
    await clock.advance(0);
    expect(collector.instance('shop/dropped')?.total).toBeGreaterThanOrEqual(510);
    await collector.close();
  });

  it('gives groups past the limit one shared budget, and keeps known groups', async () => {
    const slo = sloNamed('by-country', { groupBy: { labels: ['country'], limit: 3 } });
    const source: Source = {
      name: 'countries',
      async run({ ledger }) {
        const add = ['de', 'fr', 'it', 'es', 'pt'].map((country) => ({
          instance: ledger.instance(slo, { country }),
          start: START - 10,
          width: 1 as const,
          total: 10,
          bad: 0,
        }));
        await ledger.commit({ part: 'countries', version: 0, position: '', add });
        ledger.watermark(slo.id, START);
      },
      status: () => ({
        name: 'countries',
        kind: 'test',
        state: 'live',
        slos: [slo.id],
        counters: {},
      }),
    };
    const { clock, collector } = await start([slo], () => [source]);
    await clock.advance(1000);
    expect(collector.instances().map((view) => [view.instance, view.total])).toEqual([
      ['shop/by-country{country="__other__"}', 20],
      ['shop/by-country{country="de"}', 10],
      ['shop/by-country{country="fr"}', 10],
      ['shop/by-country{country="it"}', 10],
    ]);
    await collector.close();
  });

  it('shows events at once that are newer than the watermark', async () => {
    const slo = sloNamed('availability');
    const source: Source = {
      name: 'burst',
      async run({ ledger }) {
        const add = [{ instance: slo.id, start: START, width: 1 as const, total: 7, bad: 2 }];
        const coverage = [{ slo: slo.id, from: START - 100, to: START - 50 }];
        await ledger.commit({ part: 'burst', version: 0, position: '', add, coverage });
        ledger.watermark(slo.id, START - 50);
      },
      status: () => ({ name: 'burst', kind: 'test', state: 'live', slos: [slo.id], counters: {} }),
    };
    const { clock, collector } = await start([slo], () => [source]);
    await clock.advance(3000);
    expect(collector.instance(slo.id)).toMatchObject({
      total: 7,
      bad: 2,
      watermark: START - 50,
      conditions: expect.arrayContaining([
        expect.objectContaining({ long: { total: 0, bad: 0, burnRate: null } }),
      ]),
    });
    await collector.close();
  });

  it('still pages when the store cannot save the alert', async () => {
    const slo = sloNamed('availability');
    const memory = createMemoryStore();
    await withHistory(slo.id, memory);
    let broken = false;
    const store: Store = {
      ...memory,
      saveAlerts: (records, events) =>
        broken ? Promise.reject(new Error('disk full')) : memory.saveAlerts(records, events),
    };
    const source = createSteadySource(slo.id);
    const { clock, sink, collector } = await start([slo], () => [source], store);
    broken = true;
    source.traffic.failing = 100;
    await clock.advance(60_000);
    expect(sink.sent.map((alert) => alert.labels['severity'])).toContain('page');
    expect(await collector.alertEvents({ limit: 10 })).toEqual([]);
    broken = false;
    await clock.advance(2000);
    expect((await collector.alertEvents({ limit: 10 })).map((event) => event.transition)).toContain(
      'firing',
    );
    await collector.close();
  });
});
