// Talks to Grafana over HTTP: with a token, with time limits, again after a pause where that helps, and never elsewhere.
import { setTimeout as sleep } from 'node:timers/promises';
import { readBoundedJson } from '../../dashboards/lint/bounded-json.ts';
import { objectOf, textOf } from '../../dashboards/lint/json-reader.ts';
import { checkBearerToken, readBearerToken } from '../bearer-token.ts';
import { CommandFailure } from '../failure.ts';

export interface ConnectionOptions {
  /** Base address, with its path when Grafana has one. @default GRAFANA_URL of the environment */
  readonly url?: string | undefined;
  /** File that holds a token. @default GRAFANA_TOKEN of the environment holds the token itself */
  readonly tokenFile?: string | undefined;
}

export interface GrafanaRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the base address: `/api/folders`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface GrafanaAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface GrafanaConnection {
  readonly url: string;
  /**
   * Asks, and asks again after 429, 500, 502, 503, 504 and when nobody answers.
   * @throws CommandFailure when nobody answers at all, for 401 and 403, and for what is not Grafana
   */
  readonly ask: (request: GrafanaRequest) => Promise<GrafanaAnswer>;
}

const TOKEN_SOURCE = 'the token of a service account';
const TIMEOUT_MS = 30_000;
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 20_000;
const LARGEST_ANSWER = 32 << 20;
const PASSING = new Set([429, 500, 502, 503, 504]);

export async function connectGrafana(
  options: ConnectionOptions,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<GrafanaConnection> {
  const url = checkUrl(options.url ?? environment['GRAFANA_URL']);
  const token = await readToken(options.tokenFile, environment);
  const headers = {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return {
    url,
    async ask(request) {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await tryOnce(url, request, headers, signal);
        const wait =
          attempt >= ATTEMPTS || signal.aborted ? undefined : pauseAfter(outcome, attempt);
        if (wait === undefined) {
          if ('failure' in outcome) throw outcome.failure;
          return checkAnswer({ url, hasToken: token !== undefined }, request, outcome);
        }
        await sleep(wait, undefined, { signal }).catch(() => {});
      }
    },
  };
}

type Outcome =
  | { readonly failure: CommandFailure; readonly passes: boolean }
  | { readonly status: number; readonly text: string; readonly retryAfter: string | null };

async function tryOnce(
  base: string,
  { method, path, query = {}, body }: GrafanaRequest,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Outcome> {
  const target = new URL(`${base}${path}`);
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  try {
    const response = await fetch(target, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A token goes nowhere but to the address that it was given for.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await readText(response);
    return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
  } catch (cause) {
    if (cause instanceof CommandFailure) return { failure: cause, passes: false };
    if (signal.aborted)
      return {
        failure: new CommandFailure(
          'unavailable',
          'stopped before Grafana answered',
          undefined,
          cause,
        ),
        passes: false,
      };
    const failure = new CommandFailure(
      'unavailable',
      `no Grafana answers at ${target.origin} (${reasonOf(cause)})`,
      'check --url, and whether Grafana runs',
      cause,
    );
    return { failure, passes: true };
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_ANSWER)
      throw new CommandFailure(
        'unavailable',
        `${response.url} answers with more than ${LARGEST_ANSWER} bytes`,
        'check --url',
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Milliseconds until the next attempt; undefined when none would help. Half of it is chance: many pushes shall not return together. */
function pauseAfter(outcome: Outcome, attempt: number): number | undefined {
  if ('failure' in outcome ? !outcome.passes : !PASSING.has(outcome.status)) return undefined;
  const backoff = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  const asked = 'retryAfter' in outcome ? Number(outcome.retryAfter ?? Number.NaN) * 1000 : NaN;
  const base = Number.isFinite(asked) ? Math.min(LONGEST_PAUSE_MS, Math.max(0, asked)) : backoff;
  return base + Math.random() * backoff * 0.5;
}

/** What is the same for all requests; 404, 409 and 412 mean something else to each of them. */
function checkAnswer(
  { url, hasToken }: { readonly url: string; readonly hasToken: boolean },
  { method, path }: GrafanaRequest,
  { status, text }: Exclude<Outcome, { readonly failure: unknown }>,
): GrafanaAnswer {
  const read = text === '' ? { value: undefined } : readBoundedJson(text, { depth: 500 });
  const body = 'value' in read ? read.value : undefined;
  const said = sentenceOf(body);
  if (status === 401)
    throw new CommandFailure(
      'noPermission',
      hasToken ? `${url} does not know the token${said}` : `${url} asks for a token`,
      'give the token of a service account with --token-file or GRAFANA_TOKEN; Grafana makes one under Administration → Service accounts',
    );
  if (status === 403)
    throw new CommandFailure(
      'noPermission',
      `${url} does not allow ${method} ${path}${said}`,
      'give the service account the role Editor, or folders:create, folders:read, folders:write, dashboards:read, dashboards:create, dashboards:write and (for --prune) dashboards:delete',
    );
  if (status >= 300 && status < 400)
    throw new CommandFailure(
      'unavailable',
      `${url} sends elsewhere (${status})`,
      'give the address with https, and with its path if Grafana has one',
    );
  if ('problem' in read && status < 500)
    throw new CommandFailure(
      'unavailable',
      `${url} is no Grafana: its answer to ${path} is not JSON`,
      'check --url',
    );
  if (status >= 500 || status === 429)
    throw new CommandFailure(
      'unavailable',
      `${url} answers ${status} to ${method} ${path}, ${ATTEMPTS} times${said}`,
      'look at its log, and push again later: what is done stays done',
    );
  return { status, body };
}

/** What Grafana says, as a further clause. */
export function sentenceOf(body: unknown): string {
  const message = textOf(objectOf(body)['message']).slice(0, 300);
  return message === '' ? '' : `: ${message}`;
}

function checkUrl(text: string | undefined): string {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CommandFailure(
      'usage',
      text === undefined ? 'no address of Grafana is given' : `--url ${text} is no http address`,
      'write it like --url https://grafana.example.org, or set GRAFANA_URL',
    );
  if (url.username !== '' || url.password !== '')
    throw new CommandFailure(
      'usage',
      '--url holds a password',
      'make a service account in Grafana, and give its token with --token-file or GRAFANA_TOKEN',
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

async function readToken(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (file !== undefined) return readBearerToken(file, TOKEN_SOURCE);
  const text = environment['GRAFANA_TOKEN'];
  return text === undefined || text === ''
    ? undefined
    : checkBearerToken(text, 'GRAFANA_TOKEN', TOKEN_SOURCE);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
