import { describe, expect, it } from 'vitest';
import { freshness, fromEnvironment } from '../../../index.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { rawServer, reply } from '../raw-server.ts';
import { runProbe } from '../run-probe.ts';

/** Keeps what is posted, and shows it from so many looks on. */
function board(looksUntilSeen: number, status = '201 Created') {
  let kept = '';
  let looks = 0;
  return rawServer((socket, request) => {
    if (request.startsWith('POST')) {
      kept = request.split('\r\n\r\n')[1] ?? '';
      reply(status)(socket);
      return;
    }
    looks += 1;
    reply('200 OK', looks >= looksUntilSeen ? `{"found":${kept}}` : '{}')(socket);
  });
}

const probeOf = (url: string, more: object = {}) =>
  freshness({
    write: { url: `${url}/notes` as 'http://x', method: 'POST', json: { text: '{{marker}}' } },
    read: { url: `${url}/notes?q={{marker}}` as 'http://x' },
    within: '10s',
    every: '10ms',
    ...more,
  });

probeContract('freshness', {
  healthy: async () => probeOf((await board(2)).url),
  silent: async () => probeOf((await rawServer(() => {})).url),
  absent: (port) => probeOf(`http://127.0.0.1:${port}`),
});

describe('what is written', () => {
  it('is looked for until it is seen, with a marker of its own each time', async () => {
    const server = await board(3);
    const probe = probeOf(server.url, {
      expect: (answer: { looks: { equals(n: number): unknown } }) => answer.looks.equals(3),
    });
    const run = await runProbe(probe, { timeout: '20s' });
    expect(run.reason).toBeUndefined();
    expect(run.steps.map(({ facts }) => facts['looks'])).toEqual([undefined, 3]);
    expect(server.requests).toHaveLength(4);
    const [marker] = /ninefold-[\da-f]{16}/.exec(server.requests[0] ?? '') ?? [];
    expect(server.requests[1]).toContain(`GET /notes?q=${marker} `);
    await runProbe(probe);
    expect(server.requests.at(-1)).not.toContain(marker);
  });

  it('is not fresh when it is not seen in time', async () => {
    const server = await board(1000);
    const run = await runProbe(
      probeOf(server.url, {
        within: '150ms',
        prefer: (answer: { delay: { atMost(t: string): unknown } }) => answer.delay.atMost('100ms'),
      }),
      { timeout: '20s' },
    );
    expect(run).toMatchObject({ verdict: 'failed', reason: { code: 'expectation' } });
    expect(run.reason?.message).toMatch(
      /^expected read: body contains 'ninefold-[\da-f]{16}', got '\{\}'/,
    );
    expect(run.assertions.at(-1)).toMatchObject({
      text: 'delay is at most 100 ms',
      got: 'nothing',
      degrades: true,
    });
  });

  it('is not looked for when it could not be written', async () => {
    const server = await board(1, '500 Oh');
    const run = await runProbe(probeOf(server.url));
    expect(run.reason?.message).toBe('expected write: status is 200 to 299, got 500');
    expect(server.requests).toHaveLength(1);
  });
});

describe('a definition', () => {
  it('is told of all that is wrong with it', () => {
    const write = { url: 'https://shop.example/notes' as const };
    const wrong = (more: object) =>
      freshness({ write, read: write, within: '5s', ...more }).problems.map(({ code, path }) => [
        code,
        path,
      ]);
    expect(wrong({})).toEqual([]);
    expect(wrong({ within: '1ms' })).toEqual([['not-a-duration', 'within']]);
    expect(wrong({ within: '10m', every: '10ms' })).toEqual([['out-of-range', 'every']]);
    expect(wrong({ read: { url: 'https://shop.example/{{id}}' } })).toEqual([
      ['unknown-value', 'read'],
    ]);
    expect(wrong({ read: { ...write, body: '{{id}}' } })).toEqual([['unknown-value', 'read']]);
    expect(wrong({ write: { ...write, headers: { Authorization: 'x' } } })).toEqual([
      ['secret-in-text', 'write.headers.Authorization'],
    ]);
    expect(
      wrong({ write: { ...write, headers: { Authorization: fromEnvironment('X') } } }),
    ).toEqual([]);
  });
});
