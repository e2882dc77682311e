import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../collector/http/app.ts';
import type { HttpLimits } from '../../../collector/http/limits.ts';
import { silentLog } from '../../../collector/log.ts';
import { listView, shop } from './list-view.ts';

let close: () => Promise<void> = async () => {};
afterEach(() => close());

/** A listening service with small limits. */
async function serve(
  limits: Partial<HttpLimits>,
  more: Partial<Parameters<typeof createHttpApp>[0]> = {},
): Promise<{ readonly url: string; readonly port: number }> {
  const app = createHttpApp({
    view: listView(shop()),
    log: silentLog,
    ingest: { receive: async ({ body }) => ({ status: 200, body: { bytes: body.length } }) },
    limits,
    ...more,
  });
  close = () => app.close();
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, port: (app.server.address() as AddressInfo).port };
}

/** Sends raw bytes and gives everything that comes back until the server closes. */
function raw(port: number, send: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(send));
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
    socket.on('close', () => resolve(received)).on('error', reject);
  });
}

const json = { 'content-type': 'application/json' };

describe('limits of the HTTP service', () => {
  it('refuses a body above the limit, announced or not', async () => {
    const { url } = await serve({ bodyBytes: 1000 });
    const post = (body: string | ReadableStream, more: object = {}) =>
      fetch(`${url}/api/v1/ingest/requests`, { method: 'POST', headers: json, body, ...more });
    expect((await post('x'.repeat(1000))).status).toBe(200);
    const announced = await post('x'.repeat(1001));
    expect(announced.status).toBe(413);
    expect(((await announced.json()) as { type: string }).type).toBe(
      'urn:ninefold:problem:too-large',
    );
    const stream = new Blob(['x'.repeat(5000)]).stream();
    const streamed = await post(stream, { duplex: 'half' }).catch(() => undefined);
    // The server may answer or hang up while the body is still on its way.
    expect(streamed?.status ?? 413).toBe(413);
  });

  it('refuses headers and addresses above the limit', async () => {
    const { url } = await serve({ headerBytes: 4096 });
    const headers = await fetch(`${url}/healthz`, { headers: { 'x-long': 'x'.repeat(5000) } });
    expect(headers.status).toBe(431);
    expect(headers.headers.get('content-type')).toBe('application/problem+json');
    const address = await fetch(`${url}/api/v1/slos?service=${'x'.repeat(5000)}`);
    expect(address.status).toBe(431);
    expect(
      (await fetch(`${url}/api/v1/ingest/${'x'.repeat(300)}`, { method: 'POST' })).status,
    ).toBe(414);
  });

  it('answers what is not HTTP with a problem and hangs up', async () => {
    const { port } = await serve({});
    const answer = await raw(port, 'HELO ninefold\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('urn:ninefold:problem:bad-request');
  });

  it('gives up on a request that does not arrive, and keeps serving others', async () => {
    const { url, port } = await serve({ requestSeconds: 1 });
    const slow = raw(
      port,
      'POST /api/v1/ingest/requests HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
    );
    const halfHeaders = raw(port, 'GET /healthz HTTP/1.1\r\nhost: local');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /);
    expect(await halfHeaders).toMatch(/^HTTP\/1\.1 408 /);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('gives up on an answer that does not come', async () => {
    const { url } = await serve(
      { requestSeconds: 1 },
      { ingest: { receive: () => new Promise(() => {}) } },
    );
    const answer = await fetch(`${url}/api/v1/ingest/requests`, {
      method: 'POST',
      headers: json,
      body: '{}',
    });
    expect(answer.status).toBe(503);
    expect(((await answer.json()) as { type: string }).type).toBe(
      'urn:ninefold:problem:unavailable',
    );
  });

  it('limits how often one caller asks, for reading and for telemetry apart', async () => {
    const { url } = await serve({ requestsPerMinute: 5, telemetryRequestsPerMinute: 8 });
    const statuses: number[] = [];
    for (let index = 0; index < 7; index += 1)
      statuses.push((await fetch(`${url}/api/v1/sources`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const refused = await fetch(`${url}/api/v1/sources`);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(((await refused.json()) as { type: string }).type).toBe(
      'urn:ninefold:problem:too-many-requests',
    );
    for (let index = 0; index < 9; index += 1) {
      const { status } = await fetch(`${url}/api/v1/ingest/requests`, {
        method: 'POST',
        headers: json,
        body: '{}',
      });
      expect(status).toBe(index < 8 ? 200 : 429);
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('passes the receiver’s refusal on as a problem, with its reason', async () => {
    const { url } = await serve(
      {},
      {
        ingest: {
          receive: async () => ({
            status: 429,
            body: 'the store is full',
            headers: { 'retry-after': '7' },
          }),
        },
      },
    );
    const answer = await fetch(`${url}/api/v1/ingest/requests`, {
      method: 'POST',
      headers: json,
      body: '{}',
    });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toMatchObject({
      type: 'urn:ninefold:problem:too-many-requests',
      detail: 'the store is full',
    });
  });

  it('hides the reason of its own failures, and logs it', async () => {
    const logged: unknown[] = [];
    const { url } = await serve(
      {},
      {
        log: { ...silentLog, error: (fields) => void logged.push(fields) },
        ingest: { receive: () => Promise.reject(new Error('secret path /var/lib')) },
      },
    );
    const answer = await fetch(`${url}/api/v1/ingest/requests`, {
      method: 'POST',
      headers: json,
      body: '{}',
    });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('secret path');
    expect(logged).toMatchObject([{ route: '/api/v1/ingest/:stream' }]);
  });
});

describe('a stalled event loop', () => {
  it('sends callers away for as long as it lags, but never those who ask for health', async () => {
    const { url } = await serve({ eventLoopDelayMs: 300 });
    const pending = fetch(`${url}/api/v1/slos`);
    await pending;
    const end = performance.now() + 1500;
    while (performance.now() < end);
    const refused = await fetch(`${url}/api/v1/slos`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await expect.poll(async () => (await fetch(`${url}/api/v1/slos`)).status).toBe(200);
  });
});
