/** A name server of the tests' own: what it answers is written byte by byte, and the system's resolver library agrees with it. */
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { lineServer } from './line-server.ts';

export interface WireRecord {
  readonly name: string;
  readonly type: number;
  readonly ttl?: number;
  readonly data: Buffer;
}

export interface Reply {
  /** Over QR and RD, which are set. */
  readonly flags?: number;
  readonly answer?: readonly WireRecord[];
  readonly authority?: readonly WireRecord[];
}

/** The bytes of a reply to a query. */
export function replyTo(query: Buffer, { flags = 0, answer = [], authority = [] }: Reply): Buffer {
  let end = 12;
  while ((query[end] ?? 0) !== 0) end += (query[end] ?? 0) + 1;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8100 | flags, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(answer.length, 6);
  head.writeUInt16BE(authority.length, 8);
  return Buffer.concat([
    head,
    query.subarray(12, end + 5),
    ...[...answer, ...authority].map(wireRecord),
  ]);
}

function wireRecord({ name, type, ttl = 300, data }: WireRecord): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([wireName(name), fixed, data]);
}

export function wireName(name: string): Buffer {
  const labels = name
    .split('.')
    .flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  return Buffer.concat([...labels, Buffer.from([0])]);
}

export function wireNumbers(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * numbers.length);
  for (const [index, number] of numbers.entries()) bytes.writeUInt16BE(number, 2 * index);
  return bytes;
}

/** Answers over UDP; undefined is silence, several are sent one after another. Gives its port. */
export async function udpNameServer(
  answer: (query: Buffer) => Buffer | readonly Buffer[] | undefined,
): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const replies = answer(query) ?? [];
    for (const each of Buffer.isBuffer(replies) ? [replies] : replies)
      socket.send(each, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  // Not counted among the sockets that a probe may leave behind.
  socket.unref();
  onTestFinished(() => void socket.close());
  return socket.address().port;
}

/** Answers over TCP or TLS, each message with its length in front. */
export async function tcpNameServer(
  answer: (query: Buffer) => Buffer,
  tls?: TlsOptions,
): Promise<number> {
  const { port } = await lineServer((socket) => serveMessages(socket, answer), tls);
  return port;
}

export function serveMessages(socket: Socket, answer: (query: Buffer) => Buffer): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    pending = Buffer.concat([pending, data]);
    if (pending.length < 2 || pending.length < 2 + pending.readUInt16BE(0)) return;
    const reply = answer(pending.subarray(2));
    socket.write(Buffer.concat([wireNumbers(reply.length), reply]));
  });
}
