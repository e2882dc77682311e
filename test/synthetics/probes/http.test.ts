import { gzipSync } from 'node:zlib';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { fromEnvironment, fromFile, http } from '../../../index.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { rawServer, reply } from '../raw-server.ts';
import { runProbe } from '../run-probe.ts';

probeContract('http', {
  healthy: async () => http({ url: url((await rawServer(reply('200 OK'))).url) }),
  silent: async () => http({ url: url((await rawServer(() => {})).url) }),
  absent: (port) => http({ url: url(`http://127.0.0.1:${port}/`) }),
});

const url = (text: string) => text as `http://${string}`;

describe('an answer as it should be', () => {
  it('passes, with the time of each phase and what was seen', async () => {
    const server = await rawServer(reply('200 OK', '{"status":"up","parts":[1,2]}'));
    const run = await runProbe(
      http({
        url: url(`${server.url}/health?deep=1`),
        expect: (answer) => [
          answer.json('$.status').equals('up'),
          answer.json('$.parts').hasLength(2),
          answer.header('Content-Length').equals('29'),
          answer.body.matches('^[{].*[}]$'),
          answer.size.atMost(100),
          answer.phase('firstByte').atMost('5s'),
          answer.certificateDaysLeft.atLeast(-1),
        ],
      }),
    );
    // Without TLS there is no certificate to say anything of.
    expect(run.assertions.filter(({ held }) => !held).map(({ text, got }) => [text, got])).toEqual([
      ['certificate days left is at least -1', 'nothing'],
    ]);
    expect(Object.keys(run.phases)).toEqual(['connect', 'firstByte', 'transfer']);
    expect(run.facts).toMatchObject({
      status: 200,
      bytes: 29,
      address: `127.0.0.1:${server.port}`,
    });
    expect(server.requests[0]).toMatch(/^GET \/health\?deep=1 HTTP\/1\.1\r\nhost: 127\.0\.0\.1:/);
    expect(run.durationMs).toBeGreaterThanOrEqual(run.phases.firstByte ?? Infinity);
  });

  it('resolves names, and counts that as a phase of its own', async () => {
    const server = await rawServer(reply('204 No Content'));
    const run = await runProbe(http({ url: url(`http://localhost:${server.port}/`), ip: 4 }));
    expect(run).toMatchObject({ verdict: 'passed', facts: { status: 204 } });
    expect(run.phases.dns).toBeGreaterThan(0);
  });

  it('reads chunks, unpacks gzip, skips 1xx, and takes a body that ends with its connection', async () => {
    const packed = gzipSync('hello, world');
    const server = await rawServer((socket, request) => {
      if (request.startsWith('GET /gzip'))
        socket.end(
          Buffer.concat([
            Buffer.from(
              `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n${packed.length.toString(16)};x=1\r\n`,
            ),
            packed,
            Buffer.from('\r\n0\r\nTrailer: 1\r\n\r\n'),
          ]),
        );
      else socket.end('HTTP/1.0 200 OK\r\n\r\nhello, world');
    });
    for (const where of ['/gzip', '/close']) {
      const run = await runProbe(
        http({
          url: url(server.url + where),
          expect: (answer) => [answer.body.equals('hello, world'), answer.size.equals(12)],
        }),
      );
      expect(run, where).toMatchObject({ verdict: 'passed' });
    }
  });

  it('gives the same answer however its bytes are cut', async () => {
    const whole =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n';
    const server = await rawServer((socket) => {
      const send = (from: number): void => {
        socket.write(whole.slice(from, from + 1));
        if (from + 1 < whole.length) setImmediate(() => send(from + 1));
      };
      send(0);
    });
    const run = await runProbe(
      http({ url: url(server.url), expect: (answer) => answer.body.equals('hello, world') }),
    );
    expect(run.verdict).toBe('passed');
  });

  it('expects a success unless something is said of the status', async () => {
    const server = await rawServer(reply('404 Not Found', 'no such page'));
    const failed = await runProbe(http({ url: url(server.url) }));
    expect(failed).toMatchObject({
      verdict: 'failed',
      reason: { code: 'expectation', message: 'expected status is 200 to 299, got 404' },
    });
    expect(failed.assertions[0]?.excerpt).toBe('no such page');
    const passed = await runProbe(
      http({ url: url(server.url), expect: (answer) => answer.status.isClientError() }),
    );
    expect(passed.verdict).toBe('passed');
  });

  it('shows the nearest part of the JSON that is there', async () => {
    const server = await rawServer(reply('200 OK', '{"data":{"state":"down"},"more":"x"}'));
    const run = await runProbe(
      http({
        url: url(server.url),
        expect: (answer) => [answer.json('$.data.status').equals('up')],
      }),
    );
    expect(run.assertions.at(-1)).toEqual({
      text: "json $.data.status is 'up'",
      held: false,
      expected: "is 'up'",
      got: 'nothing',
      excerpt: '{"state":"down"}',
    });
  });

  it('is degraded, not failed, when only what is preferred does not hold', async () => {
    const server = await rawServer(reply('200 OK', 'slow'));
    const run = await runProbe(
      http({ url: url(server.url), prefer: (answer) => answer.body.equals('fast') }),
    );
    expect(run).toMatchObject({ verdict: 'degraded', reason: { code: 'expectation' } });
  });
});

