import { afterAll, describe, expect, it } from 'vitest';
import { fromEnvironment, websocket } from '../../../index.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { lineServer, sendEndlessly } from '../line-server.ts';
import { rawServer, reply } from '../raw-server.ts';
import { runProbe } from '../run-probe.ts';
import {
  type ServedSocket,
  serverFrame,
  websocketServer,
  type WebsocketServing,
} from '../websocket-server.ts';

const authority = createCertificateAuthority();
afterAll(() => authority.remove());

const echo: WebsocketServing = {
  frame: (served, opcode, payload) => {
    if (opcode === 1) served.say(`echo ${payload.toString()}`);
  },
};
const hello = [{ send: 'hello', expect: '^echo hello$' }];
const ws = (address: string, path = '/live') => `ws://${address}${path}` as const;

probeContract('websocket', {
  healthy: async () => websocket({ url: ws((await websocketServer(echo)).address), talk: hello }),
  silent: async () => websocket({ url: ws((await lineServer(() => {})).address), talk: hello }),
  absent: (port) => websocket({ url: ws(`127.0.0.1:${port}`) }),
});

describe('a conversation', () => {
  it('takes turns, answers pings, joins fragments, and says good-bye', async () => {
    const heard: string[] = [];
    const { address } = await websocketServer({
      headers: { 'sec-websocket-protocol': 'v2' },
      opened: ({ socket, request }) => {
        heard.push(
          /^GET \S+/.exec(request)?.[0] ?? '',
          /authorization: .*/.exec(request)?.[0] ?? '',
        );
        socket.write(serverFrame(9, Buffer.from('are you there?')));
        socket.write(serverFrame(1, Buffer.from('{"state":'), false));
        socket.write(serverFrame(9, Buffer.alloc(0)));
        socket.write(serverFrame(0, Buffer.from('"ready"}')));
      },
      frame: (served, opcode, payload) => {
        heard.push(`${opcode} ${payload.toString('latin1').slice(0, 20)}`);
        if (opcode === 1) served.say(JSON.stringify({ size: payload.length }));
      },
    });
    const run = await runProbe(
      websocket({
        url: ws(address, '/live?x=1'),
        protocols: ['v2', 'v1'],
        auth: { bearer: fromEnvironment('TOKEN') },
        talk: [{ expect: 'ready' }, { send: 'x'.repeat(300), expect: 'size' }],
        expect: (answer) => [
          answer.protocol.equals('v2'),
          answer.messages.hasLength(2),
          answer.json('$.size').equals(300),
          answer.header('upgrade').equals('websocket'),
          answer.phase('transfer').atMost('20s'),
        ],
      }),
      {},
      { environment: { TOKEN: 'geheim-9' } },
    );
    expect(run.reason).toBeUndefined();
    expect(heard.slice(0, 5)).toEqual([
      'GET /live?x=1',
      'authorization: Bearer geheim-9',
      '10 are you there?',
      '10 ',
      `1 ${'x'.repeat(20)}`,
    ]);
    await expect.poll(() => heard.at(-1)).toBe('8 \u0003è');
    expect(Object.keys(run.phases)).toEqual(['connect', 'firstByte', 'transfer']);
    expect(JSON.stringify(run)).not.toContain('geheim');
  });

  it('goes over TLS', async () => {
    const certificate = authority.issue(['DNS:shop.example']);
    const { address } = await websocketServer(echo, certificate);
    const run = await runProbe(
      websocket({
        url: 'wss://shop.example/live',
        connectTo: address,
        tls: { ca: authority.file },
        talk: hello,
      }),
    );
    expect(run).toMatchObject({ verdict: 'passed', certificate: { subject: 'shop.example' } });
  });

  it('is not begun when the handshake is refused, which may be what is expected', async () => {
    const { port } = await rawServer(reply('401 Unauthorized', 'who are you?'));
    const probe = { url: ws(`127.0.0.1:${port}`), talk: hello };
    expect((await runProbe(websocket(probe))).reason).toMatchObject({
      code: 'expectation',
      message: 'expected status is 101, got 401',
    });
    expect(
      (await runProbe(websocket({ ...probe, expect: (answer) => answer.status.equals(401) })))
        .verdict,
    ).toBe('passed');
  });
});

