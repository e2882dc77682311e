import type { ServerHttp2Stream } from 'node:http2';
import protobuf from 'protobufjs';
import { afterAll, describe, expect, it } from 'vitest';
import { fromEnvironment, grpc } from '../../../index.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { grpcFrame, grpcRefusal, grpcReply, grpcServer } from '../grpc-server.ts';
import { lineServer, sendEndlessly } from '../line-server.ts';
import { runProbe } from '../run-probe.ts';

const authority = createCertificateAuthority();
afterAll(() => authority.remove());

const serving = grpcReply(Buffer.from([8, 1]));

probeContract('grpc', {
  healthy: async () => grpc({ address: (await grpcServer(serving)).address }),
  silent: async () => grpc({ address: (await lineServer(() => {})).address }),
  absent: (port) => grpc({ address: `127.0.0.1:${port}` }),
});

describe('the health of a service', () => {
  it('is asked for by its name, and must be SERVING unless something else is said', async () => {
    const server = await grpcServer(serving);
    const run = await runProbe(grpc({ address: server.address, service: 'shop.v1.Orders' }), {
      timeout: '7s',
    });
    expect(run).toMatchObject({ verdict: 'passed', facts: { code: 'OK' } });
    expect(Object.keys(run.phases)).toEqual(['connect', 'firstByte', 'transfer']);
    expect(server.calls[0]).toMatchObject({
      message: `00000000100a0e${Buffer.from('shop.v1.Orders').toString('hex')}`,
      headers: {
        ':path': '/grpc.health.v1.Health/Check',
        te: 'trailers',
        'grpc-timeout': '7000m',
        traceparent: `00-${run.traceId}-${run.steps[0]?.spanId}-01`,
      },
    });
    const { address } = await grpcServer(grpcReply(Buffer.from([8, 2])));
    expect((await runProbe(grpc({ address }))).reason?.message).toBe(
      `expected serving is 'SERVING', got 'NOT_SERVING'`,
    );
    const wanted = grpc({ address, expect: (answer) => answer.serving.equals('NOT_SERVING') });
    expect((await runProbe(wanted)).verdict).toBe('passed');
    // A message without its field has the field's default.
    const empty = await grpcServer(grpcReply(Buffer.alloc(0)));
    expect((await runProbe(grpc({ address: empty.address }))).reason?.message).toMatch(
      /got 'UNKNOWN'/,
    );
  });

  it('is known over TLS, when HTTP/2 is agreed on', async () => {
    const certificate = authority.issue(['DNS:orders.example']);
    const tls = { ca: authority.file, serverName: 'orders.example' };
    const { address } = await grpcServer(serving, certificate);
    expect(await runProbe(grpc({ address, tls }))).toMatchObject({
      verdict: 'passed',
      certificate: { subject: 'orders.example' },
    });
    const old = await lineServer(() => {}, certificate);
    expect((await runProbe(grpc({ address: old.address, tls }))).reason).toMatchObject({
      code: 'protocol',
      message: 'the server does not agree on HTTP/2',
    });
  });
});

/** The same message by a library that has the schema. */
const asProtobufjs = new protobuf.Type('Get')
  .add(new protobuf.Type('Inner').add(new protobuf.Field('key', 1, 'string')))
  .add(new protobuf.Field('id', 1, 'string'))
  .add(new protobuf.Field('count', 2, 'int32'))
  .add(new protobuf.Field('all', 3, 'bool'))
  .add(new protobuf.Field('inner', 4, 'Inner'))
  .add(new protobuf.Field('names', 5, 'string', 'repeated'))
  .add(new protobuf.Field('offset', 16, 'int64'));
const sent = {
  id: 'o-7',
  count: 300,
  all: true,
  inner: { key: 'geheim' },
  names: ['a', 'b'],
  offset: -1,
};

describe('a unary call', () => {
  it('sends fields, metadata and secrets, and lets the end be asked', async () => {
    const server = await grpcServer(
      grpcReply(Buffer.from('\n\u0005hello'), 0, { 'x-last': 'yes' }),
    );
    const run = await runProbe(
      grpc({
        address: server.address,
        call: 'shop.v1.Orders/Get',
        message: {
          1: 'o-7',
          2: 300,
          3: true,
          4: { 1: fromEnvironment('KEY') },
          5: ['a', 'b'],
          16: -1,
        },
        metadata: { 'X-Team': 'shop', authorization: fromEnvironment('KEY') },
        expect: (answer) => [
          answer.code.equals('OK'),
          answer.text.contains('hello'),
          answer.size.equals(7),
          answer.metadata('x-first').equals('1'),
          answer.metadata('x-last').equals('yes'),
          answer.serving.absent(),
        ],
      }),
      {},
      { environment: { KEY: 'geheim' } },
    );
    expect(run.reason).toBeUndefined();
    expect(server.calls[0]).toMatchObject({
      headers: { ':path': '/shop.v1.Orders/Get', 'x-team': 'shop', authorization: 'geheim' },
      message: grpcFrame(Buffer.from(asProtobufjs.encode(sent).finish())).toString('hex'),
    });
    expect(JSON.stringify(run)).not.toContain('geheim');
  });

  it('may be expected to fail', async () => {
    const { address } = await grpcServer(grpcRefusal(5, 'no such order: %C3%A4'));
    const call = { address, call: 'shop.v1.Orders/Get' };
    const failed = await runProbe(grpc(call));
    expect(failed.reason?.message).toBe(`expected code is 'OK', got 'NOT_FOUND'`);
    expect(failed.assertions[0]?.excerpt).toBe('no such order: ä');
    const wanted = grpc({
      ...call,
      expect: (answer) => [answer.code.equals('NOT_FOUND'), answer.detail.endsWith('ä')],
    });
    expect((await runProbe(wanted)).verdict).toBe('passed');
  });
});

