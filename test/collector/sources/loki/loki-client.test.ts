// The Loki client against an HTTP server: what it sends, what it takes from an answer, what it tries again.
import fc from 'fast-check';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../collector/clock.ts';
import {
  createLokiClient,
  type LokiClient,
} from '../../../../collector/sources/loki/loki-client.ts';
import { LokiError } from '../../../../collector/sources/loki/loki-error.ts';
import { readMatrix } from '../../../../collector/sources/loki/loki-query.ts';

const range = { from: 1_000, to: 1_100, width: 10 } as const;
const never = new AbortController().signal;
const matrix = (...result: object[]): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });

interface Asked {
  readonly headers: IncomingMessage['headers'];
  readonly form: Record<string, string>;
}

async function server(
  answer: (asked: number) => { status: number; body: string },
): Promise<{ client: LokiClient; asked: Asked[] }> {
  const asked: Asked[] = [];
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      asked.push({ headers: request.headers, form: Object.fromEntries(new URLSearchParams(body)) });
      const { status, body: text } = answer(asked.length);
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const client = createLokiClient(
    {
      url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/loki-base`,
      headers: {},
      tenant: 'shop|edge',
      timeoutSeconds: 5,
      pollSeconds: 1,
      settleSeconds: 1,
      rereadSeconds: 60,
      concurrency: 2,
      backfill: false,
    },
    systemClock,
  );
  onTestFinished(async () => {
    client.close();
    await new Promise((resolve) => http.close(resolve));
  });
  return { client, asked };
}

describe('the Loki client', () => {
  it('asks for the cells of a range, for its tenant, past any cache', async () => {
    const { client, asked } = await server(() => ({ status: 200, body: matrix() }));
    expect(await client.count('{a="b"} |= "x" # why', ['route'], range, never)).toEqual([]);
    expect(asked[0]?.headers).toMatchObject({
      'x-scope-orgid': 'shop|edge',
      'cache-control': 'no-cache',
    });
    expect(asked[0]?.form).toEqual({
      query: 'sum by (route) (count_over_time({a="b"} |= "x" # why\n[10s] offset 1ms))',
      start: '1010000000000',
      end: '1100000000000',
      step: '10s',
    });
  });

  it('gives each point to the cell that ends there', async () => {
    const series = {
      metric: { route: '/a' },
      values: [
        [1_010, '3'],
        [1_050, '1'],
        [1_100, '2'],
        [1_110, '9'],
      ],
    };
    const { client } = await server(() => ({ status: 200, body: matrix(series) }));
    expect(await client.count('{a="b"}', ['route'], range, never)).toEqual([
      {
        labels: { route: '/a' },
        counts: [
          { start: 1_000, lines: 3 },
          { start: 1_040, lines: 1 },
          { start: 1_090, lines: 2 },
        ],
      },
    ]);
  });

  it('tries again what may pass, and nothing else', async () => {
    const passing = await server((asked) =>
      asked < 3
        ? { status: asked === 1 ? 429 : 503, body: 'busy' }
        : { status: 200, body: matrix() },
    );
    expect(await passing.client.count('{a="b"}', [], range, never)).toEqual([]);
    const wrong = await server(() => ({ status: 400, body: 'parse error at line 1' }));
    await expect(wrong.client.count('{', [], range, never)).rejects.toMatchObject({
      name: 'LokiError',
      retryable: false,
      tooMuch: false,
    });
    expect(wrong.asked).toHaveLength(1);
  });

  it('knows when it has asked for too much', async () => {
    const { client } = await server(() => ({
      status: 400,
      body: 'the query time range exceeds the limit (query length: 24h, limit: 2h)',
    }));
    await expect(client.count('{a="b"}', [], range, never)).rejects.toMatchObject({
      tooMuch: true,
    });
  });
});

describe('an answer', () => {
  it('is a matrix of whole counts, or refused with its beginning', () => {
    for (const text of [
      '',
      'null',
      '[]',
      '{}',
      '{"status":"error"}',
      '{"status":"success","data":{"resultType":"streams","result":[]}}',
      matrix({ metric: null, values: [] }),
      matrix({ metric: {}, values: {} }),
      matrix({ metric: {}, values: [[1_010, 'x']] }),
      matrix({ metric: {}, values: [[1_010, '-1']] }),
      matrix({ metric: {}, values: [[1_010, '0.5']] }),
      matrix({ metric: {}, values: [1] }),
    ])
      expect(() => readMatrix(text, range)).toThrow(RangeError);
  });

  it('never throws anything else, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc
            .jsonValue()
            .map((value) => matrix({ metric: value as object, values: value as object })),
        ),
        (text) => {
          try {
            expect(Array.isArray(readMatrix(text, range))).toBe(true);
          } catch (error) {
            if (!(error instanceof RangeError)) throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(new LokiError('x', { retryable: true, tooMuch: false }).message).toBe('x');
  });
});
