import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ninefold } from './ninefold.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ninefold-replay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const line = (time: string, seconds: number, total: number, bad: number, more: object = {}) =>
  `${JSON.stringify({ time, seconds, total, bad, ...more })}\n`;

/** Thirty good days, then an outage of an hour. */
const OUTAGE =
  line('2026-01-01T00:00:00Z', 2_592_000, 25_920_000, 0) +
  line('2026-01-31T00:00:00Z', 3600, 36_000, 36_000) +
  line('2026-01-31T01:00:00Z', 7200, 72_000, 0);
const FROM = ['--from', '2026-01-31T00:00:00Z', '--until', '2026-01-31T03:00:00Z'];

const events = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each) as Record<string, unknown>);

describe('ninefold replay', () => {
  it('finds the second at which a full outage pages and resolves, from standard input', async () => {
    const { code, stdout } = await ninefold(
      ['replay', '--objective', '99.9%', '--window', '30d', '--counts', '-', ...FROM, '--json'],
      { input: OUTAGE },
    );
    expect(code).toBe(0);
    const list = events(stdout);
    expect(list.find(({ type }) => type === 'alert')).toEqual({
      type: 'alert',
      time: '2026-01-31T00:00:52Z',
      slo: 'what-if',
      severity: 'page',
      state: 'firing',
    });
    expect(list.filter(({ type }) => type === 'condition')[0]).toEqual({
      type: 'condition',
      time: '2026-01-31T00:00:52Z',
      slo: 'what-if',
      severity: 'page',
      longWindow: '1h',
      shortWindow: '5m',
      burnRate: 14.4,
      state: 'on',
    });
    expect(list.at(-1)).toMatchObject({ type: 'budget', slo: 'what-if', bad: 36_000, coverage: 1 });
    const times = list.map(({ time }) => String(time));
    expect(times).toEqual(times.toSorted());
  });

  it('takes a calendar window, a coarser tick and no evidence gate', async () => {
    const file = path.join(folder, 'few.ndjson');
    // Two failures among 100 requests an hour: a page on ratios alone, none with the gate.
    await writeFile(
      file,
      line('2026-01-01T00:00:00Z', 864_000, 24_000, 0) + line('2026-01-11T00:00:00Z', 300, 8, 2),
    );
    const run = async (...more: string[]) => {
      const { stdout } = await ninefold(
        [
          'replay',
          '--objective',
          '99.9%',
          '--window',
          'calendar:month:Europe/Berlin',
          '--counts',
          file,
        ].concat([
          '--from',
          '2026-01-11T00:00:00Z',
          '--until',
          '2026-01-11T00:05:00Z',
          '--tick',
          '10s',
          ...more,
        ]),
      );
      return events(stdout);
    };
    const pages = (list: Record<string, unknown>[]) =>
      list.filter(({ type, severity }) => type === 'alert' && severity === 'page').length;
    const plain = await run('--no-evidence-gate');
    expect(pages(plain)).toBe(1);
    expect(plain.at(-1)).toMatchObject({ window: { start: '2025-12-31T23:00:00Z' } });
    expect(pages(await run())).toBe(0);
  });

  it.each([
    [['--objective', '100%'], 2, /objective/],
    [['--objective', '99.9%', '--window', 'fortnight'], 2, /fortnight/],
    [['--objective', '99.9%', '--window', 'calendar:month'], 2, /calendar:month:Europe\/Berlin/],
    [['--objective', '99.9%', '--window', 'calendar:month:Mars/Base'], 2, /Mars\/Base/],
    [['--objective', '99.9%', '--tick', 'often'], 2, /--tick/],
    [['--objective', '99.9%', '--from', '2027-01-01T00:00:00Z'], 2, /after its end/],
    [[], 2, /workspace or an --objective/],
    [['nowhere', '--objective', '99.9%'], 2, /exclude/],
    [['no-such-folder'], 66, /no-such-folder/],
  ])('refuses %j', async (args, exit, reason) => {
    const counts = ['--counts', '-', '--until', '2026-01-31T03:00:00Z'];
    const { code, stdout, stderr } = await ninefold(['replay', ...args, ...counts], {
      input: OUTAGE,
    });
    expect([code, stdout]).toEqual([exit, '']);
    expect(stderr).toMatch(reason);
  });

  it('names each line that cannot be used, and an absent or empty file', async () => {
    const file = path.join(folder, 'wrong.ndjson');
    await writeFile(file, `${line('2026-01-01T00:00:00Z', 60, 5, 6)}{"time":1}\nnot json\n`);
    const run = (counts: string) =>
      ninefold([
        'replay',
        '--objective',
        '99.9%',
        '--counts',
        counts,
        '--until',
        '2026-01-02T00:00:00Z',
      ]);
    const wrong = await run(file);
    expect(wrong.code).toBe(65);
    expect(wrong.stderr).toContain(`${file}:1: bad 6 is more than total 5`);
    expect(wrong.stderr).toContain(`${file}:2: time 1`);
    expect(wrong.stderr).toContain(`${file}:3: not JSON`);
    expect((await run(path.join(folder, 'none.ndjson'))).code).toBe(66);
    await writeFile(file, '\n');
    expect((await run(file)).code).toBe(65);
  });
});