describe('what goes wrong', () => {
  const headers = { ':status': 200, 'content-type': 'application/grpc' };
  const endless = (stream: ServerHttp2Stream): void => {
    stream.respond(headers);
    const more = (): void => {
      if (stream.destroyed) return;
      if (stream.write(Buffer.alloc(16_384))) setImmediate(more);
      else stream.once('drain', more);
    };
    more();
  };
  it.each<[string, (stream: ServerHttp2Stream) => void, string, RegExp]>([
    [
      'a page instead of an answer',
      (stream) => {
        stream.respond({ ':status': 502 });
        stream.end('bad gateway');
      },
      'protocol',
      /no grpc-status, but the HTTP status 502/,
    ],
    [
      'an answer without a message',
      (stream) => stream.respond({ ...headers, 'grpc-status': '0' }, { endStream: true }),
      'protocol',
      /holds no message/,
    ],
    [
      'a message of another size',
      (stream) => {
        stream.respond(headers, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(grpcFrame(Buffer.from([8, 1]), 9));
      },
      'protocol',
      /has 2 bytes and says that it has 9/,
    ],
    [
      'something that is no health',
      grpcReply(Buffer.from([0xff, 0xff])),
      'protocol',
      /no message of a health check/,
    ],
    ['an answer without end', endless, 'too-large', /maxMessageBytes, 1048576/],
    ['a call that is reset', (stream) => stream.close(2), 'cut', /ended the call/],
    ['a connection that ends', (stream) => stream.session?.destroy(), 'cut', /ended|broke/],
  ])('is told of %s', async (_name, answer, code, says) => {
    const { address } = await grpcServer(answer);
    const run = await runProbe(grpc({ address }), { timeout: '20s' });
    expect(run).toMatchObject({ verdict: 'failed', reason: { code } });
    expect(run.reason?.message).toMatch(says);
  });

  it('is told of something that speaks no HTTP/2, or on and on', async () => {
    const old = await lineServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(
      (await runProbe(grpc({ address: old.address }), { timeout: '20s' })).reason,
    ).toMatchObject({ code: 'protocol' });
    const noise = await lineServer((socket) => sendEndlessly(socket, 'x'.repeat(10_000)));
    expect(
      (await runProbe(grpc({ address: noise.address }), { timeout: '20s' })).reason,
    ).toMatchObject({ code: 'protocol' });
  });

  it('is told of an answer that never ends', async () => {
    const { address } = await grpcServer((stream) => stream.respond(headers));
    const run = await runProbe(grpc({ address }), { timeout: '300ms' });
    expect(run.reason).toMatchObject({ code: 'timeout', phase: 'transfer' });
  });
});

describe('a definition', () => {
  it('is told of all that is wrong with it', () => {
    const wrong = (input: object) =>
      grpc(input as never).problems.map(({ code, path }) => [code, path]);
    const address = 'orders.example:443';
    expect(wrong({ address: 'orders' })).toEqual([['not-an-address', 'address']]);
    expect(wrong({ address, service: 'a b' })).toEqual([['not-a-name', 'service']]);
    expect(wrong({ address, call: 'Orders' })).toEqual([['not-a-name', 'call']]);
    expect(wrong({ address, message: { 1: 'x' } })).toEqual([['unknown-field', 'message']]);
    expect(wrong({ address, call: 'a.B/C', message: { name: 'x', 2: 1.5, 3: [{}] } })).toEqual([
      ['unknown-field', 'message.name'],
      ['wrong-type', 'message["2"]'],
      ['wrong-type', 'message["3"]'],
    ]);
    expect(wrong({ address, metadata: { 'grpc-x': '1', 'api-key': 'k' } })).toEqual([
      ['not-a-name', 'metadata["grpc-x"]'],
      ['secret-in-text', 'metadata["api-key"]'],
    ]);
  });
});
