import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { fromEnvironment, tcp } from '../../../index.ts';
import { resolveCheck } from '../../../synthetics/resolve-check.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { lineServer, onLine, sendEndlessly } from '../line-server.ts';
import { runProbe } from '../run-probe.ts';

const authority = createCertificateAuthority();
afterAll(() => authority.remove());

const pong = (socket: Socket): void => onLine(socket, () => socket.write('+PONG\r\n'));
const ping = [{ send: 'PING\r\n', expect: '^[+]PONG' }];

probeContract('tcp', {
  healthy: async () => tcp({ address: (await lineServer(pong)).address, talk: ping }),
  silent: async () => tcp({ address: (await lineServer(() => {})).address, talk: ping }),
  absent: (port) => tcp({ address: `127.0.0.1:${port}` }),
});

describe('a conversation', () => {
  it('is enough when a connection is made and nothing is said', async () => {
    const { address } = await lineServer(() => {});
    const run = await runProbe(tcp({ address }));
    expect(run).toMatchObject({ verdict: 'passed', target: `TCP ${address}`, facts: { address } });
    expect(Object.keys(run.phases)).toEqual(['connect']);
  });

  it('takes turns, sends bytes and secrets, and keeps what came', async () => {
    const heard: string[] = [];
    const { address } = await lineServer((socket) => {
      socket.write('220 ready\r\n');
      onLine(socket, (line) => {
        heard.push(line);
        socket.write(line.startsWith('AUTH') ? `235 hello ${line.slice(5)}\r\n` : '221 bye\r\n');
      });
    });
    const run = await runProbe(
      tcp({
        address,
        talk: [
          { expect: '^220 ' },
          { send: ['AUTH ', fromEnvironment('KEY'), { hex: '0d0a' }], expect: '(?m)^235 .*$' },
          { send: 'QUIT\r\n', expect: '221 bye\r\n' },
        ],
        expect: (answer) => [answer.received.matches('ready'), answer.size.atMost(100)],
        prefer: (answer) => answer.received.contains('no such thing'),
      }),
      {},
      { environment: { KEY: 'geheim-42' } },
    );
    expect(heard).toEqual(['AUTH geheim-42', 'QUIT']);
    expect(run.verdict).toBe('degraded');
    expect(Object.keys(run.phases)).toEqual(['connect', 'firstByte', 'transfer']);
    expect(run.assertions[2]?.excerpt).toBe('220 ready\r\n235 hello (hidden)\r\n221 bye\r\n');
    expect(JSON.stringify(run)).not.toContain('geheim');
  });

  it('finds what it expects however the bytes are cut, and leaves the rest to the next turn', async () => {
    const { address } = await lineServer((socket) => {
      const bytes = Buffer.from('früh one two');
      const send = (at: number): void => {
        if (at >= bytes.length || socket.destroyed) return;
        socket.write(bytes.subarray(at, at + 1));
        setImmediate(() => send(at + 1));
      };
      send(0);
    });
    const talk = [{ expect: 'ü' }, { expect: '^h one' }, { expect: '^ two$' }];
    expect(await runProbe(tcp({ address, talk }))).toMatchObject({ verdict: 'passed' });
  });

  it('goes on over TLS, at once or after STARTTLS', async () => {
    const certificate = authority.issue(['DNS:mail.example']);
    const tls = { ca: authority.file, serverName: 'mail.example' };
    const direct = await lineServer(pong, certificate);
    const run = await runProbe(tcp({ address: direct.address, tls, talk: ping }));
    expect(run).toMatchObject({ verdict: 'passed', certificate: { subject: 'mail.example' } });
    expect(Object.keys(run.phases)).toEqual(['connect', 'tls', 'firstByte', 'transfer']);

    const mail = await lineServer((socket) => {
      socket.write('220-mail.example\r\n220 ready\r\n');
      onLine(socket, (line) => {
        if (line.startsWith('EHLO')) socket.write('250-mail.example\r\n250 STARTTLS\r\n');
        if (line !== 'STARTTLS') return;
        socket.removeAllListeners('data');
        socket.write('220 go ahead\r\n');
        const secure = new TLSSocket(socket, { isServer: true, ...certificate });
        secure.on('error', () => {});
        onLine(secure, () => secure.write('250 mail.example\r\n'));
      });
    });
    const talk = [{ send: 'EHLO probe\r\n', expect: '(?m)^250 ' }];
    expect(
      await runProbe(tcp({ address: mail.address, startTls: 'smtp', tls, talk })),
    ).toMatchObject({ verdict: 'passed', certificate: { subject: 'mail.example' } });
  });
});

