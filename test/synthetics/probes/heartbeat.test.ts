import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { heartbeat } from '../../../index.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { rawServer, reply } from '../raw-server.ts';
import { runProbe } from '../run-probe.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-heartbeat-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ago = (seconds: number): Date => new Date(Date.now() - seconds * 1000);
const status = (time: unknown): string => JSON.stringify({ last: time });
const probeOf = (url: string, more: object = {}) =>
  heartbeat({
    url: url as 'http://x',
    at: (answer) => answer.json('$.last'),
    within: '1h',
    ...more,
  });

probeContract('heartbeat', {
  healthy: async () => probeOf((await rawServer(reply('200 OK', status(ago(60))))).url),
  silent: async () => probeOf((await rawServer(() => {})).url),
  absent: (port) => probeOf(`http://127.0.0.1:${port}/`),
});

describe('the last report of a job', () => {
  it.each([
    ['RFC 3339', (time: Date) => time.toISOString()],
    ['HTTP', (time: Date) => time.toUTCString()],
    ['epoch seconds', (time: Date) => time.getTime() / 1000],
    [
      'epoch seconds, as Prometheus writes them',
      (time: Date) => (time.getTime() / 1000).toExponential(9),
    ],
    ['epoch milliseconds', (time: Date) => time.getTime()],
  ])('is read as %s', async (_name, print) => {
    const young = await rawServer(reply('200 OK', status(print(ago(3500)))));
    expect((await runProbe(probeOf(young.url))).verdict).toBe('passed');
    const old = await rawServer(reply('200 OK', status(print(ago(3700)))));
    const run = await runProbe(probeOf(old.url));
    expect(run.reason?.message).toMatch(/^expected age seconds is at most 3600, got 37\d\d$/);
    expect(run.assertions[0]?.excerpt).toMatch(/^last report at 20/);
  });

  it('may be a header, a part of a text, or a file', async () => {
    const { url } = await rawServer(
      reply('200 OK', 'done at 2020-01-01T00:00:00Z', { 'Last-Modified': ago(5).toUTCString() }),
    );
    const header = probeOf(url, {
      at: (answer: { header(name: string): never }) => answer.header('Last-Modified'),
    });
    expect((await runProbe(header)).verdict).toBe('passed');
    const text = probeOf(url, {
      at: (answer: { body(pattern: string): never }) => answer.body('done at (\\S+)'),
    });
    expect((await runProbe(text)).verdict).toBe('failed');
    writeFileSync(path.join(folder, 'last.txt'), `${ago(30).toISOString()}\n`);
    const file = heartbeat({ file: 'last.txt', within: '1m' });
    expect((await runProbe(file, {}, { folder })).verdict).toBe('passed');
    const missing = await runProbe(
      heartbeat({ file: 'nowhere.txt', within: '1m' }),
      {},
      { folder },
    );
    expect(missing).toMatchObject({ verdict: 'error', reason: { code: 'setup' } });
  });

  it.each<[string, string, string, RegExp]>([
    ['there is none', '{}', 'extraction', /there is no json \$\.last/],
    ['it is no time', status('yesterday'), 'protocol', /"yesterday" is no time/],
    ['it is in the future', status(ago(-4000)), 'protocol', /seconds in the future/],
  ])('is not believed when %s', async (_name, body, code, says) => {
    const { url } = await rawServer(reply('200 OK', body));
    const { verdict, reason } = await runProbe(probeOf(url));
    expect([verdict, reason?.code]).toEqual(['failed', code]);
    expect(reason?.message).toMatch(says);
  });
});

describe('a definition', () => {
  it('is told of all that is wrong with it', () => {
    const wrong = (input: object) =>
      heartbeat(input as never).problems.map(({ code, path: at }) => [code, at]);
    const url = 'https://backup.example/';
    expect(wrong({ within: '1h' })).toEqual([['missing-field', 'url']]);
    expect(wrong({ within: '1h', url, file: 'x' })).toEqual([['missing-field', 'url']]);
    expect(wrong({ within: '1h', url })).toEqual([['not-an-assertion', 'at']]);
    expect(wrong({ within: 'soon', file: 'x' })).toEqual([['not-a-duration', 'within']]);
    expect(wrong({ within: '1h', url, at: () => ({ from: 'json', at: '$.a[*]' }) })).toEqual([
      ['not-an-assertion', 'at'],
    ]);
  });
});
