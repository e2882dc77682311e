// Tokens that are fetched for requests (OAuth 2.0 client credentials), each kept until most of its life is over.
import { createHash } from 'node:crypto';
import { isRecord } from '../../slo/plain-data.ts';
import type { ClientCredentials } from '../checks/http-auth.ts';
import type { Attempt } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import type { Dialer } from './dialer.ts';
import { type ExchangeRequest, exchangeHttp } from './http-exchange.ts';
import type { HttpResponse } from './http-response.ts';
import { headerSafe } from './http-signature.ts';

export interface FetchedToken {
  readonly value: string;
  /** Whether it was kept from a run before: then the server may have forgotten it. */
  readonly kept: boolean;
}

/** How the server of tokens is reached: trust, proxy and version of IP of the request that needs one. */
export type TokenRoute = Pick<ExchangeRequest, 'tls' | 'proxy' | 'ip'>;

export interface TokenStore {
  /** A token, kept or fetched in a step of its own. @throws ProbeFailure `setup` when the server refuses the client */
  get(client: ClientCredentials, route: TokenRoute, attempt: Attempt): Promise<FetchedToken>;
  /** It was not accepted: the next one is fetched. */
  forget(client: ClientCredentials, attempt: Attempt): void;
}

interface KeptToken {
  readonly value: string;
  readonly untilMs: number;
}

const MOST_TOKENS = 1000;
const LARGEST_ANSWER = 65_536;
/** The share of its life after which a token is fetched anew: clocks differ, and a run takes its time. */
const USED_SHARE = 0.9;

/** @param monotonic milliseconds of a clock that never goes back */
export function createTokenStore(
  dialer: Dialer,
  monotonic: () => number = () => performance.now(),
): TokenStore {
  const kept = new Map<string, KeptToken>();
  return {
    async get(client, route, attempt) {
      const name = nameOf(client, attempt);
      const known = kept.get(name);
      if (known !== undefined && monotonic() < known.untilMs) {
        attempt.mask(known.value);
        return { value: known.value, kept: true };
      }
      // Its life begins before the server begins to count.
      const asked = monotonic();
      const { value, lifeSeconds } = await fetchToken(dialer, client, route, attempt);
      kept.delete(name);
      if (kept.size >= MOST_TOKENS) kept.clear();
      if (lifeSeconds > 0)
        kept.set(name, { value, untilMs: asked + lifeSeconds * 1000 * USED_SHARE });
      return { value, kept: false };
    },
    forget: (client, attempt) => void kept.delete(nameOf(client, attempt)),
  };
}

/** Another secret is another client; the secret itself is not kept here. */
function nameOf(client: ClientCredentials, attempt: Attempt): string {
  const { tokenUrl, clientId, clientSecret, scope = '', audience = '' } = client;
  const parts = [tokenUrl, clientId, attempt.secret(clientSecret), scope, audience];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

async function fetchToken(
  dialer: Dialer,
  client: ClientCredentials,
  route: TokenRoute,
  attempt: Attempt,
): Promise<{ readonly value: string; readonly lifeSeconds: number }> {
  const { tokenUrl, clientId, clientSecret, scope, audience, send } = client;
  const step = attempt.step(`token: POST ${tokenUrl}`);
  const form = {
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...(send === 'form' ? { client_id: clientId, client_secret: clientSecret } : {}),
  };
  const request: ExchangeRequest = {
    ...route,
    url: new URL(tokenUrl),
    method: 'POST',
    headers: send === 'form' ? {} : { authorization: encodedClient(client, attempt) },
    body: { form },
    maxBodyBytes: LARGEST_ANSWER,
  };
  const response = await exchangeHttp(
    dialer,
    { ...request, headers: { accept: 'application/json', ...request.headers } },
    step,
    // The certificate that a run tells of is the target's.
    { ...attempt, certificate: () => {} },
  );
  const token = tokenOf(response, tokenUrl);
  attempt.mask(token.value);
  return token;
}

/** RFC 6749 section 2.3.1: both are form-encoded before they become a pair. */
function encodedClient({ clientId, clientSecret }: ClientCredentials, attempt: Attempt): string {
  const encoded = [clientId, attempt.secret(clientSecret)].map((each) =>
    new URLSearchParams([['', each]]).toString().slice(1),
  );
  const pair = Buffer.from(encoded.join(':')).toString('base64');
  attempt.mask(pair);
  return `Basic ${pair}`;
}

function tokenOf(
  { status, body }: HttpResponse,
  tokenUrl: string,
): { readonly value: string; readonly lifeSeconds: number } {
  const json = parsed(body);
  if ([400, 401, 403].includes(status)) {
    const error = json['error'];
    const said = typeof error === 'string' ? ` (${error.slice(0, 100)})` : '';
    throw new ProbeFailure('setup', `${tokenUrl} gives no token to this client: ${status}${said}`);
  }
  const value = json['access_token'];
  if (status !== 200 || typeof value !== 'string' || value === '')
    throw new ProbeFailure('protocol', `${tokenUrl} answers ${status} without a token`);
  const life = Number(json['expires_in'] ?? 0);
  return {
    value: headerSafe(value, 'the fetched token'),
    lifeSeconds: Number.isFinite(life) ? Math.min(life, 86_400) : 0,
  };
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body.toString());
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}
