// Who may call: bearer tokens with scopes, or without tokens only programs of this machine.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Scope, TokenRecord } from '../token-file.ts';
import { allows, type Tokens } from '../tokens.ts';
import { HttpProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller needs here; `open` needs nothing. @default 'read' */
    access?: Scope | 'open';
  }
  interface FastifyRequest {
    /** The token that the caller showed; null where none is needed. */
    caller: TokenRecord | null;
  }
}

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an address to listen on can be reached from this machine only. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Refuses to listen for other machines without tokens. @throws Error with the remedy */
export function assertSafeToListen(host: string, hasTokens: boolean): void {
  if (isLoopback(host) || hasTokens) return;
  throw new Error(
    `http.host ${host} can be reached from other machines, and no tokens are configured: ` +
      'create one with `ninefold token create --scope read --name me --file tokens.json` and set http.tokensFile, ' +
      'or listen on 127.0.0.1',
  );
}

/** A hook that lets a request pass or throws the problem. */
export function checkAccess(
  tokens: Tokens | undefined,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request) => {
    const needed = request.routeOptions.config.access ?? 'read';
    if (needed === 'open') return;
    if (tokens === undefined) refuseBrowsersFromElsewhere(request);
    else request.caller = identify(tokens, request, needed);
  };
}

function identify(tokens: Tokens, request: FastifyRequest, needed: Scope): TokenRecord {
  const header = request.headers.authorization;
  const shown =
    header === undefined ? undefined : /^bearer ([\w.~+/=-]{1,200})$/i.exec(header)?.[1];
  if (shown === undefined) {
    throw new HttpProblem('unauthorized', 'Send the header `Authorization: Bearer <token>`.', {
      headers: { 'www-authenticate': 'Bearer realm="ninefold"' },
    });
  }
  const record = tokens.verify(shown);
  if (record === undefined) {
    throw new HttpProblem('unauthorized', 'The token is unknown, revoked or expired.', {
      headers: { 'www-authenticate': 'Bearer realm="ninefold", error="invalid_token"' },
    });
  }
  if (!allows(record, needed)) {
    throw new HttpProblem(
      'forbidden',
      `The token ${record.name} has the scope ${record.scopes.join(', ')}; this needs ${needed}.`,
      {
        headers: {
          'www-authenticate': `Bearer realm="ninefold", error="insufficient_scope", scope="${needed}"`,
        },
      },
    );
  }
  return record;
}

/**
 * Without tokens the service trusts this machine, but a browser on it also runs pages from anywhere. Such a page can
 * reach loopback under a name of its own (DNS rebinding) or send cross-site posts: both are turned away.
 */
function refuseBrowsersFromElsewhere(request: FastifyRequest): void {
  const { host } = request.headers;
  if (host !== undefined && !LOOPBACK_NAMES.has(host.replace(/:\d+$/, '').toLowerCase()))
    throw new HttpProblem(
      'misdirected-request',
      'Without tokens this service answers to localhost only; configure http.tokensFile for other names.',
    );
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site')
    throw new HttpProblem('forbidden', 'Pages of other sites may not call this service.');
}
