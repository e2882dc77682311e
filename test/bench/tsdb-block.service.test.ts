// The blocks that benchmarks write are read back by promtool: every sample, bit for bit.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type BlockSeries, writeBlock } from '../../bench/tsdb/block.ts';
import { findPromtool } from '../services/prometheus.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';

const FROM_MS = Date.UTC(2026, 0, 1);
const STEP_MS = 15_000;
const SAMPLES = 1000;

/** A series of values by number; its times are a little off the beat where `late` says so. */
function series(
  name: string,
  value: (index: number) => number,
  late: (index: number) => number = () => 0,
): BlockSeries & { readonly expected: readonly string[] } {
  const times = Array.from(
    { length: SAMPLES },
    (_, index) => FROM_MS + index * STEP_MS + late(index),
  );
  return {
    labels: { __name__: name, job: 'bench', path: '/a "quoted" path' },
    expected: times.map((time, index) => `${time} ${value(index)}`),
    fill(_fromMs, _toMs, intoTimes, intoValues) {
      times.forEach((time, index) => {
        intoTimes[index] = time;
        intoValues[index] = value(index);
      });
      return SAMPLES;
    },
  };
}

describeWithService(['promtool'], 'a block of the benchmarks', () => {
  it('holds the samples that promtool reads back', () => {
    const folder = temporaryFolder('block');
    mkdirSync(join(folder, 'wal'));
    const all = [
      series('steady_total', (index) => index * 7),
      series('still', () => 42),
      series('fraction', (index) => Math.sin(index) * 1e9),
      series('both_signs', (index) => (index % 2 === 0 ? -1 : 1) * 2 ** (index % 60)),
      series('reset_total', (index) => index % 300),
      series(
        'jitter_total',
        (index) => index,
        (index) => [0, 1, 7000, -3, 9000][index % 5] ?? 0,
      ),
    ];
    writeBlock({
      folder,
      number: 1,
      fromMs: FROM_MS,
      toMs: FROM_MS + SAMPLES * STEP_MS + 10_000,
      series: all,
      mostSamples: SAMPLES,
    });
    const promtool = findPromtool();
    if (promtool.from === 'nowhere') throw new Error(promtool.reason);
    const dump = spawnSync(promtool.file, ['tsdb', 'dump', folder], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const read = new Map<string, string[]>();
    for (const [, name = '', value, time] of dump.stdout.matchAll(
      /^\{__name__="(\w+)", job="bench", path="\/a \\"quoted\\" path"\} (\S+) (\d+)$/gm,
    ))
      read.set(name, [...(read.get(name) ?? []), `${time} ${Number(value)}`]);
    for (const { labels, expected } of all)
      expect(read.get(labels['__name__'] ?? ''), labels['__name__']).toEqual(expected);
  });
});
