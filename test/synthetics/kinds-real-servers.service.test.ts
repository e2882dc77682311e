import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  contract,
  freshness,
  grpc,
  heartbeat,
  journey,
  type ProbeDefinition,
  tcp,
  tls,
  websocket,
} from '../../index.ts';
import { describeWithService, temporaryFolder } from '../services/services.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { grpcReply, grpcServer } from './grpc-server.ts';
import { rawServer } from './raw-server.ts';
import { type RealNginx, startRealNginx } from './real-nginx.ts';
import { failureOf, runProbe } from './run-probe.ts';
import { websocketServer } from './websocket-server.ts';

const authority = createCertificateAuthority();
const stranger = createCertificateAuthority('self.example');
afterAll(() => {
  authority.remove();
  stranger.remove();
});

describeWithService(['nginx'], 'other kinds of probes at a real nginx', () => {
  let nginx: RealNginx;
  beforeAll(async () => {
    nginx = await startRealNginx(authority, stranger);
  });
  const plain = (place: string) => `http://127.0.0.1:${nginx.plain}${place}` as const;
  const trust = { ca: authority.file, serverName: 'shop.example' };

  async function passes(probe: ProbeDefinition, folder = '.'): Promise<void> {
    const run = await runProbe(probe, { timeout: '20s' }, { folder });
    expect(run.reason).toBeUndefined();
    expect(run.verdict).toBe('passed');
  }

  it('tls: fails by the days and the protocol that are wanted, in whatever phase they are seen', async () => {
    const address = `127.0.0.1:${nginx.secure}`;
    await passes(tls({ address, tls: trust, protocols: ['h2'] }));
    const longer = tls({
      address,
      tls: trust,
      expect: (answer) => answer.certificateDaysLeft.atLeast(30),
    });
    expect(await failureOf(longer)).toMatchObject({
      code: 'expectation',
      message: expect.stringMatching(
        /^expected certificate days left is at least 30, got (?:19|20)$/,
      ) as string,
    });
    expect(await failureOf(tls({ address, tls: trust, protocols: ['spdy/3'] }))).toMatchObject({
      code: 'protocol',
      phase: 'tls',
      message: 'shop.example speaks none of: spdy/3',
    });
  });

  it('tcp: talks HTTP by hand, and shows what came instead of what was expected', async () => {
    const address = `127.0.0.1:${nginx.plain}`;
    const send = 'GET /ok HTTP/1.0\r\n\r\n';
    await passes(tcp({ address, talk: [{ send, expect: '200 OK(?s:.*)fine' }] }));
    const over = { address: `127.0.0.1:${nginx.secure}`, tls: trust };
    await passes(tcp({ ...over, talk: [{ send, expect: '200 OK(?s:.*)fine' }] }));
    expect(await failureOf(tcp({ address, talk: [{ send, expect: '503' }] }))).toMatchObject({
      code: 'expectation',
      phase: 'transfer',
      message: expect.stringContaining('HTTP/1.1 200 OK') as string,
    });
  });

  it('websocket: is carried through it, and refused where nobody is behind it', async () => {
    const { port } = await websocketServer({
      frame: (served, opcode, payload) => {
        if (opcode === 1) served.say(`echo ${payload.toString()}`);
      },
    });
    const talk = [{ send: 'hello', expect: '^echo hello$' }];
    await passes(websocket({ url: `ws://127.0.0.1:${nginx.plain}/live?port=${port}`, talk }));
    const secure = `wss://shop.example/live?port=${port}` as const;
    const connectTo = `127.0.0.1:${nginx.secure}`;
    await passes(websocket({ url: secure, connectTo, tls: { ca: authority.file }, talk }));
    const page = websocket({ url: `ws://127.0.0.1:${nginx.plain}/ok`, talk });
    expect(await failureOf(page)).toMatchObject({
      code: 'expectation',
      message: 'expected status is 101, got 200',
    });
    const gone = websocket({ url: `ws://127.0.0.1:${nginx.plain}/gone-backend`, talk });
    expect(await failureOf(gone)).toMatchObject({ message: 'expected status is 101, got 502' });
  });

  it('grpc: is carried through it over TLS, and fails by the code of nobody behind it', async () => {
    const healthy = await grpcServer(grpcReply(Buffer.from([8, 1])));
    const sick = await grpcServer(grpcReply(Buffer.from([8, 2])));
    const through = (server: string) =>
      grpc({
        address: `127.0.0.1:${nginx.secure}`,
        tls: trust,
        metadata: { 'x-port': server.split(':')[1] ?? '' },
      });
    await passes(through(healthy.address));
    expect(await failureOf(through(sick.address))).toMatchObject({
      code: 'expectation',
      message: "expected serving is 'SERVING', got 'NOT_SERVING'",
    });
    expect(await failureOf(through('127.0.0.1:1'))).toMatchObject({
      code: 'protocol',
      message: 'the answer has no grpc-status, but the HTTP status 502',
      phases: ['connect', 'tls', 'firstByte', 'transfer'],
    });
    const plainText = grpc({ address: `127.0.0.1:${nginx.plain}` });
    expect(await failureOf(plainText)).toMatchObject({ code: 'protocol' });
  });

  it('journey: carries the cookie that nginx sets, and fails in the step without it', async () => {
    await passes(
      journey((start) =>
        start
          .step('log in', { url: plain('/session'), method: 'POST' })
          .step('orders', { url: '/orders', expect: (answer) => answer.body.contains('7 orders') }),
      ),
    );
    const stranger = journey((start) => start.step('orders', { url: plain('/orders') }));
    expect(await failureOf(stranger)).toMatchObject({
      message: 'expected orders: status is 200 to 299, got 401',
    });
  });

  it('freshness: sees the file that was written, and misses one that is not', async () => {
    const write = { url: plain('/kept/fresh.txt'), method: 'PUT', body: '{{marker}}' } as const;
    await passes(freshness({ write, read: { url: plain('/kept/fresh.txt') }, within: '5s' }));
    const elsewhere = { url: plain('/kept/first.txt') };
    expect(await failureOf(freshness({ write, read: elsewhere, within: '300ms' }))).toMatchObject({
      verdict: 'failed',
      code: 'expectation',
    });
    const refused = { ...write, url: plain('/forbidden') };
    expect(
      await failureOf(freshness({ write: refused, read: elsewhere, within: '300ms' })),
    ).toMatchObject({ code: 'expectation', message: expect.stringContaining('403') as string });
  });

  it('heartbeat: reads when a file was last written, as nginx says it', async () => {
    const beat = (place: string, within: `${number}h`) =>
      heartbeat({
        url: plain(place),
        at: (answer) => answer.header('last-modified'),
        within,
      });
    await passes(beat('/page.json', '1h'));
    expect(await failureOf(beat('/ok', '1h'))).toMatchObject({
      code: 'extraction',
      message: expect.stringContaining('there is no header last-modified') as string,
    });
  });

  it('contract: holds a packed body against its schema', async () => {
    const folder = temporaryFolder('contract');
    const schema = (type: string): string =>
      JSON.stringify({
        type: 'object',
        required: ['status'],
        properties: { status: { type }, list: { type: 'array', items: { const: 'same' } } },
      });
    writeFileSync(path.join(folder, 'kept.json'), schema('string'));
    writeFileSync(path.join(folder, 'broken.json'), schema('number'));
    const url = plain('/page.json');
    await passes(contract({ url, schema: 'kept.json' }), folder);
    expect(
      await failureOf(contract({ url, schema: 'broken.json' }), '10s', { folder }),
    ).toMatchObject({
      code: 'expectation',
      message: expect.stringContaining('violations has length 0') as string,
    });
    const cut = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"status":'),
    );
    const half = contract({ url: plain(`/backend?port=${cut.port}`), schema: 'kept.json' });
    expect(await failureOf(half, '10s', { folder })).toMatchObject({
      code: 'cut',
      phase: 'transfer',
    });
  });
});
