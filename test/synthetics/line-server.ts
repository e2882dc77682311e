/** TCP servers of the tests that see every byte: what was sent comes as it comes, and TLS may begin late. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface LineServer {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
}

/** Calls `serve` for each connection. Ends with the test. */
export async function lineServer(
  serve: (socket: Socket) => void,
  tls?: TlsOptions,
): Promise<LineServer> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    serve(socket);
  };
  const server: Server =
    tls === undefined ? createServer(keep) : createTlsServer(tls, keep as never);
  if (tls !== undefined) server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    if (server.listening) await once(server, 'close');
  });
  const { port } = server.address() as { port: number };
  return { port, address: `127.0.0.1:${port}` };
}

/** Calls `answer` for each line that comes. */
export function onLine(socket: Socket, answer: (line: string) => void): void {
  let text = '';
  socket.on('data', (data: Buffer) => {
    text += data.toString('latin1');
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end).replace(/\r$/, '');
      text = text.slice(end + 1);
      answer(line);
    }
  });
}

/** Sends the same without end, as fast as it is taken. */
export function sendEndlessly(socket: Socket, text: string | Buffer): void {
  const more = (): void => {
    if (socket.destroyed) return;
    if (socket.write(text)) setImmediate(more);
    else socket.once('drain', more);
  };
  more();
}
