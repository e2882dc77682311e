// One HTTP request over a fresh connection, and its answer, each phase timed.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { SecretReference, TlsSettings } from '../../slo/connection.ts';
import { isRecord } from '../../slo/plain-data.ts';
import type { ProbeAuthSettings } from '../checks/http-auth.ts';
import type { ProxySettings } from '../checks/http-proxy.ts';
import type { RequestBody } from '../checks/request-body.ts';
import type { Attempt, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { brokenConnection } from './broken-connection.ts';
import type { Dialer } from './dialer.ts';
import { unpackBody } from './http-body.ts';
import { createResponseReader, type HttpResponse } from './http-response.ts';
import { authorization, headerSafe, signatureHeaders } from './http-signature.ts';
import { exchangeHttp2 } from './http2-exchange.ts';
import { openTunnel, proxyAuthorization, refusedCaller } from './http-tunnel.ts';

export interface ExchangeRequest {
  readonly url: URL;
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | SecretReference>>;
  readonly body?: RequestBody | undefined;
  readonly auth?: ProbeAuthSettings | undefined;
  /** What was fetched for `auth`. */
  readonly token?: string | undefined;
  readonly tls?: TlsSettings | undefined;
  readonly ip?: 4 | 6 | undefined;
  readonly connectTo?: { readonly host: string; readonly port: number } | undefined;
  readonly proxy?: ProxySettings | undefined;
  /** Absent: 1.1. */
  readonly version?: '2' | undefined;
  readonly maxBodyBytes: number;
}

/** Sends a request and reads its answer to the end, unpacked. @throws ProbeFailure */
export async function exchangeHttp(
  dialer: Dialer,
  request: ExchangeRequest,
  step: Step,
  attempt: Attempt,
): Promise<HttpResponse> {
  const { url, tls, ip, connectTo, proxy, method, maxBodyBytes } = request;
  // Before anything is connected: a secret that is missing is no fault of the target.
  const sent = requestParts(request, step, attempt);
  const version2 = request.version === '2';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const tunnel = secure && proxy !== undefined ? proxyAuthorization(proxy, attempt) : undefined;
  const destination = proxy ?? connectTo ?? { host, port };
  const plain = await dialer.connect(
    {
      host: destination.host,
      port: destination.port,
      ...(ip === undefined ? {} : { ip }),
    },
    step,
    attempt,
  );
  let socket: Socket = plain;
  try {
    if (tunnel !== undefined)
      await openTunnel(plain, `${url.hostname}:${port}`, tunnel, step, attempt);
    socket = secure
      ? await dialer.secure(
          plain,
          { host, settings: tls, protocols: [version2 ? 'h2' : 'http/1.1'] },
          step,
          attempt,
        )
      : plain;
    if (version2 && secure && (socket as TLSSocket).alpnProtocol !== 'h2')
      throw new ProbeFailure('protocol', 'the server does not agree on HTTP/2');
    const response = version2
      ? await exchangeHttp2(socket, { ...request, ...sent }, step, attempt.signal)
      : await transfer(
          socket,
          requestBytes(request, sent),
          method,
          maxBodyBytes,
          step,
          attempt.signal,
        );
    step.note('status', response.status);
    if (proxy !== undefined && !secure && response.status === 407) throw refusedCaller();
    const body = await unpackBody(response, maxBodyBytes);
    step.note('bytes', body.length);
    return { ...response, body };
  } finally {
    socket.destroy();
    plain.destroy();
  }
}

function transfer(
  socket: Socket,
  bytes: Buffer,
  method: string,
  maxBodyBytes: number,
  step: Step,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const reader = createResponseReader(method, maxBodyBytes);
    let began = false;
    const attemptTo = (read: () => boolean): void => {
      try {
        if (!read()) return;
        step.leave();
        resolve(reader.response());
      } catch (error) {
        reject(error);
      }
    };
    const ended = (): boolean => {
      reader.end();
      return true;
    };
    socket.on('data', (data: Buffer) => {
      if (!began) step.enter('transfer');
      began = true;
      attemptTo(() => reader.push(data));
    });
    socket.once('end', () => attemptTo(ended));
    // An answer may be complete although the connection was reset after it.
    socket.once('error', (error: NodeJS.ErrnoException) => {
      attemptTo(() => {
        if (began) return ended();
        throw brokenConnection(error, ' before an answer');
      });
    });
    socket.once('close', () => {
      if (signal.aborted) reject(signal.reason as Error);
      else attemptTo(ended);
    });
    step.enter('firstByte');
    socket.write(bytes);
  });
}

