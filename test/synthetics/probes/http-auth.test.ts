import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { fromEnvironment, http, journey, websocket } from '../../../index.ts';
import type { Attempt } from '../../../synthetics/probe.ts';
import { createDialer } from '../../../synthetics/probes/dialer.ts';
import { createTokenStore } from '../../../synthetics/probes/http-token.ts';
import { createProbes, createSurroundings, runCheck } from '../../../synthetics/index.ts';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { lineServer } from '../line-server.ts';
import { rawServer, reply } from '../raw-server.ts';
import { checkOf, runProbe } from '../run-probe.ts';

const url = (text: string) => text as `http://${string}`;
const SECRET = fromEnvironment('CLIENT_SECRET');
const environment = {
  CLIENT_SECRET: 'geheim&client',
  SIGNING_KEY: 'geheim-key',
  PROXY_PASSWORD: 'geheim-proxy',
};

/** Gives `t-1`, `t-2`, … to who shows the client's secret, for an hour each. */
async function tokenServer(expiresIn = 3600) {
  let given = 0;
  const server = await rawServer((socket, request) => {
    const [, encoded = ''] = /authorization: Basic (\S+)/.exec(request) ?? [];
    const pair = Buffer.from(encoded, 'base64').toString();
    const form = new URLSearchParams(request.slice(request.indexOf('\r\n\r\n') + 4));
    const shown =
      pair === 'probe:geheim%26client' || form.get('client_secret') === environment.CLIENT_SECRET;
    if (form.get('grant_type') !== 'client_credentials' || !shown)
      return reply('401 Unauthorized', '{"error":"invalid_client"}')(socket);
    given += 1;
    const token = { access_token: `fetched-token-${given}`, expires_in: expiresIn };
    return reply('200 OK', JSON.stringify(token))(socket);
  });
  return { url: url(`${server.url}/token`), requests: server.requests };
}

/** Answers 200 to a token that is accepted, and tells it back. */
const api = (accepted: ReadonlySet<string>) => (socket: Socket, request: string) => {
  const [, token = ''] = /authorization: Bearer (\S+)/.exec(request) ?? [];
  reply(accepted.has(token) ? '200 OK' : '401 Unauthorized', `you sent ${token}`)(socket);
};

