import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { createCounterFeed } from '../../../../collector/sources/prometheus/counter-feed.ts';
import { createCounterFold } from '../../../../collector/sources/prometheus/counter-fold.ts';
import { EMPTY_MEMORY } from '../../../../collector/sources/prometheus/counter-memory.ts';
import { createPrometheusSource } from '../../../../collector/sources/prometheus/prometheus-source.ts';
import { createSeriesRoutes } from '../../../../collector/sources/prometheus/series-routes.ts';
import { instanceId } from '../../../../slo/instance.ts';
import { prometheusRatio } from '../../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../../slo/slo.ts';
import { rolling } from '../../../../slo/window.ts';
import { type RunningPrometheus, startPrometheus } from '../../../services/prometheus.ts';
import { describeWithService } from '../../../services/services.ts';
import { createTestLedger, testContext, until } from '../test-ledger.ts';
import { connectionTo } from './query-api.ts';
import { sloOf } from './slo-fixture.ts';

/** Two days of counters at one sample a minute that end an hour ago, with everything that can happen to counters. */
const END = Math.floor(Date.now() / 1000 / 900) * 900 - 3600;
const START = END - 2 * 86_400;

interface Written {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [number, number])[];
}

function life(
  labels: Readonly<Record<string, string>>,
  from: number,
  to: number,
  valueAt: (minute: number) => number | undefined,
): Written {
  const samples: [number, number][] = [];
  for (let at = from; at < to; at += 60) {
    const value = valueAt((at - from) / 60);
    if (value !== undefined) samples.push([at + 7, value]);
  }
  return { labels: { instance: 'a', svc: 'shop', ...labels }, samples };
}

const series: readonly Written[] = [
  life({ code: '200' }, START, END, (minute) => minute * 40),
  life({ code: '500' }, START + 7200 + 300, END, (minute) => 3 + Math.floor(minute / 5)),
  // Restarts that grow past their old value before the next point of the grid, and ones that do not.
  life(
    { code: '200', instance: 'b' },
    START,
    END,
    (minute) => (minute < 600 ? minute % 95 : minute) * 60,
  ),
  life(
    { code: '500', instance: 'b' },
    START,
    END,
    (minute) => (minute < 200 ? minute % 13 : minute) * 2,
  ),
  // A target that is away for twenty minutes, and for three.
  life({ code: '200', instance: 'c' }, START, END, (minute) =>
    (minute > 700 && minute < 720) || (minute > 1500 && minute < 1503) ? undefined : minute * 9,
  ),
  // A process that lives for four minutes between two points, and others for an hour each.
  life(
    { code: '200', instance: 'd' },
    START + 36_000 + 180,
    START + 36_000 + 420,
    (minute) => minute * 100,
  ),
  ...Array.from({ length: 10 }, (_, k) =>
    life(
      { code: '200', instance: `pod-${k}` },
      START + k * 3600,
      START + (k + 1) * 3600,
      (minute) => minute * 7,
    ),
  ),
];

describeWithService(['prometheus', 'promtool'], 'old counters', () => {
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({});
    await prometheus.stop();
    const file = join(prometheus.folder, 'history.om');
    const lines = series.flatMap(({ labels, samples }) => {
      const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
      return samples.map(([at, value]) => `requests_total{${text.join(',')}} ${value} ${at}\n`);
    });
    writeFileSync(file, `# TYPE requests counter\n${lines.join('')}# EOF\n`);
    const made = spawnSync(
      prometheus.promtool,
      ['tsdb', 'create-blocks-from', 'openmetrics', file, join(prometheus.folder, 'data')],
      { encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(made.stderr + made.stdout);
    await prometheus.restart();
  });

  const slo: Slo = {
    ...sloOf('shop', {
      sli: prometheusRatio({
        total: 'requests_total{svc="shop"}',
        bad: 'requests_total{svc="shop",code="500"}',
      }),
    }),
    window: rolling('3d')!,
  };

  /** Every sample of the truth folded at once, in cells of fifteen minutes. */
  function expected(): Map<number, readonly [number, number]> {
    const feeds = [createCounterFeed(slo)];
    const fold = createCounterFold({
      feeds,
      routes: createSeriesRoutes(feeds),
      ledger: { instance: (each, labels) => instanceId(each.id, labels) },
      memory: EMPTY_MEMORY,
    });
    for (const { labels, samples } of series) {
      const each = fold.series({ __name__: 'requests_total', ...labels })!;
      for (const [at, value] of samples) fold.sample(each, at * 1000, value);
    }
    fold.settle();
    const sums = new Map<number, readonly [number, number]>();
    for (const { start, total, bad } of fold.drain(0).cells) {
      const [before, badBefore] = sums.get(start - (start % 900)) ?? [0, 0];
      sums.set(start - (start % 900), [before + total, badBefore + bad]);
    }
    return sums;
  }

  it('are counted at grid points exactly as sample by sample, and once when the reading is broken off', async () => {
    const ledger = createTestLedger();
    const make = () =>
      createPrometheusSource({
        name: 'main',
        connection: connectionTo(prometheus.url),
        slos: [slo],
        // Small chunks, so that there are many edges between them.
        chunkSamples: 500,
      });
    let read = 0;
    for (let stop = 1; ; stop += 7) {
      const ended = new AbortController();
      const source = make();
      const running = source.run(testContext(ledger), ended.signal);
      const before = ledger.commits.length;
      await until(() => ledger.commits.length >= before + stop || ledger.watermarks.has(slo.id));
      const done = ledger.watermarks.has(slo.id);
      ended.abort();
      await running;
      read += source.status().counters['samples'] ?? 0;
      if (done) break;
    }
    const sums = new Map<number, readonly [number, number]>();
    for (const [key, [total, bad]] of await ledger.counts()) {
      const start = Number(key.slice(key.lastIndexOf(' ') + 1));
      const [before, badBefore] = sums.get(start - (start % 900)) ?? [0, 0];
      sums.set(start - (start % 900), [before + total, badBefore + bad]);
    }
    const written = series.reduce((sum, { samples }) => sum + samples.length, 0);
    expect(sums.size).toBeGreaterThan(190);
    expect(read).toBeLessThan(written * 0.6);
    // Where in its twenty silent minutes a target counted is a guess either way; how much it counted is not.
    const gap = START + 700 * 60;
    const told = (cells: typeof sums) => ({
      all: [...cells.values()].reduce(([t, b], [total, bad]) => [t + total, b + bad], [0, 0]),
      cells: [...cells]
        .filter(([at]) => at < gap - 1800 || at > gap + 1800)
        .sort(([a], [b]) => a - b),
    });
    expect(told(sums)).toEqual(told(expected()));
    const measured = (await ledger.coverage(slo.id)).reduce(
      (sum, { from, to }) => sum + to - from,
      0,
    );
    expect(measured).toBeGreaterThan(END - START - 1800);
    expect(measured).toBeLessThanOrEqual(END - START);
  });
});