/** What is sent besides the request line. */
interface RequestParts {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** As HTTP/1.1 writes it; a proxy is asked with the whole address. */
function requestBytes({ url, method, proxy }: ExchangeRequest, parts: RequestParts): Buffer {
  const origin = proxy !== undefined && url.protocol === 'http:' ? url.origin : '';
  const lines = Object.entries(parts.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const line = `${method} ${origin}${url.pathname}${url.search} HTTP/1.1`;
  return Buffer.concat([Buffer.from(`${line}\r\n${lines.join('')}\r\n`, 'latin1'), parts.body]);
}

function requestParts(request: ExchangeRequest, step: Step, attempt: Attempt): RequestParts {
  const { url, method, auth, proxy } = request;
  const asked = proxy !== undefined && url.protocol === 'http:';
  const body = bodyText(request.body, attempt);
  const headers: Record<string, string> = {
    host: url.host,
    'user-agent': 'ninefold-probe',
    accept: '*/*',
    'accept-encoding': 'gzip',
    ...(body?.type === undefined ? {} : { 'content-type': body.type }),
  };
  Object.assign(
    headers,
    revealedHeaders(request, attempt),
    asked ? proxyAuthorization(proxy, attempt) : {},
  );
  if (auth !== undefined && 'hmac' in auth) {
    const timestamp = Math.floor(Date.now() / 1000);
    const signed = { url, method, body: body?.text ?? '', timestamp };
    Object.assign(headers, signatureHeaders(auth.hmac, signed, attempt));
  }
  headers['traceparent'] = step.traceparent;
  headers['connection'] = 'close';
  const sent = Buffer.from(body?.text ?? '');
  if (body !== undefined || ['POST', 'PUT', 'PATCH'].includes(method))
    headers['content-length'] = String(sent.length);
  return { headers, body: sent };
}

/** Headers with the values of secrets in the places of their references, and who calls. @throws ProbeFailure `setup` */
export function revealedHeaders(
  { headers, auth, token }: Pick<ExchangeRequest, 'headers' | 'auth' | 'token'>,
  attempt: Attempt,
): Readonly<Record<string, string>> {
  const revealed = Object.entries(headers).map(
    ([name, value]) =>
      [name, typeof value === 'string' ? value : headerSafe(attempt.secret(value), name)] as const,
  );
  return { ...Object.fromEntries(revealed), ...callerHeaders(auth, token, attempt) };
}

function callerHeaders(
  auth: ProbeAuthSettings | undefined,
  token: string | undefined,
  attempt: Attempt,
): Readonly<Record<string, string>> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  // A signature is made later, over all that is sent.
  if (auth === undefined || 'hmac' in auth) return {};
  return { authorization: authorization(auth, attempt) };
}

function bodyText(
  body: RequestBody | undefined,
  attempt: Attempt,
): { readonly text: string; readonly type?: string } | undefined {
  if (body === undefined) return undefined;
  if ('text' in body) return { text: body.text };
  if ('json' in body)
    return { text: JSON.stringify(revealed(body.json, attempt)), type: 'application/json' };
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(body.form))
    fields.append(name, typeof value === 'string' ? value : attempt.secret(value));
  return {
    text: fields.toString(),
    type: 'application/x-www-form-urlencoded',
  };
}

/** JSON with the values of secrets in the places of their references. */
function revealed(value: unknown, attempt: Attempt): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => revealed(each, attempt));
  if (!isRecord(value)) return value;
  if (value['kind'] === 'secret') return attempt.secret(value as unknown as SecretReference);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, revealed(each, attempt)]),
  );
}