describe('a token that is fetched', () => {
  it.each(['header', 'form'] as const)(
    'is asked for in a step of its own with its phases, and never told: secret in the %s',
    async (send) => {
      const tokens = await tokenServer();
      const server = await rawServer(api(new Set(['fetched-token-1'])));
      const run = await runProbe(
        http({
          url: url(`${server.url}/orders`),
          auth: {
            oauth2: {
              tokenUrl: tokens.url,
              clientId: 'probe',
              clientSecret: SECRET,
              scope: 'read',
              send,
            },
          },
          expect: (answer) => [answer.status.equals(200), answer.body.equals('nothing')],
        }),
        {},
        { environment },
      );
      expect(run.steps.map(({ name }) => name)).toEqual([
        `token: POST ${tokens.url}`,
        `GET ${server.url}/orders`,
      ]);
      for (const step of run.steps)
        expect(Object.keys(step.phases)).toEqual(['connect', 'firstByte', 'transfer']);
      expect(tokens.requests[0]).toContain('scope=read');
      expect(run.assertions[1]).toMatchObject({ held: false, got: "'you sent (hidden)'" });
      expect(JSON.stringify(run)).not.toMatch(/geheim|fetched-token/);
    },
  );

  it('is kept for the next run, and fetched anew once the server forgot it', async () => {
    const tokens = await tokenServer();
    const accepted = new Set(['fetched-token-1']);
    const server = await rawServer(api(accepted));
    const check = checkOf(
      http({
        url: url(server.url),
        auth: { oauth2: { tokenUrl: tokens.url, clientId: 'probe', clientSecret: SECRET } },
      }),
    );
    const probes = createProbes();
    const surroundings = createSurroundings('.', environment);
    const run = () => runCheck(check, { probes, surroundings });
    expect((await run()).steps).toHaveLength(2);
    expect((await run()).steps).toHaveLength(1);
    accepted.clear();
    accepted.add('fetched-token-2');
    const again = await run();
    expect(again.verdict).toBe('passed');
    expect(again.steps.map(({ facts }) => facts['status'])).toEqual([401, 200, 200]);
    accepted.clear();
    const refused = await run();
    expect(refused).toMatchObject({ verdict: 'failed', facts: { status: 401 } });
    expect(tokens.requests).toHaveLength(3);
  });

  it('is not kept past nine tenths of its life, or when its life is not told', async () => {
    const tokens = await tokenServer(100);
    const endless = await tokenServer(0);
    let nowMs = 0;
    const store = createTokenStore(createDialer(), () => nowMs);
    const attempt = attemptFor();
    const client = (tokenUrl: string) =>
      ({ tokenUrl, clientId: 'probe', clientSecret: secretReference, send: 'header' }) as const;
    const get = async (tokenUrl: string) => (await store.get(client(tokenUrl), {}, attempt)).kept;
    expect(await get(tokens.url)).toBe(false);
    nowMs = 89_000;
    expect(await get(tokens.url)).toBe(true);
    nowMs = 91_000;
    expect(await get(tokens.url)).toBe(false);
    expect(await get(endless.url)).toBe(false);
    expect(await get(endless.url)).toBe(false);
  });

  it('blames the client that is refused, and the server that gives none', async () => {
    const tokens = await tokenServer();
    const run = (tokenUrl: string, secret: string) =>
      runProbe(
        http({
          url: 'http://127.0.0.1:1/',
          auth: { oauth2: { tokenUrl: url(tokenUrl), clientId: 'probe', clientSecret: SECRET } },
        }),
        {},
        { environment: { CLIENT_SECRET: secret } },
      );
    expect(await run(tokens.url, 'wrong')).toMatchObject({
      verdict: 'error',
      reason: { code: 'setup', message: /gives no token to this client: 401 \(invalid_client\)/ },
    });
    const broken = await rawServer(reply('500 Oh', '<h1>sorry</h1>'));
    expect(await run(broken.url, 'x-geheim')).toMatchObject({
      verdict: 'failed',
      reason: { code: 'protocol', message: /answers 500 without a token/ },
    });
    const nasty = await rawServer(reply('200 OK', '{"access_token":"a\\r\\nx-admin: 1"}'));
    expect(await run(nasty.url, 'x-geheim')).toMatchObject({ reason: { code: 'setup' } });
    const absent = await run('http://127.0.0.1:1/token', 'x-geheim');
    expect(absent).toMatchObject({
      verdict: 'failed',
      reason: { code: 'connect', phase: 'connect' },
    });
    expect(absent.steps.map(({ name }) => name)).toEqual(['token: POST http://127.0.0.1:1/token']);
  });

  it('serves each step of a journey, fetched once', async () => {
    const tokens = await tokenServer();
    const server = await rawServer(api(new Set(['fetched-token-1'])));
    const auth = { oauth2: { tokenUrl: tokens.url, clientId: 'probe', clientSecret: SECRET } };
    const run = await runProbe(
      journey((start) =>
        start.step('one', { url: url(`${server.url}/1`), auth }).step('two', { url: '/2', auth }),
      ),
      {},
      { environment },
    );
    expect(run.verdict).toBe('passed');
    expect(run.steps.map(({ name }) => name)).toEqual([
      `one: token: POST ${tokens.url}`,
      `one: GET ${server.url}/1`,
      `two: GET ${server.url}/2`,
    ]);
  });
});

const secretReference = { kind: 'secret', environment: 'CLIENT_SECRET' } as const;

/** A try that writes nothing down. */
function attemptFor(): Attempt {
  const step = {
    enter() {},
    leave() {},
    note() {},
    fail() {},
    phases: {},
    traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
  };
  return {
    signal: AbortSignal.timeout(20_000),
    timeoutMs: 20_000,
    step: () => step,
    certificate() {},
    secret: () => environment.CLIENT_SECRET,
    mask() {},
    file: () => new Uint8Array(),
  };
}