describe('what goes wrong', () => {
  interface Fault {
    readonly name: string;
    readonly answer: (socket: Socket) => void;
    readonly code: string;
    readonly phase?: string;
    readonly says: RegExp;
  }
  const endless = (chunk: string) => (socket: Socket) => {
    const more = (): void => {
      if (socket.destroyed) return;
      if (socket.write(chunk)) setImmediate(more);
      else socket.once('drain', more);
    };
    more();
  };
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const faults: readonly Fault[] = [
    {
      name: 'a server that accepts and says nothing',
      answer: () => {},
      code: 'timeout',
      phase: 'firstByte',
      says: /no end within 400 ms/,
    },
    {
      name: 'headers that come too slowly',
      answer: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => socket.write('x-slow: 1\r\n'), 50);
        socket.on('close', () => clearInterval(timer));
      },
      code: 'timeout',
      phase: 'transfer',
      says: /no end within/,
    },
    {
      name: 'headers without end',
      answer: endless(`HTTP/1.1 200 OK\r\n${'x-more: 1\r\n'.repeat(1000)}`),
      code: 'protocol',
      phase: 'transfer',
      says: /head of the answer is longer than 65536 bytes/,
    },
    {
      name: 'a connection closed before the answer',
      answer: (socket) => socket.end(),
      code: 'cut',
      phase: 'firstByte',
      says: /ended without an answer/,
    },
    {
      name: 'a connection reset before the answer',
      answer: (socket) => socket.resetAndDestroy(),
      code: 'cut',
      phase: 'firstByte',
      says: /broke before an answer \(ECONNRESET\)/,
    },
    {
      name: 'a body that is cut',
      answer: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
      code: 'cut',
      phase: 'transfer',
      says: /after 4 of 100 bytes/,
    },
    {
      name: 'chunks without a last one',
      answer: (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
      code: 'cut',
      phase: 'transfer',
      says: /without its last chunk/,
    },
    {
      name: 'a chunk without a size',
      answer: (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n0\r\n\r\n'),
      code: 'protocol',
      phase: 'transfer',
      says: /size of a chunk is "zz"/,
    },
    {
      name: 'a chunk that is longer than it says',
      answer: (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhalf\r\n0\r\n\r\n'),
      code: 'protocol',
      phase: 'transfer',
      says: /longer than its size/,
    },
    {
      name: 'a body without end',
      answer: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        endless('x'.repeat(10_000))(socket);
      },
      code: 'too-large',
      phase: 'transfer',
      says: /larger than maxBodyBytes, 1048576/,
    },
    {
      name: 'chunks without end',
      answer: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        endless(`1000\r\n${'x'.repeat(4096)}\r\n`)(socket);
      },
      code: 'too-large',
      phase: 'transfer',
      says: /larger than maxBodyBytes/,
    },
    {
      name: 'a body that announces more than is read',
      answer: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n'),
      code: 'too-large',
      phase: 'transfer',
      says: /body of 9999999999 bytes/,
    },
    {
      name: 'a gzip bomb',
      answer: (socket) => {
        socket.write(
          `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`,
        );
        socket.end(bomb);
      },
      code: 'too-large',
      says: /unpacked body is larger/,
    },
    {
      name: 'a body that is not gzip',
      answer: (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf'),
      code: 'protocol',
      says: /body is not gzip/,
    },
    {
      name: 'no HTTP at all',
      answer: (socket) => void socket.write('SSH-2.0-OpenSSH_10.0\r\n'),
      code: 'protocol',
      phase: 'transfer',
      says: /no HTTP\/1\.x: it begins with "SSH-2\.0/,
    },
    {
      name: 'a header that hides another',
      answer: (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nx-a: 1\nx-b: 2\r\nContent-Length: 0\r\n\r\n'),
      code: 'protocol',
      phase: 'transfer',
      says: /header line is/,
    },
    {
      name: 'two lengths',
      answer: (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'),
      code: 'protocol',
      phase: 'transfer',
      says: /content-length is "1, 2"/,
    },
    {
      name: 'redirects in a loop',
      answer: (socket) => reply('302 Found', '', { Location: '/' })(socket),
      code: 'redirects',
      says: /come back to/,
    },
    {
      name: 'a redirect to nowhere',
      answer: (socket) => reply('302 Found', '', { Location: 'ftp://shop.example/' })(socket),
      code: 'redirects',
      says: /leads to 'ftp:/,
    },
  ];

  it.each(faults)('is told of $name', async ({ answer, code, phase, says }) => {
    const server = await rawServer(answer);
    const timeout = code === 'timeout' ? '400ms' : '10s';
    const run = await runProbe(http({ url: url(`${server.url}/`) }), { timeout });
    expect(run).toMatchObject({ verdict: 'failed', reason: { code } });
    expect(run.reason?.message).toMatch(says);
    expect(run.reason?.phase).toBe(phase);
    expect(run.steps[0]?.failed).toBe(true);
  });

  it('is told of a port where nobody listens, and of a name that is none', async () => {
    const refused = await runProbe(http({ url: 'http://127.0.0.1:1/' }));
    expect(refused).toMatchObject({
      verdict: 'failed',
      reason: {
        code: 'connect',
        phase: 'connect',
        message: '127.0.0.1 port 1 refuses connections',
      },
    });
    const unknown = await runProbe(http({ url: 'http://no-such-name.invalid/' }));
    expect(unknown).toMatchObject({ verdict: 'failed', reason: { code: 'dns', phase: 'dns' } });
  });

  it('holds no more than its limit of an endless body in memory', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      endless('x'.repeat(100_000))(socket);
    });
    const probe = http({ url: url(server.url), maxBodyBytes: 100_000 });
    const before = process.memoryUsage().arrayBuffers;
    for (let run = 0; run < 20; run += 1)
      expect((await runProbe(probe)).reason?.code).toBe('too-large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });
});

describe('redirects', () => {
  it('are followed, each hop a step with its own times, summed in the run', async () => {
    const target = await rawServer(reply('200 OK', 'here'));
    const server = await rawServer((socket, request) =>
      request.startsWith('GET /old')
        ? reply('301 Moved', '', { Location: '/new' })(socket)
        : reply('302 Found', '', { Location: `${target.url}/here` })(socket),
    );
    const run = await runProbe(
      http({
        url: url(`${server.url}/old`),
        auth: { bearer: fromEnvironment('TOKEN') },
        expect: (answer) => [answer.body.equals('here'), answer.url.endsWith('/here')],
      }),
      {},
      { environment: { TOKEN: 'geheim-123' } },
    );
    expect(run.verdict).toBe('passed');
    expect(run.steps.map(({ name, facts }) => [name, facts['status']])).toEqual([
      [`GET ${server.url}/old`, 301],
      [`GET ${server.url}/new`, 302],
      [`GET ${target.url}/here`, 200],
    ]);
    const sum = run.steps.reduce((total, { phases }) => total + (phases.connect ?? 0), 0);
    expect(run.phases.connect).toBeCloseTo(sum, 1);
    expect(server.requests.every((request) => request.includes('Bearer geheim-123'))).toBe(true);
    // Another origin is not told who calls.
    expect(target.requests[0]).not.toContain('geheim');
  });

  it('are not followed when none are wanted, and not for ever', async () => {
    let count = 0;
    const server = await rawServer((socket) =>
      reply('302 Found', '', { Location: `/${(count += 1)}` })(socket),
    );
    const first = await runProbe(
      http({ url: url(server.url), redirects: 0, expect: (answer) => answer.status.equals(302) }),
    );
    expect(first).toMatchObject({ verdict: 'passed', steps: { length: 1 } });
    const many = await runProbe(http({ url: url(server.url), redirects: 3 }));
    expect(many.reason).toMatchObject({ code: 'redirects', message: 'more than 3 redirects' });
  });
});

describe('what is sent', () => {
  it('carries headers, a body, and a trace that the run knows', async () => {
    const server = await rawServer(reply('201 Created'));
    const run = await runProbe(
      http({
        url: url(server.url),
        method: 'POST',
        headers: { 'X-Team': 'web' },
        json: { user: 'probe', password: fromEnvironment('PASSWORD') },
      }),
      {},
      { environment: { PASSWORD: 'p"w' } },
    );
    const [request = ''] = server.requests;
    expect(request).toContain('\r\nx-team: web\r\n');
    expect(request).toContain('\r\ncontent-type: application/json\r\n');
    expect(request.split('\r\n\r\n')[1]).toBe('{"user":"probe","password":"p\\"w"}');
    expect(request).toContain(`\r\ntraceparent: 00-${run.traceId}-${run.steps[0]?.spanId}-01\r\n`);
  });

  it('never tells a secret, whatever the server makes of it', async () => {
    const server = await rawServer((socket, request) => {
      const basic = /authorization: Basic (\S+)/i.exec(request)?.[1] ?? '';
      const text = Buffer.from(basic, 'base64').toString();
      reply('500 Oh', `basic ${basic} is ${text}`, { 'X-Echo': text })(socket);
    });
    const run = await runProbe(
      http({
        url: url(server.url),
        auth: { basic: { user: 'probe', password: fromEnvironment('PASSWORD') } },
        expect: (answer) => [answer.header('x-echo').equals('x'), answer.body.contains('nothing')],
      }),
      {},
      { environment: { PASSWORD: 'geheim-123' } },
    );
    expect(run.verdict).toBe('failed');
    expect(JSON.stringify(run)).toContain('(hidden)');
    expect(JSON.stringify(run)).not.toMatch(/geheim|cHJvYmU6/);
  });

  it('never tells the beginning of a secret either, where its answer is cut', async () => {
    const secret = 'open-sesame-1234567890';
    const environment = { KEY: secret };
    for (let before = 170; before < 420; before += 9) {
      const body = `${'x'.repeat(before)}${secret} and more${' and more'.repeat(80)}`;
      const { url } = await rawServer(reply('200 OK', body, { 'X-Echo': body }));
      const run = await runProbe(
        http({
          url: url as 'http://x',
          headers: { 'x-key': fromEnvironment('KEY') },
          expect: (answer) => [
            answer.body.equals('y'),
            answer.header('x-echo').equals('y'),
            answer.json('$.a').exists(),
          ],
        }),
        {},
        { environment },
      );
      expect(run.verdict).toBe('failed');
      expect(JSON.stringify(run)).not.toContain('open');
    }
  });

  it('cannot be tried without its secret, which says nothing about the target', async () => {
    const server = await rawServer(reply('200 OK'));
    const run = await runProbe(
      http({ url: url(server.url), auth: { bearer: fromEnvironment('TOKEN') } }),
    );
    expect(run).toMatchObject({
      verdict: 'error',
      reason: { code: 'setup', message: 'the environment variable TOKEN is not set' },
    });
    expect(server.requests).toEqual([]);
  });

  it('does not let a secret add headers of its own', async () => {
    const server = await rawServer(reply('200 OK'));
    const run = await runProbe(
      http({ url: url(server.url), auth: { bearer: fromEnvironment('TOKEN') } }),
      {},
      { environment: { TOKEN: 'a\r\nX-Admin: 1' } },
    );
    expect(run).toMatchObject({ verdict: 'error', reason: { code: 'setup' } });
    expect(server.requests).toEqual([]);
  });
});

describe('TLS', () => {
  const authority = createCertificateAuthority();
  const shop = authority.issue(['DNS:shop.example', 'IP:127.0.0.1']);
  const other = authority.issue(['DNS:other.example']);
  writeFileSync(path.join(authority.folder, 'client.key'), shop.key);
  writeFileSync(path.join(authority.folder, 'client.pem'), shop.cert);
  afterAll(() => authority.remove());
  const options = { folder: authority.folder };

  it('is a phase of its own, and its certificate can be asserted about', async () => {
    const server = await rawServer(reply('200 OK', 'safe'), shop);
    const run = await runProbe(
      http({
        url: `https://shop.example:${server.port}/`,
        connectTo: `127.0.0.1:${server.port}`,
        tls: { ca: 'ca.pem' },
        expect: (answer) => [
          answer.certificateDaysLeft.atLeast(19),
          answer.certificateNames.contains('shop.example'),
          answer.certificateIssuer.equals('Test authority'),
          answer.tlsVersion.equals('TLSv1.3'),
        ],
      }),
      {},
      options,
    );
    expect(run.reason).toBeUndefined();
    expect(run.phases.tls).toBeGreaterThan(0);
    expect(run.phases.dns).toBeUndefined();
    expect(run.certificate).toMatchObject({ subject: 'shop.example' });
    expect(server.requests[0]).toContain(`host: shop.example:${server.port}\r\n`);
  });

  it.each([
    ['an authority that nobody trusts', shop, {}, /issued by nobody who is trusted/],
    ['another name', other, { ca: 'ca.pem' }, /made for other names/],
  ] as const)('fails for a certificate of %s', async (_, certificate, tls, says) => {
    const server = await rawServer(reply('200 OK'), certificate);
    const run = await runProbe(http({ url: url(server.url), tls }), {}, options);
    expect(run).toMatchObject({ verdict: 'failed', reason: { code: 'certificate' } });
    expect(run.reason?.message).toMatch(says);
    expect(run.certificate?.distrust).toBeDefined();
    const lenient = await runProbe(http({ url: url(server.url), tls: { verify: false } }));
    expect(lenient.verdict).toBe('passed');
  });

  it('shows a client certificate where one is wanted', async () => {
    const wanting = { ...shop, requestCert: true, rejectUnauthorized: true, ca: [] as string[] };
    wanting.ca.push(
      await import('node:fs').then(({ readFileSync }) => readFileSync(authority.file, 'utf8')),
    );
    const server = await rawServer(reply('200 OK'), wanting);
    const known = await runProbe(
      http({
        url: url(server.url),
        tls: { ca: 'ca.pem', certificate: 'client.pem', key: fromFile('client.key') },
      }),
      {},
      options,
    );
    expect(known.verdict).toBe('passed');
    const unknown = await runProbe(
      http({ url: url(server.url), tls: { ca: 'ca.pem' } }),
      {},
      options,
    );
    expect(unknown.verdict).toBe('failed');
  });

  it('fails in its own phase where nobody speaks it, or speaks and then stops', async () => {
    const plain = await rawServer(reply('200 OK'));
    const { createServer } = await import('node:net');
    const talker = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    talker.listen(0, '127.0.0.1');
    await once(talker, 'listening');
    const { port } = talker.address() as { port: number };
    const spoken = await runProbe(http({ url: `https://127.0.0.1:${port}/` }));
    talker.close();
    expect(spoken).toMatchObject({
      verdict: 'failed',
      reason: { code: 'tls', phase: 'tls', message: /does not speak TLS/ },
    });
    const silent = await runProbe(http({ url: `https://127.0.0.1:${plain.port}/` }), {
      timeout: '300ms',
    });
    expect(silent).toMatchObject({ verdict: 'failed', reason: { code: 'timeout', phase: 'tls' } });
  });
});
