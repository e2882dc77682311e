// One JSON POST with a time limit, its failures told apart by whether a retry can help.
import { SinkError } from './sink.ts';

/** Statuses that may pass: rate limits, time-outs and the server's own trouble. */
const RETRYABLE = new Set([408, 425, 429]);

export interface PostOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Resolves on 2xx. @throws SinkError naming the address, the status and the first 200 characters of the answer. */
export async function postJson(options: PostOptions): Promise<void> {
  const { url, headers, body, timeoutMs, signal } = options;
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
  } catch (cause) {
    throw new SinkError(`POST ${url} failed: ${reason(cause)}`, { retryable: true, cause });
  }
  const text = (await response.text().catch(() => '')).slice(0, 200);
  if (response.ok) return;
  throw new SinkError(`POST ${url} answered ${response.status}${text === '' ? '' : `: ${text}`}`, {
    retryable: response.status >= 500 || RETRYABLE.has(response.status),
  });
}

function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause;
  return inner instanceof Error ? `${cause.message} (${inner.message})` : cause.message;
}
