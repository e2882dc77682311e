import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertSafeToListen } from '../../../collector/http/access.ts';
import { createHttpApp } from '../../../collector/http/app.ts';
import { silentLog } from '../../../collector/log.ts';
import { changeTokenFile, type Scope } from '../../../collector/token-file.ts';
import { mintToken, openTokens, type Tokens } from '../../../collector/tokens.ts';
import { listView, shop } from './list-view.ts';

const ingest = { receive: async () => ({ status: 204 }) };

describe('with tokens', () => {
  let folder: string;
  let tokens: Tokens;
  const minted: Record<string, string> = {};

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ninefold-access-'));
    const file = path.join(folder, 'tokens.json');
    const add = async (name: string, scopes: Scope[], expiresAt?: number) => {
      const { token, record } = mintToken({
        name,
        scopes,
        now: 1000,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      });
      minted[name] = token;
      await changeTokenFile(file, (records) => [...records, record]);
    };
    await add('read', ['read']);
    await add('ingest', ['ingest']);
    await add('admin', ['admin']);
    await add('expired', ['read', 'ingest'], 2000);
    tokens = await openTokens(file, () => 5000);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const ask = async (
    method: 'GET' | 'POST',
    url: string,
    token?: string,
    headers: Record<string, string> = {},
  ) => {
    const app = createHttpApp({
      view: listView(shop()),
      log: silentLog,
      tokens,
      ingest,
      reload: async () => {},
    });
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const body = method === 'POST' ? { payload: '{}' } : {};
    const answer = await app.inject({
      method,
      url,
      headers: { ...authorization, ...headers, 'content-type': 'application/json' },
      ...body,
    });
    await app.close();
    return answer;
  };

  it.each(['/readyz', '/metrics', '/docs', '/api/v1/openapi.json', '/api/v1/slos', '/nope'])(
    'are needed for %s',
    async (url) => {
      const answer = await ask('GET', url);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="ninefold"');
      expect(answer.json().type).toBe('urn:ninefold:problem:unauthorized');
      const allowed = await ask('GET', url, minted['read']);
      expect(allowed.statusCode).toBe(url === '/nope' ? 404 : 200);
    },
  );

  it('are not needed for /healthz', async () => {
    expect((await ask('GET', '/healthz')).statusCode).toBe(200);
  });

  it.each([
    ['GET', '/api/v1/slos', { read: 200, ingest: 403, admin: 200, expired: 401 }],
    ['POST', '/api/v1/ingest/requests', { read: 403, ingest: 204, admin: 204, expired: 401 }],
    // Nobody awaits this job's reports.
    [
      'POST',
      '/api/v1/heartbeats/shop/backup',
      { read: 403, ingest: 404, admin: 404, expired: 401 },
    ],
    ['GET', '/api/v1/heartbeats', { read: 200, ingest: 403, admin: 200, expired: 401 }],
    ['POST', '/api/v1/reload', { read: 403, ingest: 403, admin: 200, expired: 401 }],
  ] as const)('%s %s obeys scopes', async (method, url, expected) => {
    for (const [name, status] of Object.entries(expected))
      expect([name, (await ask(method, url, minted[name])).statusCode]).toEqual([name, status]);
  });

  it.each([
    'Basic dXNlcjpwYXNz',
    'Bearer',
    'Bearer ',
    `Bearer ${'x'.repeat(5000)}`,
    `Bearer ninefold_${'A'.repeat(43)}`,
    'Bearer \u00e9',
  ])('turn away %s', async (authorization) => {
    expect((await ask('GET', '/api/v1/slos', undefined, { authorization })).statusCode).toBe(401);
  });

  it('answer under any host name', async () => {
    const answer = await ask('GET', '/api/v1/slos', minted['read'], { host: 'slo.example.org' });
    expect(answer.statusCode).toBe(200);
  });
});

describe('without tokens', () => {
  const app = createHttpApp({ view: listView(shop()), log: silentLog, ingest });

  it.each(['localhost', 'localhost:9999', '127.0.0.1:9999', '[::1]:9999'])(
    'answers to %s',
    async (host) => {
      const answer = await app.inject({ url: '/api/v1/slos', headers: { host } });
      expect(answer.statusCode).toBe(200);
    },
  );

  it.each(['evil.example', 'evil.example:9999', '10.0.0.1', 'localhost.evil.example'])(
    'does not answer to %s, which a rebound name would send',
    async (host) => {
      const answer = await app.inject({ url: '/api/v1/slos', headers: { host } });
      expect(answer.statusCode).toBe(421);
    },
  );

  it('does not take posts that a page of another site makes', async () => {
    const post = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/api/v1/ingest/requests', headers, payload: '{}' });
    const json = { 'content-type': 'application/json' };
    expect((await post({ ...json, 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    // What a form can send without asking first.
    expect((await post({ 'content-type': 'text/plain' })).statusCode).toBe(415);
    expect((await post(json)).statusCode).toBe(204);
  });

  it('may listen on loopback only', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1'])
      expect(() => assertSafeToListen(host, false)).not.toThrow();
    for (const host of ['0.0.0.0', '::', '192.168.1.2', 'slo.example', '127.0.0.1.example'])
      expect(() => assertSafeToListen(host, false)).toThrow(/tokens/);
    expect(() => assertSafeToListen('0.0.0.0', true)).not.toThrow();
  });
});
