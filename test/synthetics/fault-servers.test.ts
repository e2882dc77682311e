import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  contract,
  dns,
  freshness,
  grpc,
  heartbeat,
  http,
  journey,
  type ProbeDefinition,
  tcp,
  tls,
  websocket,
} from '../../index.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { lineServer, sendEndlessly } from './line-server.ts';
import { failureOf } from './run-probe.ts';

const authority = createCertificateAuthority();
const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-faults-'));
writeFileSync(path.join(folder, 'any.json'), '{"type":"object"}');
afterAll(() => {
  authority.remove();
  rmSync(folder, { recursive: true });
});
const certificate = authority.issue(['IP:127.0.0.1']);
const trust = { ca: authority.file };

/** What a server does with every connection, in the clear or after a handshake. */
const faults: Readonly<Record<string, (socket: Socket) => void>> = {
  'says nothing': () => {},
  'hangs up at once': (socket) => void socket.end(),
  'drops the connection': (socket) => void socket.destroy(),
  'ends its half of the connection, and keeps the other open': (socket) => {
    socket.allowHalfOpen = true;
    socket.once('data', () => socket.end());
  },
  'sends one byte after another': (socket) => {
    const timer = setInterval(() => socket.write('1'), 20);
    socket.on('close', () => clearInterval(timer));
  },
  'sends noise without end': (socket) => sendEndlessly(socket, randomBytes(20_000)),
  'sends lines without end': (socket) => sendEndlessly(socket, '220-ready\r\n'.repeat(2000)),
  'begins an answer without end': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    sendEndlessly(socket, '{"a":'.repeat(4000));
  },
  'says the same as it hears': (socket) => void socket.on('data', (data) => socket.write(data)),
};

const inTheClear = (port: number): Readonly<Record<string, ProbeDefinition>> => {
  const address = `127.0.0.1:${port}`;
  const talk = [{ send: 'hello\r\n', expect: 'the word that never comes' }];
  return {
    ...overHttp(`http://${address}`, {}),
    'HTTP/2': http({ url: `http://${address}/`, version: '2' }),
    tls: tls({ address, tls: trust }),
    'tls after SMTP': tls({ address, startTls: 'smtp', tls: trust }),
    'tls after IMAP': tls({ address, startTls: 'imap', tls: trust }),
    'tls after POP3': tls({ address, startTls: 'pop3', tls: trust }),
    'tls after PostgreSQL': tls({ address, startTls: 'postgres', tls: trust }),
    tcp: tcp({ address, talk }),
    dns: dns({ name: 'shop.example', server: address, transport: 'tcp' }),
    grpc: grpc({ address }),
    websocket: websocket({ url: `ws://${address}/`, talk }),
  };
};

const overTls = (port: number): Readonly<Record<string, ProbeDefinition>> => {
  const address = `127.0.0.1:${port}`;
  const talk = [{ send: 'hello\r\n', expect: 'the word that never comes' }];
  return {
    ...overHttp(`https://${address}`, { tls: trust }),
    tcp: tcp({ address, tls: trust, talk }),
    'dns over TLS': dns({ name: 'shop.example', server: address, transport: 'tls', tls: trust }),
    'dns over HTTPS': dns({ name: 'shop.example', url: `https://${address}/q`, tls: trust }),
    websocket: websocket({ url: `wss://${address}/`, tls: trust, talk }),
  };
};

const overHttp2 = (port: number): Readonly<Record<string, ProbeDefinition>> => ({
  'HTTP/2': http({ url: `https://127.0.0.1:${port}/`, version: '2', tls: trust }),
  'dns over HTTPS': dns({ name: 'shop.example', url: `https://127.0.0.1:${port}/q`, tls: trust }),
  grpc: grpc({ address: `127.0.0.1:${port}`, tls: trust }),
});

/** The kinds that send HTTP/1.1; nothing that the faults answer is what they expect. */
function overHttp(origin: `http${string}`, more: { readonly tls?: typeof trust }) {
  const url = `${origin}/` as `http://${string}`;
  const never = { url, ...more };
  return {
    http: http({ ...never, expect: (answer) => answer.json('$.status').equals('up') }),
    journey: journey((start) =>
      start.step('only', { ...never, expect: (a) => a.status.equals(201) }),
    ),
    contract: contract({ ...never, schema: 'any.json' }),
    freshness: freshness({
      write: { ...never, method: 'POST', body: '{{marker}}', expect: (a) => a.status.equals(201) },
      read: never,
      within: '200ms',
    }),
    heartbeat: heartbeat({ ...never, at: (answer) => answer.json('$.last'), within: '1h' }),
  };
}

describe.each([
  ['in the clear', undefined, inTheClear],
  ['over TLS', certificate, overTls],
  ['over HTTP/2', { ...certificate, ALPNProtocols: ['h2'] }, overHttp2],
] as const)('a server %s', (_name, options, probesOf) => {
  it.each(Object.entries(faults))(
    'that %s fails every probe in time, and fills no memory',
    async (_fault, serve) => {
      const { port } = await lineServer(serve, options);
      const before = process.memoryUsage().arrayBuffers;
      const probes = Object.entries(probesOf(port));
      const runs = await Promise.all(
        probes.map(
          async ([kind, probe]) => [kind, await failureOf(probe, '500ms', { folder })] as const,
        ),
      );
      const held = process.memoryUsage().arrayBuffers - before;
      for (const [kind, run] of runs) {
        const shown = `${kind}: ${JSON.stringify(run)}`;
        expect(run.verdict, shown).toBe('failed');
        expect(run.message, shown).not.toBe('');
        // What came whole is judged when no phase is under way any more.
        const whole = run.code === 'expectation' || kind.startsWith('dns');
        expect(run.phase === undefined && !whole, shown).toBe(false);
        expect(run.totalMs, shown).toBeLessThan(10_000);
      }
      expect(held).toBeLessThan(100_000_000);
    },
  );
});
