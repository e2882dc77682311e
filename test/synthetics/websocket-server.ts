/** A WebSocket server of the tests' own, written on its own so that a mistake in the probe's frames is not shared. */
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { type LineServer, lineServer } from './line-server.ts';

export interface ServedSocket {
  readonly socket: Socket;
  /** The head of the handshake's request. */
  readonly request: string;
  /** Sends a text message. */
  readonly say: (text: string) => void;
}

export interface WebsocketServing {
  readonly opened?: (served: ServedSocket) => void;
  /** Frames that came, unmasked. */
  readonly frame?: (served: ServedSocket, opcode: number, payload: Buffer) => void;
  /** Headers of the consent besides the usual ones; a name in lower case replaces a usual one. */
  readonly headers?: Readonly<Record<string, string>>;
}

export async function websocketServer(
  { opened, frame, headers = {} }: WebsocketServing,
  tls?: TlsOptions,
): Promise<LineServer> {
  return lineServer((socket) => {
    let pending = Buffer.alloc(0);
    let served: ServedSocket | undefined;
    socket.on('data', (data: Buffer) => {
      pending = Buffer.concat([pending, data]);
      if (served === undefined) {
        const end = pending.indexOf('\r\n\r\n');
        if (end < 0) return;
        const request = pending.toString('latin1', 0, end);
        pending = pending.subarray(end + 4);
        socket.write(consent(request, headers));
        served = {
          socket,
          request,
          say: (text) => void socket.write(serverFrame(1, Buffer.from(text))),
        };
        opened?.(served);
      }
      for (let next = clientFrame(pending); next !== undefined; next = clientFrame(pending)) {
        pending = pending.subarray(next.size);
        frame?.(served, next.opcode, next.payload);
      }
    });
  }, tls);
}

function consent(request: string, headers: Readonly<Record<string, string>>): string {
  const key = /\r\nsec-websocket-key: (\S+)/i.exec(request)?.[1] ?? '';
  const all = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-accept': createHash('sha1')
      .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64'),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`;
}

/** A frame as servers send it; `first` is its first byte without the bit that says it is the last. */
export function serverFrame(opcode: number, payload: Buffer, final = true): Buffer {
  const { length } = payload;
  const size = length < 126 ? Buffer.from([length]) : Buffer.from([126, length >> 8, length & 255]);
  return Buffer.concat([Buffer.from([(final ? 0x80 : 0) | opcode]), size, payload]);
}

function clientFrame(
  bytes: Buffer,
): { readonly opcode: number; readonly payload: Buffer; readonly size: number } | undefined {
  const [first = 0, second = 0] = bytes;
  if (bytes.length < 6) return undefined;
  if (second < 0x80) throw new Error('a frame of the client is not masked');
  const long = (second & 0x7f) === 126;
  const length = long ? bytes.readUInt16BE(2) : second & 0x7f;
  const begin = (long ? 4 : 2) + 4;
  if (bytes.length < begin + length) return undefined;
  const mask = bytes.subarray(begin - 4, begin);
  const payload = Buffer.from(bytes.subarray(begin, begin + length));
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0);
  return { opcode: first & 0x0f, payload, size: begin + length };
}
