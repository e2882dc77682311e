// A GET to a name server over HTTPS (RFC 8484), in HTTP/2 where the server agrees to it, else in HTTP/1.1.
import { type ClientHttp2Session, connect } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TlsSettings } from '../../slo/connection.ts';
import type { Attempt, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { createByteChannel } from './byte-channel.ts';
import { createByteStore } from './byte-store.ts';
import type { Dialer } from './dialer.ts';
import { openEndpoint } from './endpoint.ts';
import { http2Cut, http2Failure } from './http2-failure.ts';
import { createResponseReader } from './http-response.ts';

export interface HttpsNameServer {
  readonly url: URL;
  readonly tls?: TlsSettings | undefined;
  readonly ip?: 4 | 6 | undefined;
}

/** What came, with its status and its media type. */
export interface HttpsReply {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

const MEDIA_TYPE = 'application/dns-message';

/** Gets an address of the server. @throws ProbeFailure */
export async function getOverHttps(
  dialer: Dialer,
  { url, tls, ip }: HttpsNameServer,
  maxBytes: number,
  step: Step,
  attempt: Attempt,
): Promise<HttpsReply> {
  const secure = url.protocol === 'https:';
  const server = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    ...(ip === undefined ? {} : { ip }),
    ...(tls === undefined ? {} : { tls }),
  };
  const offered = secure ? { protocols: ['h2', 'http/1.1'] } : undefined;
  const connection = await openEndpoint(dialer, server, step, attempt, offered);
  try {
    const { socket } = connection;
    const modern = secure && (socket as TLSSocket).alpnProtocol === 'h2';
    step.enter('firstByte');
    const get = modern ? getInHttp2 : getInHttp1;
    const reply = await get(socket, url, maxBytes, step, attempt.signal);
    step.leave();
    step.note('status', reply.status);
    return reply;
  } finally {
    connection.close();
  }
}

async function getInHttp1(
  socket: Socket,
  url: URL,
  maxBytes: number,
  step: Step,
  signal: AbortSignal,
): Promise<HttpsReply> {
  const channel = createByteChannel(socket, maxBytes, signal, () => step.enter('transfer'));
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    `accept: ${MEDIA_TYPE}`,
    `traceparent: ${step.traceparent}`,
    'connection: close',
  ];
  channel.write(`${lines.join('\r\n')}\r\n\r\n`);
  const reader = createResponseReader('GET', maxBytes);
  for (let done = false; !done;) {
    const bytes = await channel.take('a whole answer came', (pending, ended) => {
      if (pending.length > 0) return { value: pending, size: pending.length };
      return ended ? { value: undefined, size: 0 } : undefined;
    });
    if (bytes === undefined) reader.end();
    done = bytes === undefined || reader.push(bytes);
  }
  const { status, headers, body } = reader.response();
  return { status, type: headers.get('content-type')?.[0] ?? '', body };
}

async function getInHttp2(
  socket: Socket,
  url: URL,
  maxBytes: number,
  step: Step,
  signal: AbortSignal,
): Promise<HttpsReply> {
  const session = connect(url.origin, {
    createConnection: () => socket,
    settings: { enablePush: false },
    // Megabytes that nghttp2 may hold for this one connection.
    maxSessionMemory: 2,
  });
  try {
    return await exchange(session, url, maxBytes, step, signal);
  } finally {
    session.destroy();
  }
}

function exchange(
  session: ClientHttp2Session,
  url: URL,
  maxBytes: number,
  step: Step,
  signal: AbortSignal,
): Promise<HttpsReply> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(http2Failure(error, 'request'));
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    session.on('error', failed);
    session.on('close', () => reject(http2Cut(session, 0, 'request')));
    const stream = session.request({
      ':path': url.pathname + url.search,
      accept: MEDIA_TYPE,
      traceparent: step.traceparent,
    });
    const body = createByteStore();
    let head: { readonly status: number; readonly type: string } | undefined;
    stream.on('response', (headers) => {
      step.enter('transfer');
      head = { status: Number(headers[':status']), type: headers['content-type'] ?? '' };
    });
    stream.on('data', (data: Buffer) => {
      body.add(data);
      if (body.length > maxBytes) {
        reject(new ProbeFailure('too-large', `the answer is larger than ${maxBytes} bytes`));
        session.destroy();
      }
    });
    stream.on('error', failed);
    stream.on('end', () => {
      if (head === undefined) reject(http2Cut(session, stream.rstCode ?? 0, 'request'));
      else resolve({ ...head, body: body.all() });
    });
  });
}
