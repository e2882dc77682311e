/** A gRPC server of the tests' own: what it answers is written frame by frame. */
import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface GrpcServer {
  readonly address: string;
  readonly calls: { readonly headers: IncomingHttpHeaders; readonly message: string }[];
}

/** Calls `answer` when a whole message came. Ends with the test. */
export async function grpcServer(
  answer: (stream: ServerHttp2Stream, path: string) => void,
  tls?: TlsOptions,
): Promise<GrpcServer> {
  const calls: GrpcServer['calls'] = [];
  const sessions = new Set<ServerHttp2Session>();
  const server = tls === undefined ? createServer() : createSecureServer(tls);
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    const parts: Buffer[] = [];
    stream.on('error', () => {});
    stream.on('data', (data: Buffer) => void parts.push(data));
    stream.on('end', () => {
      calls.push({ headers, message: Buffer.concat(parts).toString('hex') });
      answer(stream, String(headers[':path']));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as { port: number }).port}`, calls };
}

/** A whole answer: a message of these bytes, then the code. */
export function grpcReply(
  message: Buffer,
  code = 0,
  trailers: Readonly<Record<string, string>> = {},
) {
  return (stream: ServerHttp2Stream): void => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'x-first': '1' },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': String(code), ...trailers }),
    );
    stream.end(grpcFrame(message));
  };
}

/** A code without a message. */
export function grpcRefusal(code: number, message: string) {
  return (stream: ServerHttp2Stream): void =>
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': String(code),
        'grpc-message': message,
      },
      { endStream: true },
    );
}

export function grpcFrame(message: Buffer, size = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(size, 1);
  return Buffer.concat([head, message]);
}
