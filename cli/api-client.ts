// Asks a running collector over its HTTP API, and says in one sentence what is wrong when it does not answer.
import type { Problem } from '../collector/http/contract.ts';
import { readBearerToken } from './bearer-token.ts';
import { CommandFailure } from './failure.ts';

/** Where a collector listens when nobody says otherwise. */
const DEFAULT_URL = 'http://127.0.0.1:9999';

const TIMEOUT_MS = 10_000;
const PAGE = 500;

export interface ApiOptions {
  /** Base address. @default NINEFOLD_URL of the environment, else DEFAULT_URL */
  readonly url?: string | undefined;
  /** File that holds a bearer token. @default NINEFOLD_TOKEN of the environment holds the token itself */
  readonly tokenFile?: string | undefined;
}

export interface ApiClient {
  readonly url: string;
  /** The body of an address below /api/v1. @throws CommandFailure */
  get<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T>;
  /** All items of a list, page by page. */
  list<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T[]>;
}

export async function createApiClient(
  options: ApiOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ApiClient> {
  const url = checkUrl(options.url ?? environment['NINEFOLD_URL'] ?? DEFAULT_URL);
  const token = await readToken(options.tokenFile, environment);
  const get = async <T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> => {
    const target = new URL(`${url}/api/v1${path}`);
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
    return (await ask(target, token)) as T;
  };
  return {
    url,
    get,
    async list<T>(path: string, query: Readonly<Record<string, string>> = {}) {
      const items: T[] = [];
      let cursor: string | null = null;
      do {
        const paging: Record<string, string> = { limit: String(PAGE) };
        if (cursor !== null) paging['cursor'] = cursor;
        const page: { items: T[]; nextCursor: string | null } = await get(path, {
          ...query,
          ...paging,
        });
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      return items;
    },
  };
}

/** An address without a slash at its end. @throws CommandFailure that names the option it was given with */
export function checkUrl(text: string, option = '--url'): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CommandFailure(
      'usage',
      `${option} ${text} is not an http address`,
      `write it like ${DEFAULT_URL}`,
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** The token of a file, else of NINEFOLD_TOKEN. @throws CommandFailure when the file does not hold one */
export async function readToken(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (file === undefined) return environment['NINEFOLD_TOKEN'];
  return readBearerToken(file, 'the token that `ninefold token create` printed');
}

async function ask(target: URL, token: string | undefined): Promise<unknown> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(target, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new CommandFailure(
      'unavailable',
      `no collector answers at ${target.origin} (${reasonOf(cause)})`,
      'start one with `ninefold serve`, or name its address with --url',
      cause,
    );
  }
  const text = await response.text();
  if (response.ok) return parse(text, target);
  const { detail } = problemOf(text);
  const said = detail === undefined ? `answers ${response.status}` : `says: ${detail}`;
  if (response.status === 401 || response.status === 403)
    throw new CommandFailure(
      'noPermission',
      `${target.origin} ${said}`,
      'give a token with --token-file or NINEFOLD_TOKEN',
    );
  if (response.status === 404) throw new CommandFailure('noInput', `${target.origin} ${said}`);
  throw new CommandFailure('unavailable', `${target.origin} ${said}`, 'look at its log');
}

function parse(text: string, target: URL): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandFailure(
      'unavailable',
      `${target.href} is not a Ninefold collector: its answer is not JSON`,
      'check --url',
      cause,
    );
  }
}

function problemOf(text: string): Partial<Problem> {
  try {
    return JSON.parse(text) as Partial<Problem>;
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}