describe('a signature', () => {
  it('covers what is sent, as the server computes it again', async () => {
    const server = await rawServer(reply('200 OK'));
    const run = await runProbe(
      http({
        url: url(`${server.url}/orders?page=2`),
        method: 'POST',
        json: { article: 'teapot' },
        auth: { hmac: { key: fromEnvironment('SIGNING_KEY'), prefix: 'sha256=' } },
      }),
      {},
      { environment },
    );
    expect(run.verdict).toBe('passed');
    const [request = ''] = server.requests;
    const [, timestamp = ''] = /x-timestamp: (\d+)/.exec(request) ?? [];
    const signed = `${timestamp}\nPOST\n/orders?page=2\n{"article":"teapot"}`;
    const expected = createHmac('sha256', 'geheim-key').update(signed).digest('hex');
    expect(request).toContain(`\r\nx-signature: sha256=${expected}\r\n`);
    expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60);
  });

  it('is written as other servers want it, and is never told', async () => {
    const server = await rawServer((socket, request) =>
      reply('500 Oh', /x-hub: (\S+)/.exec(request)?.[1] ?? '')(socket),
    );
    const run = await runProbe(
      http({
        url: url(server.url),
        method: 'POST',
        body: 'v',
        auth: {
          hmac: {
            key: fromEnvironment('SIGNING_KEY'),
            over: ['method', 'body'],
            separator: ':',
            header: 'X-Hub',
            encoding: 'base64',
            algorithm: 'sha512',
          },
        },
      }),
      {},
      { environment },
    );
    const expected = createHmac('sha512', 'geheim-key').update('POST:v').digest('base64');
    expect(server.requests[0]).toContain(`x-hub: ${expected}\r\n`);
    expect(server.requests[0]).not.toContain('x-timestamp');
    expect(JSON.stringify(run)).not.toContain(expected);
  });
});

