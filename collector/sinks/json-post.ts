// One JSON POST to an alert receiver, its failures told apart by whether a retry can help.
import type { EndpointCaller } from '../http-endpoint.ts';
import { SinkError } from './sink.ts';

/** Statuses that may pass: rate limits, time-outs and the server's own trouble. */
const RETRYABLE = new Set([408, 425, 429]);
/** Bytes of an answer that are kept for the message. */
const SHOWN = 200;

export interface JsonPost {
  readonly caller: EndpointCaller;
  /** The address, for messages. */
  readonly url: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/** Resolves on 2xx. @throws SinkError naming the address, the status and the beginning of the answer */
export async function postJson(post: JsonPost): Promise<void> {
  const { caller, url, path, signal } = post;
  const answer: Uint8Array[] = [];
  let kept = 0;
  let status: number;
  try {
    status = await caller.call({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...post.headers },
      body: JSON.stringify(post.body),
      signal,
      take(bytes) {
        if (kept >= SHOWN) return;
        kept += bytes.length;
        answer.push(bytes);
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SinkError(`POST ${url} failed: ${reason}`, { retryable: true, cause });
  }
  if (status >= 200 && status < 300) return;
  const text = Buffer.concat(answer).toString('utf8', 0, SHOWN).trim();
  throw new SinkError(`POST ${url} answered ${status}${text === '' ? '' : `: ${text}`}`, {
    retryable: status >= 500 || RETRYABLE.has(status),
  });
}
