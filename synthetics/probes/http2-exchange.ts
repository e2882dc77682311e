// One request over a fresh HTTP/2 connection, and its answer within limits, its phases timed.
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { createByteStore } from './byte-store.ts';
import { http2Cut, http2Failure } from './http2-failure.ts';
import type { HttpResponse } from './http-response.ts';

export interface Http2Request {
  readonly url: URL;
  readonly method: string;
  /** By lower-case name; those of a connection are left out, as HTTP/2 has none. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly maxBodyBytes: number;
}

/** What HTTP/2 says in its own way. */
const NOT_SENT = ['host', 'connection', 'transfer-encoding'];

/** Sends a request and reads the answer to its end, still packed. @throws ProbeFailure `cut`, `protocol`, `too-large` */
export async function exchangeHttp2(
  socket: Socket,
  request: Http2Request,
  step: Step,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const session = connect(request.url.origin, {
    createConnection: () => socket,
    settings: { enablePush: false },
    // Megabytes that nghttp2 may hold for this one connection.
    maxSessionMemory: 2,
  });
  try {
    return await exchange(session, request, step, signal);
  } finally {
    session.destroy();
  }
}

function exchange(
  session: ClientHttp2Session,
  { url, method, headers, body, maxBodyBytes }: Http2Request,
  step: Step,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    const failed = (error: NodeJS.ErrnoException): void => reject(http2Failure(error, 'request'));
    signal.addEventListener('abort', aborted, { once: true });
    session.on('error', failed);
    session.on('close', () => {
      signal.removeEventListener('abort', aborted);
      reject(http2Cut(session, 0, 'request'));
    });
    const sent = Object.entries(headers).filter(([name]) => !NOT_SENT.includes(name));
    step.enter('firstByte');
    const stream = session.request(
      {
        ...Object.fromEntries(sent),
        ':method': method,
        ':scheme': url.protocol.slice(0, -1),
        ':authority': url.host,
        ':path': `${url.pathname}${url.search}`,
      },
      { endStream: body.length === 0 },
    );
    let head: IncomingHttpHeaders | undefined;
    const bytes = createByteStore();
    stream.on('response', (received) => {
      step.enter('transfer');
      head = received;
    });
    stream.on('data', (data: Buffer) => {
      bytes.add(data);
      if (bytes.length <= maxBodyBytes) return;
      reject(
        new ProbeFailure('too-large', `the body is larger than maxBodyBytes, ${maxBodyBytes}`),
      );
      session.destroy();
    });
    stream.on('error', failed);
    stream.on('close', () => {
      const code = stream.rstCode ?? 0;
      if (head === undefined || code !== 0) {
        reject(http2Cut(session, code, 'request'));
        return;
      }
      step.leave();
      resolve({
        status: Number(head[':status']),
        version: '2',
        headers: headersOf(head),
        body: bytes.all(),
      });
    });
    if (body.length > 0) stream.end(body);
  });
}

function headersOf(head: IncomingHttpHeaders): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(head))
    if (!name.startsWith(':') && value !== undefined) headers.set(name, [value].flat());
  return headers;
}