describe('what goes wrong', () => {
  const opened = (act: (served: ServedSocket) => void): WebsocketServing => ({ opened: act });
  it.each<[string, WebsocketServing, string, RegExp]>([
    [
      'another message than expected',
      opened(({ say }) => say('busy')),
      'expectation',
      /expected a message that matches '\^echo hello\$', got "busy"/,
    ],
    [
      'a server that closes',
      opened(
        ({ socket }) =>
          void socket.write(serverFrame(8, Buffer.from('\x03\xf3going down', 'latin1'))),
      ),
      'cut',
      /closed with the code 1011: "going down"/,
    ],
    [
      'a connection that ends',
      opened(({ socket }) => socket.end()),
      'cut',
      /connection ended before a whole frame/,
    ],
    [
      'a masked frame',
      opened(({ socket }) => void socket.write(Buffer.from([0x81, 0x80, 0, 0, 0, 0]))),
      'protocol',
      /masked/,
    ],
    [
      'a compressed frame',
      opened(({ socket }) => void socket.write(Buffer.from([0xc1, 0x00]))),
      'protocol',
      /extension/,
    ],
    [
      'text that is no UTF-8',
      opened(({ socket }) => void socket.write(serverFrame(1, Buffer.from([0xff])))),
      'protocol',
      /no UTF-8/,
    ],
    [
      'a message that goes on without a beginning',
      opened(({ socket }) => void socket.write(serverFrame(0, Buffer.from('x')))),
      'protocol',
      /without having begun/,
    ],
    [
      'a message that is announced too large',
      opened(({ socket }) => void socket.write(Buffer.from([0x82, 127, 0, 0, 0, 9, 0, 0, 0, 0]))),
      'too-large',
      /maxMessageBytes, 65536/,
    ],
    [
      'fragments without end',
      opened(({ socket }) => {
        socket.write(serverFrame(1, Buffer.from('x'), false));
        sendEndlessly(socket, serverFrame(0, Buffer.alloc(100, 'x'), false));
      }),
      'too-large',
      /maxMessageBytes/,
    ],
    [
      'pings without end',
      opened(({ socket }) => sendEndlessly(socket, serverFrame(9, Buffer.alloc(0)))),
      'protocol',
      /1000 frames hold no message/,
    ],
    [
      'a wrong key',
      { headers: { 'sec-websocket-accept': 'AAAA' } },
      'protocol',
      /sec-websocket-accept is wrong/,
    ],
    [
      'a subprotocol that nobody offered',
      { headers: { 'sec-websocket-protocol': 'v9' } },
      'protocol',
      /subprotocol "v9"/,
    ],
    ['another protocol', { headers: { upgrade: 'h2c' } }, 'protocol', /another protocol/],
  ])('is told of %s', async (_name, serving, code, says) => {
    const { address } = await websocketServer(serving);
    const run = await runProbe(websocket({ url: ws(address), talk: hello }), { timeout: '20s' });
    expect(run.reason).toMatchObject({ code, phase: 'transfer' });
    expect(run.reason?.message).toMatch(says);
  });

  it('is told of something that speaks no HTTP, at once', async () => {
    const { address } = await lineServer((socket) => void socket.write('SSH-2.0-OpenSSH_10.0\r\n'));
    const run = await runProbe(websocket({ url: ws(address) }), { timeout: '20s' });
    expect(run.reason).toMatchObject({ code: 'protocol', phase: 'transfer' });
  });

  it('is told of a message that never comes', async () => {
    const { address } = await websocketServer({});
    const run = await runProbe(websocket({ url: ws(address), talk: hello }), { timeout: '300ms' });
    expect(run.reason).toMatchObject({ code: 'timeout', phase: 'transfer' });
  });
});

describe('a definition', () => {
  it('is told of addresses that are none, and of secrets that are written out', () => {
    const wrong = websocket({
      url: 'https://shop.example/' as never,
      protocols: ['a b'],
      headers: { Authorization: 'Bearer x' },
    });
    expect(wrong.problems.map(({ code, path }) => [code, path])).toEqual([
      ['not-a-url', 'url'],
      ['secret-in-text', 'headers.Authorization'],
      ['wrong-type', 'protocols'],
    ]);
  });
});
