// Sends results of checks to a collector's ingest, and tells apart what may be sent again, what is not read, and what is useless.
import type { Delivery, RunResult } from '../../synthetics/index.ts';
import { checkUrl, readToken } from '../api-client.ts';

const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER = 10_000;

/** Sends to the collector at `url` with the token of a file or of NINEFOLD_TOKEN. @throws CommandFailure */
export async function createResultSender(
  url: string,
  tokenFile: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<(result: RunResult) => Promise<Delivery>> {
  const base = checkUrl(url, '--push');
  const token = await readToken(tokenFile, environment);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return async ({ stream, idempotencyKey, body }) => {
    let response: Response;
    try {
      response = await fetch(`${base}/api/v1/ingest/${encodeURIComponent(stream)}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-ndjson',
          'idempotency-key': idempotencyKey,
          ...authorization,
        },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      return 'later';
    }
    const text = (await response.text().catch(() => '')).slice(0, LONGEST_ANSWER);
    return deliveryOf(response, text, base);
  };
}

function deliveryOf({ status, headers }: Response, text: string, base: string): Delivery {
  if (status === 200 && isTaken(text)) return 'taken';
  if (status === 408 || status === 429 || status >= 500) return 'later';
  const ours = headers.get('content-type')?.startsWith('application/problem+json') === true;
  // A collector that knows no such stream has no SLO on the check; any other server is not the right one.
  if (status === 404 && ours) return 'unread';
  if (status === 401 || status === 403)
    throw new Error(
      `${base} refuses the token (${status}): give one of scope ingest with --token-file or NINEFOLD_TOKEN`,
    );
  const said = ours ? ` (${detailOf(text)})` : ', and not as a collector does';
  throw new Error(`${base} answers ${status}${said}: check --push`);
}

/** Whether a collector wrote the answer: many servers answer 200 to anything. */
function isTaken(text: string): boolean {
  try {
    return (JSON.parse(text) as { readonly accepted?: unknown }).accepted === 1;
  } catch {
    return false;
  }
}

function detailOf(text: string): string {
  try {
    return String((JSON.parse(text) as { readonly detail?: unknown }).detail);
  } catch {
    return 'no reason given';
  }
}
