import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCounterFeed } from '../../../../collector/sources/prometheus/counter-feed.ts';
import {
  type CounterFold,
  createCounterFold,
} from '../../../../collector/sources/prometheus/counter-fold.ts';
import {
  createPositionWriter,
  memoryFor,
  parsePosition,
  queryDigest,
} from '../../../../collector/sources/prometheus/counter-position.ts';
import { createSeriesRoutes } from '../../../../collector/sources/prometheus/series-routes.ts';
import type { CellWrite, CoverageWrite } from '../../../../collector/stores/store.ts';
import { instanceId } from '../../../../slo/instance.ts';
import { prometheusLatency } from '../../../../slo/sli/prometheus-latency.ts';
import { prometheusRatio } from '../../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../../slo/slo.ts';
import { ratioSlo, sloOf } from './slo-fixture.ts';

const START = 1_700_000_000_000;

/** A fold over some SLOs that can be restarted from its own position, with everything it told so far. */
class Folding {
  readonly feeds;
  fold: CounterFold;
  readonly cells: CellWrite[] = [];
  readonly coverage: CoverageWrite[] = [];
  constructor(...slos: readonly Slo[]) {
    this.feeds = slos.map(createCounterFeed);
    this.fold = this.open(undefined);
  }

  open(position: string | undefined): CounterFold {
    return createCounterFold({
      feeds: this.feeds,
      routes: createSeriesRoutes(this.feeds),
      ledger: { instance: (slo, labels) => instanceId(slo.id, labels) },
      memory: memoryFor(
        this.feeds,
        position === undefined ? undefined : parsePosition('p', position),
      ),
    });
  }