describe('a proxy', () => {
  const authority = createCertificateAuthority();
  const certificate = authority.issue(['DNS:shop.example']);
  afterAll(() => authority.remove());

  /** Carries everything to one port, for who shows the password when one is wanted. */
  async function proxyTo(port: number, password?: string) {
    const asked: string[] = [];
    const proxy = await lineServer((socket) => {
      socket.once('data', (data: Buffer) => {
        const head = data.toString('latin1');
        asked.push(head);
        const [, encoded = ''] = /proxy-authorization: Basic (\S+)/.exec(head) ?? [];
        const known = Buffer.from(encoded, 'base64').toString() === `probe:${password}`;
        if (password !== undefined && !known)
          return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        const target = connect(port, '127.0.0.1');
        target.on('error', () => socket.destroy());
        socket.on('close', () => target.destroy());
        if (head.startsWith('CONNECT ')) socket.write('HTTP/1.1 200 Established\r\n\r\n');
        else target.write(data);
        socket.pipe(target).pipe(socket);
      });
    });
    return { ...proxy, asked };
  }
  const told = { user: 'probe', password: fromEnvironment('PROXY_PASSWORD') };

  it('carries https through a tunnel, and never sees what is in it', async () => {
    const server = await rawServer(reply('200 OK', 'safe'), certificate);
    const proxy = await proxyTo(server.port, 'geheim-proxy');
    const run = await runProbe(
      http({
        url: 'https://shop.example/cart',
        proxy: { address: proxy.address, ...told },
        tls: { ca: authority.file },
        expect: (answer) => [answer.body.equals('safe'), answer.certificateDaysLeft.atLeast(1)],
      }),
      {},
      { environment },
    );
    expect(run.reason).toBeUndefined();
    expect(Object.keys(run.phases)).toEqual(['connect', 'tls', 'firstByte', 'transfer']);
    expect(run.facts['address']).toBe(proxy.address);
    expect(proxy.asked[0]).toMatch(/^CONNECT shop\.example:443 HTTP\/1\.1\r\n/);
    expect(server.requests[0]).toMatch(/^GET \/cart HTTP/);
    expect(server.requests[0]).not.toContain('proxy-authorization');
    expect(JSON.stringify(run)).not.toContain('geheim');
  });

  it('is asked for http with the whole address', async () => {
    const server = await rawServer(reply('200 OK'));
    const proxy = await proxyTo(server.port, 'geheim-proxy');
    const run = await runProbe(
      http({
        url: 'http://shop.example/cart?x=1',
        proxy: { address: proxy.address, ...told },
      }),
      {},
      { environment },
    );
    expect(run.verdict).toBe('passed');
    expect(proxy.asked[0]).toMatch(/^GET http:\/\/shop\.example\/cart\?x=1 HTTP\/1\.1\r\n/);
  });

  interface Fault {
    readonly name: string;
    readonly serve: (socket: Socket) => void;
    readonly code: string;
    readonly verdict: string;
    readonly says: RegExp;
  }
  const faults: readonly Fault[] = [
    {
      name: 'does not know who calls',
      serve: (socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
      code: 'setup',
      verdict: 'error',
      says: /does not accept who calls/,
    },
    {
      name: 'cannot reach the target',
      serve: (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
      code: 'connect',
      verdict: 'failed',
      says: /no way to shop\.example:443: 502 Bad Gateway/,
    },
    {
      name: 'speaks another protocol',
      serve: (socket) => socket.end('SSH-2.0\r\n\r\n\r\n'),
      code: 'protocol',
      verdict: 'failed',
      says: /does not speak HTTP/,
    },
    {
      name: 'speaks first in the tunnel',
      serve: (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nhello'),
      code: 'protocol',
      verdict: 'failed',
      says: /5 bytes came through the proxy too early/,
    },
    {
      name: 'never stops its answer',
      serve: (socket) => void socket.write('x'.repeat(100_000)),
      code: 'too-large',
      verdict: 'failed',
      says: /more than 16384 bytes/,
    },
    {
      name: 'says nothing',
      serve: () => {},
      code: 'timeout',
      verdict: 'failed',
      says: /no end within/,
    },
    {
      name: 'hangs up',
      serve: (socket) => socket.end(),
      code: 'cut',
      verdict: 'failed',
      says: /ended before an answer of the proxy/,
    },
  ];
  it.each(faults)('that $name is told of', async ({ serve, code, verdict, says }) => {
    const proxy = await lineServer((socket) => void socket.once('data', () => serve(socket)));
    const run = await runProbe(
      http({ url: 'https://shop.example/', proxy: { address: proxy.address } }),
      { timeout: code === 'timeout' ? '300ms' : '10s' },
    );
    expect(run).toMatchObject({ verdict, reason: { code, phase: 'connect', message: says } });
  });

  it('that does not know who calls says nothing of an http target either', async () => {
    const proxy = await proxyTo(1, 'another');
    const run = await runProbe(
      http({ url: 'http://shop.example/', proxy: { address: proxy.address } }),
    );
    expect(run).toMatchObject({ verdict: 'error', reason: { code: 'setup' } });
  });
});

describe('what is wrong in auth and proxy', () => {
  it('is refused where it stands, and no secret is printed', () => {
    const problems = (more: object) =>
      http({ url: 'https://shop.example/', ...more } as never).problems;
    const oauth2 = { tokenUrl: 'https://identity.example/token', clientId: 'probe' };
    const cases = [
      { auth: { oauth2: { ...oauth2, clientSecret: 'geheim' } } },
      { auth: { oauth2 } },
      { auth: { oauth2: { ...oauth2, clientSecret: SECRET, tokenUrl: 'identity' } } },
      { auth: { hmac: { key: SECRET, over: ['cookies'] } } },
      { auth: { hmac: { key: SECRET }, oauth2: { ...oauth2, clientSecret: SECRET } } },
      { proxy: { address: 'proxy.example:3128', user: 'probe' } },
      { proxy: { address: 'proxy.example:3128' }, connectTo: '192.0.2.7:443' },
    ];
    const found = cases.map((each) => problems(each));
    expect(found.map((each) => each.map(({ path, code }) => `${path} ${code}`)))
      .toMatchInlineSnapshot(`
      [
        [
          "auth.oauth2.clientSecret secret-in-text",
        ],
        [
          "auth.oauth2.clientSecret missing-field",
        ],
        [
          "auth.oauth2.tokenUrl not-a-url",
        ],
        [
          "auth.hmac.over unknown-value",
        ],
        [
          "auth.hmac unknown-field",
        ],
        [
          "proxy.password missing-field",
        ],
        [
          "connectTo unknown-value",
        ],
      ]
    `);
    expect(JSON.stringify(found)).not.toContain('geheim');
  });

  it('is refused where nothing fetches a token or signs', () => {
    const { problems } = websocket({
      url: 'wss://shop.example/live',
      auth: { hmac: { key: SECRET } },
    });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([['auth', 'unknown-value']]);
  });
});