describe('what goes wrong', () => {
  const talk = [{ send: 'HELLO\r\n', expect: '^OK' }];
  const faults: readonly {
    readonly name: string;
    readonly serve: (socket: Socket) => void;
    readonly code: string;
    readonly phase: string;
    readonly says: RegExp;
  }[] = [
    {
      name: 'another answer',
      serve: (socket) => onLine(socket, () => socket.end('ERR who are you?\r\n')),
      code: 'expectation',
      phase: 'transfer',
      says: /expected text that matches '\^OK', got "ERR who are you\?\\r\\n" and the end/,
    },
    {
      name: 'an answer that never becomes the right one',
      serve: (socket) => void socket.write('WAIT'),
      code: 'timeout',
      phase: 'transfer',
      says: /no end within/,
    },
    {
      name: 'a connection that is closed at once',
      serve: (socket) => socket.end(),
      code: 'cut',
      phase: 'firstByte',
      says: /the connection ended before text that matches '\^OK'/,
    },
    {
      name: 'a connection that is reset',
      serve: (socket) => onLine(socket, () => socket.resetAndDestroy()),
      code: 'cut',
      phase: 'firstByte',
      says: /broke \(ECONNRESET\)/,
    },
    {
      name: 'bytes without end',
      serve: (socket) => sendEndlessly(socket, 'x'.repeat(10_000)),
      code: 'too-large',
      phase: 'transfer',
      says: /more than 65536 bytes came before/,
    },
  ];

  it.each(faults)('is told of $name', async ({ serve, code, phase, says }) => {
    const { address } = await lineServer(serve);
    const run = await runProbe(tcp({ address, talk }), {
      timeout: code === 'timeout' ? '300ms' : '20s',
    });
    expect(run).toMatchObject({ verdict: 'failed', reason: { code, phase } });
    expect(run.reason?.message).toMatch(says);
  });

  it('shows what came until the time was over', async () => {
    const { address } = await lineServer((socket) => void socket.write('WAIT'));
    const run = await runProbe(tcp({ address, talk }), { timeout: '300ms' });
    expect(run.facts).toMatchObject({ received: 'WAIT' });
  });

  it('is no fault of the target when a secret is missing', async () => {
    const run = await runProbe(
      tcp({ address: '127.0.0.1:1', talk: [{ send: fromEnvironment('NOT_SET') }] }),
    );
    expect(run).toMatchObject({ verdict: 'error', reason: { code: 'setup' } });
  });

  const greetings: readonly [string, 'smtp' | 'imap' | 'pop3' | 'postgres', string, RegExp][] = [
    [
      'a mail server without STARTTLS',
      'smtp',
      '220 hi\r\n250 SIZE 10\r\n',
      /does not offer STARTTLS/,
    ],
    ['a mail server that is busy', 'smtp', '421 too busy\r\n', /a greeting is "421 too busy"/],
    [
      'an IMAP server that says no',
      'imap',
      '* OK hi\r\n* x\r\na1 BAD what\r\n',
      /says "a1 BAD what"/,
    ],
    ['a POP3 server that says no', 'pop3', '+OK hi\r\n-ERR no\r\n', /says "-ERR no"/],
    ['a database without TLS', 'postgres', 'N', /does not offer TLS/],
    [
      'something that is no database',
      'postgres',
      'HTTP/1.1 400',
      /answer to the request for TLS is "H"/,
    ],
    [
      'bytes put in after the consent',
      'imap',
      '* OK hi\r\na1 OK go\r\n* OK evil\r\n',
      /11 bytes came in the clear/,
    ],
  ];
  it.each(greetings)('is told of %s', async (_name, startTls, says, message) => {
    const { address } = await lineServer((socket) => void socket.write(says));
    const run = await runProbe(tcp({ address, startTls }), { timeout: '20s' });
    expect(run).toMatchObject({ verdict: 'failed', reason: { code: 'protocol', phase: 'tls' } });
    expect(run.reason?.message).toMatch(message);
  });
});

describe('a definition', () => {
  it('is told of all that is wrong with it, and no secret is printed', () => {
    const wrong = {
      address: 'redis.example',
      ip: 5,
      startTls: 'ftp',
      talk: [{ send: { hex: 'abc' }, expect: '(' }, { send: 7 }, { receive: 'x' }, 'PING'],
      maxBytes: 0,
    };
    const { problems } = tcp(wrong as never);
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['not-an-address', 'address'],
      ['unknown-value', 'ip'],
      ['unknown-value', 'startTls'],
      ['wrong-type', 'talk[0].send'],
      ['not-an-assertion', 'talk[0].expect'],
      ['secret-in-text', 'talk[1].send'],
      ['unknown-field', 'talk[2].receive'],
      ['wrong-type', 'talk[3]'],
      ['out-of-range', 'maxBytes'],
    ]);
    expect(resolveCheck({ kind: 'check', probe: tcp(wrong as never) }).value).toBeUndefined();
  });
});
