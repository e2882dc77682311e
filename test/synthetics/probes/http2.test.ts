import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { fromEnvironment, http } from '../../../index.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { lineServer } from '../line-server.ts';
import { rawServer, reply } from '../raw-server.ts';
import { runProbe } from '../run-probe.ts';

const authority = createCertificateAuthority();
const certificate = authority.issue(['DNS:shop.example', 'IP:127.0.0.1']);
afterAll(() => authority.remove());

const url = (text: string) => text as `http://${string}`;
const tls = { ca: authority.file };

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** A server of HTTP/2 alone, over TLS unless it is to speak in the clear. Ends with the test. */
async function http2Server(serve: Serve, clear = false) {
  const requests: IncomingHttpHeaders[] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server: Http2Server = clear ? createServer() : createSecureServer(certificate);
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    requests.push(headers);
    stream.on('error', () => {});
    serve(stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { port, url: url(`${clear ? 'http' : 'https'}://127.0.0.1:${port}`), requests };
}

const ok: Serve = (stream) => {
  stream.respond({ ':status': 200 });
  stream.end('fine');
};

probeContract('http', {
  healthy: async () => http({ url: (await http2Server(ok)).url, version: '2', tls }),
  silent: async () => http({ url: (await http2Server(() => {})).url, version: '2', tls }),
  absent: (port) => http({ url: url(`https://127.0.0.1:${port}/`), version: '2', tls }),
});

describe('a request over HTTP/2', () => {
  it('is agreed on in the handshake, and answered with every phase', async () => {
    const server = await http2Server((stream) => {
      stream.respond({
        ':status': 200,
        'content-encoding': 'gzip',
        'set-cookie': ['a=1', 'b=2'],
      });
      stream.end(gzipSync('{"status":"up"}'));
    });
    const run = await runProbe(
      http({
        url: url(`${server.url}/health?deep=1`),
        version: '2',
        tls,
        method: 'POST',
        json: { deep: true },
        auth: { bearer: fromEnvironment('TOKEN') },
        expect: (answer) => [
          answer.status.equals(200),
          answer.json('$.status').equals('up'),
          answer.header('set-cookie').equals('a=1, b=2'),
          answer.tlsVersion.equals('TLSv1.3'),
        ],
      }),
      {},
      { environment: { TOKEN: 'geheim-123' } },
    );
    expect(run.reason).toBeUndefined();
    expect(Object.keys(run.phases)).toEqual(['connect', 'tls', 'firstByte', 'transfer']);
    expect(server.requests[0]).toMatchObject({
      ':method': 'POST',
      ':path': '/health?deep=1',
      ':authority': `127.0.0.1:${server.port}`,
      'content-type': 'application/json',
      'content-length': '13',
      authorization: 'Bearer geheim-123',
      traceparent: `00-${run.traceId}-${run.steps[0]?.spanId}-01`,
    });
    expect(server.requests[0]).not.toHaveProperty('connection');
    expect(JSON.stringify(run)).not.toContain('geheim');
  });

  it('tells an answer that stops from one that never begins', async () => {
    const server = await http2Server((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('a');
    });
    const stops = await runProbe(http({ url: server.url, version: '2', tls }), {
      timeout: '400ms',
    });
    expect(stops.reason).toMatchObject({ code: 'timeout', phase: 'transfer' });
    const silent = await http2Server(() => {});
    const never = await runProbe(http({ url: silent.url, version: '2', tls }), {
      timeout: '400ms',
    });
    expect(never.reason).toMatchObject({ code: 'timeout', phase: 'firstByte' });
  });

  it('is made in the clear where the address says so, and follows redirects', async () => {
    const server = await http2Server((stream, { ':path': path }) => {
      stream.respond(path === '/' ? { ':status': 302, location: '/here' } : { ':status': 204 });
      stream.end();
    }, true);
    const run = await runProbe(http({ url: server.url, version: '2' }));
    expect(run).toMatchObject({ verdict: 'passed', facts: { status: 204 } });
    expect(run.steps).toHaveLength(2);
  });

  interface Fault {
    readonly name: string;
    readonly serve: Serve;
    readonly code: string;
    readonly says: RegExp;
  }
  const faults: readonly Fault[] = [
    {
      name: 'a stream that is reset',
      serve: (stream) => stream.close(2),
      code: 'cut',
      says: /ended the request/,
    },
    {
      name: 'a body that is cut',
      serve: (stream) => {
        stream.respond({ ':status': 200 });
        stream.write('half', () => stream.destroy(new Error('oh')));
      },
      code: 'cut',
      says: /ended the request/,
    },
    {
      name: 'a body that is shorter than it says',
      serve: (stream) => {
        stream.respond({ ':status': 200, 'content-length': '100' });
        stream.end('half');
      },
      code: 'cut',
      says: /ended the request|ended before/,
    },
    {
      name: 'a connection that ends meanwhile',
      serve: (stream) => stream.session?.socket.destroy(),
      code: 'cut',
      says: /ended|broke/,
    },
    {
      name: 'a body without end',
      serve: (stream) => {
        stream.respond({ ':status': 200 });
        const more = (): void => {
          if (stream.destroyed) return;
          if (stream.write('x'.repeat(16_384))) setImmediate(more);
          else stream.once('drain', more);
        };
        more();
      },
      code: 'too-large',
      says: /larger than maxBodyBytes, 1048576/,
    },
  ];
  it.each(faults)('is told of $name', async ({ serve, code, says }) => {
    const server = await http2Server(serve);
    const run = await runProbe(http({ url: server.url, version: '2', tls }));
    expect(run).toMatchObject({ verdict: 'failed', reason: { code, message: says } });
  });

  it('fails where a server knows only HTTP/1.1, or no HTTP at all', async () => {
    const old = await rawServer(reply('200 OK'), certificate);
    const over = await runProbe(http({ url: url(old.url), version: '2', tls }));
    expect(over).toMatchObject({
      verdict: 'failed',
      reason: { code: 'protocol', message: 'the server does not agree on HTTP/2' },
    });
    const other = await lineServer((socket) => void socket.write('SSH-2.0-OpenSSH_10.0\r\n'));
    const clear = await runProbe(http({ url: url(`http://${other.address}/`), version: '2' }));
    expect(clear).toMatchObject({
      verdict: 'failed',
      reason: { code: 'protocol', phase: 'firstByte', message: /does not speak HTTP\/2/ },
    });
  });

  it('is not asked of a proxy in the clear', () => {
    const { problems } = http({
      url: 'http://shop.example/',
      version: '2',
      proxy: { address: 'proxy.example:3128' },
    });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([['version', 'unknown-value']]);
  });
});
