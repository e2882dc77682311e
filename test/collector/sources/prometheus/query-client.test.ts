import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createQueryClient,
  type QueryClient,
} from '../../../../collector/sources/prometheus/query-client.ts';
import { QueryError } from '../../../../collector/sources/prometheus/query-error.ts';
import { connectionTo, matrix, type QueryApi, startQueryApi } from './query-api.ts';

const never = new AbortController().signal;
const ONE = matrix([[{ __name__: 'a' }, [1000, 5], [1015.5, 6]]]);

function failure(asked: Promise<unknown>): Promise<QueryError> {
  return asked.then(
    () => {
      throw new Error('the query was answered');
    },
    (error: unknown) => {
      if (error instanceof QueryError) return error;
      throw error;
    },
  );
}

describe('the query client', () => {
  let api: QueryApi;
  let client: QueryClient | undefined;
  beforeEach(async () => {
    api = await startQueryApi();
  });
  afterEach(async () => {
    client?.close();
    await api.close();
  });

  it('posts below the base path, with tenant, credentials and extra headers, and reads the answer', async () => {
    const file = join(tmpdir(), `ninefold-secret-${process.pid}`);
    writeFileSync(file, 'first\n');
    const secret = { kind: 'secret' as const, file };
    client = createQueryClient(
      connectionTo(`${api.url}/prometheus`, {
        tenant: 'team-a',
        auth: { bearer: secret },
        headers: { 'x-extra': 'yes' },
      }),
    );
    api.answer = () => ({ body: ONE });
    const { batch } = await client.query('a[1m]', 1020, never);
    expect(batch).toMatchObject({ series: ['{"__name__":"a"}'], count: 2 });
    expect([...batch.times.subarray(0, 2)]).toEqual([1_000_000, 1_015_500]);
    expect(api.asked[0]).toMatchObject({
      path: '/prometheus/api/v1/query',
      form: { query: 'a[1m]', time: '1020', timeout: '10s', partial_response: 'false' },
      headers: { 'x-scope-orgid': 'team-a', authorization: 'Bearer first', 'x-extra': 'yes' },
    });
    writeFileSync(file, 'rotated\n');
    await client.query('a[1m]', 1020, never);
    expect(api.asked[1]?.headers['authorization']).toBe('Bearer rotated');
    rmSync(file);
  });

  it('sends basic credentials and reads packed answers', async () => {
    process.env['NINEFOLD_TEST_QUERY_PASSWORD'] = 'pass';
    client = createQueryClient(
      connectionTo(api.url, {
        auth: {
          basic: {
            user: 'me',
            password: { kind: 'secret', environment: 'NINEFOLD_TEST_QUERY_PASSWORD' },
          },
        },
      }),
    );
    api.answer = () => ({ body: gzipSync(ONE), headers: { 'content-encoding': 'gzip' } });
    expect((await client.query('a', 1, never)).batch.count).toBe(2);
    expect(api.asked[0]?.headers['authorization']).toBe(
      `Basic ${Buffer.from('me:pass').toString('base64')}`,
    );
  });

  it('shows a refused query with the words of the server, and does not repeat it', async () => {
    client = createQueryClient(connectionTo(api.url));
    api.answer = () => ({
      status: 400,
      body: '{"status":"error","errorType":"bad_data","error":"parse error: unexpected }"}',
    });
    const error = await failure(client.query('a}[1m]', 1, never));
    expect(error).toMatchObject({ retryable: false, status: 400, query: 'a}[1m]' });
    expect(error.message).toMatch(
      /api\/v1\/query: HTTP 400: bad_data: parse error: unexpected } \(query: a}\[1m]\)/,
    );
    expect(api.asked).toHaveLength(1);
  });

  it('repeats what may pass, and tells a gateway by its status', async () => {
    client = createQueryClient(connectionTo(api.url));
    let left = 2;
    api.answer = () => {
      left -= 1;
      return left >= 0 ? { status: 503, body: '<html>busy</html>' } : { body: ONE };
    };
    expect((await client.query('a', 1, never)).batch.count).toBe(2);
    expect(api.asked).toHaveLength(3);
    left = 99;
    const error = await failure(client.query('a', 1, never));
    expect(error).toMatchObject({ retryable: true, status: 503 });
    expect(error.message).toContain('HTTP 503: the answer is not JSON: <html>busy');
    expect(api.asked).toHaveLength(6);
  });

  it('gives up a query that takes too long, and ends at once when told to', async () => {
    client = createQueryClient(connectionTo(api.url, { timeoutSeconds: 0.05 }), { attempts: 1 });
    let answer = (): void => {};
    api.answer = () =>
      new Promise((resolve) => {
        answer = () => resolve({ body: ONE });
      });
    const error = await failure(client.query('slow', 1, never));
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toContain('no answer within 0.05 s');
    const ended = new AbortController();
    const asked = client.query('slow', 1, ended.signal);
    ended.abort();
    await expect(asked).rejects.toThrow(/abort/i);
    answer();
  });

  it('bounds samples and bytes of an answer', async () => {
    client = createQueryClient(connectionTo(api.url), { samples: 1 });
    api.answer = () => ({ body: ONE });
    expect(await failure(client.query('a', 1, never))).toMatchObject({ retryable: false });
    client.close();
    client = createQueryClient(connectionTo(api.url), { bytes: 20 });
    expect((await failure(client.query('a', 1, never))).message).toContain('over 20 bytes');
  });

  it('has at most so many queries under way', async () => {
    client = createQueryClient(connectionTo(api.url, { concurrency: 2 }));
    let under = 0;
    let most = 0;
    api.answer = async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return { body: ONE };
    };
    const made = client;
    await Promise.all(Array.from({ length: 12 }, () => made.query('a', 1, never)));
    expect(most).toBeLessThanOrEqual(2);
  });

  it('trusts the certificates of its connection and no others', async () => {
    const pem = (name: string) =>
      fileURLToPath(new URL(`tls/query-test-${name}.pem`, import.meta.url));
    const server = createServer(
      { key: readFileSync(pem('key')), cert: readFileSync(pem('certificate')) },
      (_, response) => response.end(ONE),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = createQueryClient(
      connectionTo(url, {
        tls: { verify: true, ca: pem('certificate'), serverName: 'query.test' },
      }),
    );
    expect((await client.query('a', 1, never)).batch.count).toBe(2);
    client.close();
    client = createQueryClient(connectionTo(url, { tls: { verify: true } }), { attempts: 1 });
    expect((await failure(client.query('a', 1, never))).message).toMatch(/self-signed certificate/);
    await new Promise((resolve) => server.close(resolve));
  });
});
