// One HTTP server that is called: kept connections, its credentials and its own TLS, time-outs, answers streamed.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HttpEndpoint, TlsSettings } from '../slo/connection.ts';
import { readSecret } from './secret.ts';

export interface EndpointCall {
  readonly method: 'GET' | 'POST';
  /** Below the base address, with its query; one that does not begin with a slash is added to the address as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Takes each piece of the answer; what it throws ends the call. */
  readonly take: (bytes: Uint8Array) => void;
}

export interface EndpointCaller {
  /** Resolves with the status. Rejects when the connection fails, the time is over, the signal aborts, or `take` throws. */
  call(call: EndpointCall): Promise<number>;
  close(): void;
}

/**
 * `node:http` rather than `fetch`, because only it takes certificates of one connection.
 * Secrets of headers are read again for every request, so that rotated ones are seen; certificates once.
 */
export function createEndpointCaller(
  endpoint: HttpEndpoint & { readonly tenant?: string },
  options: { readonly sockets?: number } = {},
): EndpointCaller {
  const base = new URL(endpoint.url);
  const prefix = base.pathname.replace(/\/+$/, '');
  const secure = base.protocol === 'https:';
  const kept = { keepAlive: true, maxSockets: options.sockets ?? 4 };
  const agent = secure
    ? new HttpsAgent({ ...kept, ...tlsOptions(endpoint.tls) })
    : new HttpAgent(kept);
  // Packing costs the server more than it saves on a loopback.
  const packed = !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(base.hostname);

  return {
    async call({ method, path, headers, body, signal, take }) {
      const limit = AbortSignal.timeout(endpoint.timeoutSeconds * 1000);
      try {
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
          const call = {
            protocol: base.protocol,
            hostname: base.hostname.replace(/^\[|\]$/g, ''),
            port: base.port,
            path: path.startsWith('/') ? `${prefix}${path}` : `${base.pathname}${path}`,
            method,
            headers: {
              ...requestHeaders(endpoint),
              ...headers,
              ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
              ...(packed && { 'accept-encoding': 'gzip' }),
            },
            agent,
            signal: AbortSignal.any([signal, limit]),
          };
          (secure ? httpsRequest : httpRequest)(call, resolve).on('error', reject).end(body);
        });
        for await (const chunk of unpacked(response)) take(chunk as Uint8Array);
        return response.statusCode ?? 0;
      } catch (cause) {
        if (limit.aborted && !signal.aborted)
          throw new Error(`no answer within ${endpoint.timeoutSeconds} s`, { cause });
        throw cause;
      }
    },
    close: () => agent.destroy(),
  };
}

function unpacked(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  const body = response.pipe(createGunzip()).on('close', () => response.destroy());
  response.on('error', (error) => body.destroy(error));
  return body;
}

function requestHeaders(
  endpoint: HttpEndpoint & { readonly tenant?: string },
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(endpoint.headers))
    headers[name.toLowerCase()] = typeof value === 'string' ? value : readSecret(value);
  if (endpoint.tenant !== undefined) headers['x-scope-orgid'] = endpoint.tenant;
  const { auth } = endpoint;
  if (auth !== undefined)
    headers['authorization'] =
      'bearer' in auth
        ? `Bearer ${readSecret(auth.bearer)}`
        : `Basic ${Buffer.from(`${auth.basic.user}:${readSecret(auth.basic.password)}`).toString('base64')}`;
  return headers;
}

function tlsOptions(settings: TlsSettings | undefined): object {
  if (settings === undefined) return {};
  return {
    rejectUnauthorized: settings.verify,
    ...(settings.ca !== undefined && { ca: readFileSync(settings.ca) }),
    ...(settings.certificate !== undefined && { cert: readFileSync(settings.certificate) }),
    ...(settings.key !== undefined && { key: readSecret(settings.key) }),
    ...(settings.serverName !== undefined && { servername: settings.serverName }),
  };
}