  /** One answer: for each series its samples as seconds after the start and values; taken as of `asOf`. */
  read(
    answer: readonly (readonly [string, ...(readonly [number, number])[]])[],
    asOf = Infinity,
  ): void {
    this.fold.latestMs = START + asOf * 1000;
    for (const [text, ...samples] of answer) {
      const [name = '', rest = ''] = text.split('{');
      const labels = Object.fromEntries(
        [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
      ) as Record<string, string>;
      const series = this.fold.series({ __name__: name, instance: 'a', ...labels });
      if (series === undefined) continue;
      for (const [at, value] of samples) this.fold.sample(series, START + at * 1000, value);
    }
    this.fold.settle();
    const { cells, coverage } = this.fold.drain(0);
    this.cells.push(...cells);
    this.coverage.push(...coverage);
  }

  restart(): void {
    const slos = Object.fromEntries(this.feeds.map((feed) => [feed.slo.id, queryDigest(feed)]));
    this.fold = this.open(createPositionWriter(slos)(START / 1000, this.fold.memory()));
  }

  counts(instance?: string): { total: number; bad: number } {
    const own = this.cells.filter((cell) => instance === undefined || cell.instance === instance);
    return {
      total: own.reduce((sum, { total }) => sum + total, 0),
      bad: own.reduce((sum, { bad }) => sum + bad, 0),
    };
  }
}

const ok = 'requests_total{job="api",code="200"}';
const failed = 'requests_total{job="api",code="500"}';

describe('the counter fold', () => {
  it('counts every increase once, over any cut into overlapping answers, restarts and resets', () => {
    const life = fc.array(fc.nat(50), { minLength: 1, maxLength: 12 });
    const cut = fc.record({
      size: fc.integer({ min: 1, max: 5 }),
      again: fc.nat(3),
      restart: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(life, { minLength: 1, maxLength: 4 }),
        fc.array(cut, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 120 }),
        (lives, cuts, scrapeSeconds) => {
          const samples: (readonly [number, number])[] = [];
          let truth = 0;
          let previous: number | undefined;
          for (const steps of lives) {
            let value = 0;
            for (const step of steps) {
              value += step;
              // What a reset hides is what any reader of samples must miss: the test counts as a reader can.
              if (previous !== undefined) truth += value >= previous ? value - previous : value;
              previous = value;
              samples.push([samples.length * scrapeSeconds, value]);
            }
          }
          const folding = new Folding(ratioSlo('api'));
          let at = 0;
          for (let turn = 0; at < samples.length; turn += 1) {
            const { size, again, restart } = cuts[turn % cuts.length] ?? {
              size: 1,
              again: 0,
              restart: false,
            };
            const slice = samples.slice(Math.max(0, at - again), at + size);
            folding.read([
              [ok, ...slice],
              [failed, ...slice],
            ]);
            if (restart) folding.restart();
            at += size;
          }
          expect(folding.counts()).toEqual({ total: 2 * truth, bad: truth });
          for (const { total, bad, start, width } of folding.cells) {
            expect(bad).toBeLessThanOrEqual(total);
            expect(start % width).toBe(0);
            expect(start + width).toBeLessThanOrEqual(START / 1000 + (samples.at(-1)?.[0] ?? 0));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts an error series born with its first error when the target was scraped before', () => {
    const folding = new Folding(ratioSlo('api'));
    folding.read([[ok, [0, 1000], [15, 1010]]]);
    folding.read([
      [ok, [30, 1020]],
      [failed, [30, 3]],
    ]);
    expect(folding.counts()).toEqual({ total: 23, bad: 3 });
    expect(folding.fold.counters()).toMatchObject({ births: 1, firstContacts: 1 });
  });

  it('counts no series from zero at first contact, whose past is unknown', () => {
    const folding = new Folding(ratioSlo('api'));
    folding.read([
      [ok, [0, 1000], [15, 1010]],
      [failed, [0, 7], [15, 8]],
    ]);
    expect(folding.counts()).toEqual({ total: 11, bad: 1 });
    folding.read([['requests_total{job="api",code="200",instance="new"}', [30, 500]]]);
    expect(folding.counts()).toEqual({ total: 11, bad: 1 });
  });

  it('knows a born series after a restart, and does not take one for born after its definition changed', () => {
    const folding = new Folding(ratioSlo('api'));
    folding.read([[ok, [0, 1000], [15, 1010]]]);
    folding.restart();
    folding.read([
      [ok, [30, 1020]],
      [failed, [30, 2]],
    ]);
    expect(folding.counts()).toEqual({ total: 22, bad: 2 });
    const slos = { [ratioSlo('api').id]: 'another definition' };
    folding.fold = folding.open(createPositionWriter(slos)(START / 1000, folding.fold.memory()));
    folding.read([
      [ok, [45, 1030]],
      [failed, [45, 2]],
      ['requests_total{job="api",code="503"}', [45, 99]],
    ]);
    expect(folding.counts()).toEqual({ total: 32, bad: 2 });
  });

  it('does not take a relabelled series for a million new requests', () => {
    const folding = new Folding(ratioSlo('api'));
    folding.read([[ok, [0, 999_000], [15, 1_000_000]]]);
    folding.read([
      ['requests_total{job="api",code="200",zone="b"}', [30, 1_000_500], [45, 1_000_600]],
    ]);
    expect(folding.counts().total).toBe(1000 + 500 + 100);
    expect(folding.fold.counters().renames).toBe(1);
  });

  it('goes on with a series that was away for less than an hour, and begins anew after', () => {
    const folding = new Folding(ratioSlo('api'));
    folding.read([
      [ok, [0, 100], [15, 110]],
      [failed, [0, 5], [15, 5]],
    ]);
    folding.read([[ok, ...Array.from({ length: 200 }, (_, i) => [30 + 15 * i, 120 + i] as const)]]);
    folding.restart();
    folding.read([[failed, [3100, 9]]], 3100);
    expect(folding.counts().bad).toBe(4);
    const scrapes = Array.from({ length: 300 }, (_, i) => 3115 + 15 * i);
    for (const at of scrapes) {
      folding.read([[ok, [at, 1000 + at]]], at);
      folding.fold.memory();
    }
    folding.read([[failed, [7700, 12]]], 7700);
    expect(folding.counts().bad).toBe(4 + 12);
    expect(folding.fold.counters()).toMatchObject({ births: 1, firstContacts: 0 });
  });

  it('forgets nothing of a sender that catches up hours behind the others', () => {
    const folding = new Folding(ratioSlo('api'));
    const behind = 'requests_total{job="api",code="500",instance="behind"}';
    folding.read([[behind, [0, 0]]], 20_000);
    for (let at = 0; at < 600; at += 1) {
      folding.read([[ok, [20_000 + 60 * at, at]]], 20_000 + 60 * at);
      folding.read([[behind, [30 * (at + 1), at + 1]]], 20_000 + 60 * at);
      folding.fold.memory();
    }
    expect(folding.counts()).toEqual({ total: 599 + 600, bad: 600 });
  });

  it('spreads the events of a gap over the gap and does not call it measured', () => {
    const folding = new Folding(ratioSlo('api'));
    folding.read([
      [ok, [0, 100], [15, 110], [30, 120]],
      [failed, [0, 0], [15, 0], [30, 0]],
    ]);
    folding.read([
      [ok, [300, 147], [315, 157]],
      [failed, [300, 27], [315, 27]],
    ]);
    expect(folding.counts()).toEqual({ total: 20 + 27 + 27 + 10, bad: 27 });
    const inGap = folding.cells.filter(({ width }) => width === 10);
    expect(inGap.length).toBeGreaterThan(20);
    expect(Math.max(...inGap.map(({ bad }) => bad))).toBeLessThanOrEqual(2);
    expect(folding.coverage).toEqual([
      { slo: 'shop/api', from: START / 1000, to: START / 1000 + 30 },
      { slo: 'shop/api', from: START / 1000 + 300, to: START / 1000 + 315 },
    ]);
  });

  it('measures through three missed scrapes, and no further', () => {
    const folding = new Folding(ratioSlo('api'));
    folding.read([[ok, [0, 1], [60, 2], [120, 3], [300, 4], [360, 5], [600, 6]]]);
    expect(folding.coverage).toEqual([
      { slo: 'shop/api', from: START / 1000, to: START / 1000 + 360 },
    ]);
  });

  it('keeps one budget for each label set of a grouped SLO', () => {
    const folding = new Folding(ratioSlo('api', { groupBy: ['path'] }));
    for (const [at, value] of [
      [0, 10],
      [15, 14],
    ] as const)
      folding.read([
        ['requests_total{job="api",code="200",path="/a"}', [at, value]],
        ['requests_total{job="api",code="500",path="/b"}', [at, value * 2]],
      ]);
    expect(folding.counts('shop/api{path="/a"}')).toEqual({ total: 4, bad: 0 });
    expect(folding.counts('shop/api{path="/b"}')).toEqual({ total: 8, bad: 8 });
  });

  it('picks a histogram bucket by the number of its bound', () => {
    const folding = new Folding(
      sloOf('latency', { sli: prometheusLatency({ histogram: 'latency', atMost: '500ms' }) }),
    );
    for (const [at, fast, all] of [
      [0, 5, 9],
      [15, 9, 20],
    ] as const)
      folding.read([
        ['latency_bucket{le="0.50"}', [at, fast]],
        ['latency_bucket{le="0.25"}', [at, 1]],
        ['latency_bucket{le="+Inf"}', [at, all]],
        ['latency_count{}', [at, all]],
      ]);
    expect(folding.counts()).toEqual({ total: 11, bad: 7 });
  });

  it('lets counted events wait for their total, and reports those for which none comes', () => {
    const folding = new Folding(
      sloOf('split', { sli: prometheusRatio({ total: 'in_total', bad: 'failed_total' }) }),
    );
    folding.read([
      ['in_total{}', [0, 0]],
      ['failed_total{}', [0, 0]],
    ]);
    folding.read([
      ['failed_total{}', [5, 4]],
      ['in_total{}', [10, 3]],
    ]);
    expect(folding.counts()).toEqual({ total: 3, bad: 3 });
    folding.restart();
    folding.read([['in_total{}', [20, 8]]]);
    expect(folding.counts()).toEqual({ total: 8, bad: 4 });
    folding.read([['failed_total{}', [25, 9]]]);
    folding.read([['in_total{}', [1000, 10]]]);
    expect(folding.counts()).toEqual({ total: 10, bad: 4 });
    expect(folding.fold.counters().clamped).toBe(5);
  });

  it('skips values that no counter has and samples from the future', () => {
    const folding = new Folding(ratioSlo('api'));
    folding.read([[ok, [0, 1], [15, NaN], [30, -4], [45, 3], [86_400, 1000]]], 60);
    expect(folding.counts().total).toBe(2);
    expect(folding.fold.counters().invalid).toBe(3);
    expect(folding.fold.newestSampleMs).toBe(START + 45_000);
  });

  it('reports series that two replicas deliver', () => {
    const folding = new Folding(ratioSlo('api'));
    folding.read([
      ['requests_total{job="api",prometheus_replica="a"}', [0, 1]],
      ['requests_total{job="api",prometheus_replica="b"}', [0, 1]],
    ]);
    expect([...folding.fold.replicas]).toEqual([
      'prometheus_replica="a" and prometheus_replica="b"',
    ]);
  });
});
