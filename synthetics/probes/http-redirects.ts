// Follows redirects: each hop is a step with its own connection and times; credentials stay where they belong.
import type { HttpRequestSettings } from '../checks/http-request.ts';
import type { Attempt, Step } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import type { CookieJar } from './cookie-jar.ts';
import type { Dialer } from './dialer.ts';
import { type ExchangeRequest, exchangeHttp } from './http-exchange.ts';
import type { HttpResponse } from './http-response.ts';
import type { TokenStore } from './http-token.ts';

/** What requests need besides themselves. */
export interface HttpTools {
  readonly dialer: Dialer;
  readonly tokens: TokenStore;
}

/** The last answer, and where it came from. */
export interface HttpResult {
  readonly url: string;
  readonly response: HttpResponse;
}

const REDIRECTS = [301, 302, 303, 307, 308];

/** Sends a request, and follows where it is sent on, as often as its settings allow. @throws ProbeFailure */
export async function followHttp(
  tools: HttpTools,
  settings: HttpRequestSettings,
  attempt: Attempt,
  jar?: CookieJar,
): Promise<HttpResult> {
  const origin = new URL(settings.url).origin;
  const been = new Set<string>();
  let request: ExchangeRequest = { ...settings, url: new URL(settings.url) };
  for (let hop = 0; ; hop += 1) {
    const { url, method } = request;
    const name = `${method} ${url.href}`;
    // A cookie may end what looks like a loop; without cookies nothing can.
    if (jar === undefined && been.has(name))
      throw new ProbeFailure('redirects', `redirects come back to ${url.href}`);
    been.add(name);
    const cookies = request.headers['cookie'] === undefined ? jar?.header(url) : undefined;
    const headers = { ...request.headers, ...(cookies === undefined ? {} : { cookie: cookies }) };
    const { response, step } = await send(tools, { ...request, headers }, attempt);
    jar?.take(url, response.headers.get('set-cookie') ?? []);
    const location = response.headers.get('location')?.[0];
    const redirected = REDIRECTS.includes(response.status) && location !== undefined;
    if (!redirected || settings.redirects === 0) return { url: url.href, response };
    if (hop >= settings.redirects)
      throw new ProbeFailure('redirects', `more than ${settings.redirects} redirects`);
    step.note('location', location);
    request = redirectedRequest(request, response.status, location, origin);
  }
}

interface Sent {
  readonly response: HttpResponse;
  readonly step: Step;
}

/** Sends one request, with a token where it needs one; a kept token that is refused is fetched anew, once. */
async function send(
  { dialer, tokens }: HttpTools,
  request: ExchangeRequest,
  attempt: Attempt,
): Promise<Sent> {
  const { auth, url, method, tls, proxy, ip } = request;
  const client = auth !== undefined && 'oauth2' in auth ? auth.oauth2 : undefined;
  const route = { proxy, ip, tls: trustOf(tls) };
  for (;;) {
    const token = client && (await tokens.get(client, route, attempt));
    const step = attempt.step(`${method} ${url.href}`);
    const response = await exchangeHttp(dialer, { ...request, token: token?.value }, step, attempt);
    if (client === undefined || response.status !== 401) return { response, step };
    tokens.forget(client, attempt);
    if (token?.kept !== true) return { response, step };
  }
}

/** Another server gets nothing that was meant for the first one. Its certificate is checked as strictly. */
function trustOf(tls: ExchangeRequest['tls']): NonNullable<ExchangeRequest['tls']> {
  return { ...(tls?.ca === undefined ? {} : { ca: tls.ca }), verify: tls?.verify ?? true };
}

function redirectedRequest(
  request: ExchangeRequest,
  status: number,
  location: string,
  origin: string,
): ExchangeRequest {
  const url = URL.parse(location, request.url.href);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ProbeFailure('redirects', `a redirect leads to '${location.slice(0, 200)}'`);
  const { body, auth, tls, connectTo, ...rest } = request;
  const { method, headers } = rest;
  const asGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST';
  const next = { ...rest, url, method: asGet ? 'GET' : method, ...(asGet ? {} : { body }) };
  if (url.origin === origin) return { ...next, auth, tls, connectTo };
  const own = Object.entries(headers).filter(([name, value]) => {
    return typeof value === 'string' && !/authorization|cookie/i.test(name);
  });
  return { ...next, headers: Object.fromEntries(own), tls: trustOf(tls) };
}
