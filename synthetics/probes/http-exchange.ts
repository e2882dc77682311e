// One HTTP/1.1 request over a fresh connection, and its answer, each phase timed.
import type { Socket } from 'node:net';
import type { HttpAuth, SecretReference, TlsSettings } from '../../slo/connection.ts';
import { isRecord } from '../../slo/plain-data.ts';
import type { RequestBody } from '../checks/http-request.ts';
import type { Attempt, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import type { Dialer } from './dialer.ts';
import { unpackBody } from './http-body.ts';
import { createResponseReader, type HttpResponse } from './http-response.ts';

export interface ExchangeRequest {
  readonly url: URL;
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | SecretReference>>;
  readonly body?: RequestBody | undefined;
  readonly auth?: HttpAuth | undefined;
  readonly tls?: TlsSettings | undefined;
  readonly ip?: 4 | 6 | undefined;
  readonly connectTo?: { readonly host: string; readonly port: number } | undefined;
  readonly maxBodyBytes: number;
}

/** Sends a request and reads its answer to the end, unpacked. @throws ProbeFailure */
export async function exchangeHttp(
  dialer: Dialer,
  request: ExchangeRequest,
  step: Step,
  attempt: Attempt,
): Promise<HttpResponse> {
  const { url, tls, ip, connectTo, method, maxBodyBytes } = request;
  // Before anything is connected: a secret that is missing is no fault of the target.
  const bytes = requestBytes(request, step, attempt);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const destination = connectTo ?? { host, port };
  const plain = await dialer.connect(
    { ...destination, ...(ip === undefined ? {} : { ip }) },
    step,
    attempt,
  );
  let socket: Socket = plain;
  try {
    socket = secure
      ? await dialer.secure(plain, { host, settings: tls, protocols: ['http/1.1'] }, step, attempt)
      : plain;
    const response = await transfer(socket, bytes, method, maxBodyBytes, step, attempt.signal);
    step.note('status', response.status);
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
        throw new ProbeFailure(
          'cut',
          `the connection broke before an answer (${error.code})`,
          error,
        );
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

function requestBytes(request: ExchangeRequest, step: Step, attempt: Attempt): Buffer {
  const { url, method } = request;
  const body = bodyText(request.body, attempt);
  const headers: Record<string, string> = {
    host: url.host,
    'user-agent': 'ninefold-probe',
    accept: '*/*',
    'accept-encoding': 'gzip',
    ...(body?.type === undefined ? {} : { 'content-type': body.type }),
  };
  Object.assign(headers, revealedHeaders(request, attempt));
  headers['traceparent'] = step.traceparent;
  headers['connection'] = 'close';
  const sent = Buffer.from(body?.text ?? '');
  if (body !== undefined || ['POST', 'PUT', 'PATCH'].includes(method))
    headers['content-length'] = String(sent.length);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), sent]);
}

/** Headers with the values of secrets in the places of their references, and who calls. @throws ProbeFailure `setup` */
export function revealedHeaders(
  { headers, auth }: Pick<ExchangeRequest, 'headers' | 'auth'>,
  attempt: Attempt,
): Readonly<Record<string, string>> {
  const revealed = Object.entries(headers).map(
    ([name, value]) =>
      [name, typeof value === 'string' ? value : safe(attempt.secret(value), name)] as const,
  );
  const caller = auth === undefined ? {} : { authorization: authorization(auth, attempt) };
  return { ...Object.fromEntries(revealed), ...caller };
}

function authorization(auth: HttpAuth, attempt: Attempt): string {
  if ('bearer' in auth) return `Bearer ${safe(attempt.secret(auth.bearer), 'bearer')}`;
  const pair = `${auth.basic.user}:${attempt.secret(auth.basic.password)}`;
  const encoded = Buffer.from(pair).toString('base64');
  attempt.mask(encoded);
  return `Basic ${encoded}`;
}

/** A secret with a line break would end its header and begin another. */
function safe(value: string, name: string): string {
  if (/^[\t\u0020-\u007E\u0080-\u00FF]*$/.test(value)) return value;
  throw new ProbeFailure('setup', `the secret of ${name} holds characters that no header can`);
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
