// Posts forms to one server over kept connections, with its credentials and its own TLS, and streams the answer.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { PrometheusConnection, TlsSettings } from '../../../slo/connection.ts';
import { readSecret } from '../../secret.ts';

export interface HttpCaller {
  /**
   * Posts a form below the base address and hands each piece of the answer to `take`; resolves with the status.
   * Rejects when the connection fails, the time is over, the signal aborts, or `take` throws.
   */
  post(
    path: string,
    form: string,
    signal: AbortSignal,
    take: (bytes: Uint8Array) => void,
  ): Promise<number>;
  close(): void;
}

type Connection = PrometheusConnection & { readonly url: string };

/**
 * `node:http` rather than `fetch`, because only it takes certificates of one connection.
 * Secrets of headers are read again for every request, so that rotated ones are seen; certificates once.
 */
export function createHttpCaller(connection: Connection): HttpCaller {
  const base = new URL(connection.url);
  const prefix = base.pathname.replace(/\/+$/, '');
  const secure = base.protocol === 'https:';
  const agent = secure
    ? new HttpsAgent({
        keepAlive: true,
        maxSockets: connection.concurrency,
        ...tls(connection.tls),
      })
    : new HttpAgent({ keepAlive: true, maxSockets: connection.concurrency });
  const compressed = !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(base.hostname);

  return {
    async post(path, form, signal, take) {
      const limit = AbortSignal.timeout(connection.timeoutSeconds * 1000);
      const both = AbortSignal.any([signal, limit]);
      const headers = {
        ...requestHeaders(connection),
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(Buffer.byteLength(form)),
        accept: 'application/json',
        // Packing costs the server more than it saves on a loopback.
        ...(compressed && { 'accept-encoding': 'gzip' }),
      };
      try {
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
          const options = {
            protocol: base.protocol,
            hostname: base.hostname.replace(/^\[|\]$/g, ''),
            port: base.port,
            path: `${prefix}${path}`,
            method: 'POST',
            headers,
            agent,
            signal: both,
          };
          (secure ? httpsRequest : httpRequest)(options, resolve).on('error', reject).end(form);
        });
        const body: Readable =
          response.headers['content-encoding'] === 'gzip'
            ? response.pipe(createGunzip()).on('close', () => response.destroy())
            : response;
        if (body !== response) response.on('error', (error) => body.destroy(error));
        for await (const chunk of body) take(chunk as Uint8Array);
        return response.statusCode ?? 0;
      } catch (cause) {
        if (limit.aborted && !signal.aborted)
          throw new Error(`no answer within ${connection.timeoutSeconds} s`, { cause });
        throw cause;
      }
    },
    close: () => agent.destroy(),
  };
}

function requestHeaders(connection: Connection): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(connection.headers))
    headers[name] = typeof value === 'string' ? value : readSecret(value);
  if (connection.tenant !== undefined) headers['x-scope-orgid'] = connection.tenant;
  const auth = connection.auth;
  if (auth !== undefined)
    headers['authorization'] =
      'bearer' in auth
        ? `Bearer ${readSecret(auth.bearer)}`
        : `Basic ${Buffer.from(`${auth.basic.user}:${readSecret(auth.basic.password)}`).toString('base64')}`;
  return headers;
}

function tls(settings: TlsSettings | undefined): object {
  if (settings === undefined) return {};
  return {
    rejectUnauthorized: settings.verify,
    ...(settings.ca !== undefined && { ca: readFileSync(settings.ca) }),
    ...(settings.certificate !== undefined && { cert: readFileSync(settings.certificate) }),
    ...(settings.key !== undefined && { key: readSecret(settings.key) }),
    ...(settings.serverName !== undefined && { servername: settings.serverName }),
  };
}
