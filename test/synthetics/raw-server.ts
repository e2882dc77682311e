/** TCP servers that answer as they are told: what real servers do wrong, done on purpose. */
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface RawServer {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Heads of all requests so far. */
  readonly requests: string[];
}

/** Calls `answer` for each request once its head and, by content-length, its body came. Ends with the test. */
export async function rawServer(
  answer: (socket: Socket, request: string) => void,
  tls?: TlsOptions,
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    let text = '';
    let answered = false;
    socket.on('data', (data: Buffer) => {
      text += data.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (answered || end < 0 || text.length < end + 4 + length) return;
      answered = true;
      requests.push(text);
      answer(socket, text);
    });
  };
  const server: Server =
    tls === undefined ? createServer(serve) : createTlsServer(tls, serve as never);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    if (server.listening) await once(server, 'close');
  });
  const { port } = server.address() as { port: number };
  return { port, url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, requests };
}

/** A whole answer, its connection closed after it. */
export function reply(status: string, body = '', headers: Readonly<Record<string, string>> = {}) {
  const all = { 'Content-Length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return (socket: Socket): void => {
    socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
  };
}
