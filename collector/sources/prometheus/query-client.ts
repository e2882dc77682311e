// Calls the query API of Prometheus, Thanos or Mimir: bounded in time, size and number, its failures told apart.
import { bulkhead, type BulkheadPolicy, ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { createEndpointCaller, type EndpointCaller } from '../../http-endpoint.ts';
import type { PrometheusConnection } from '../../../slo/connection.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import { AnswerError } from './answer-error.ts';
import { type Answer, createAnswerScanner } from './answer-scanner.ts';
import { QueryError } from './query-error.ts';

export interface QueryAnswer extends Answer {
  /** Wall time from sending to the last byte, in milliseconds. */
  readonly milliseconds: number;
  readonly bytes: number;
}

export interface QueryClient {
  /** An instant query. @throws QueryError */
  query(expression: string, at: EpochSeconds, signal: AbortSignal): Promise<QueryAnswer>;
  /** A range query, both ends included. @throws QueryError */
  queryRange(expression: string, range: QueryRange, signal: AbortSignal): Promise<QueryAnswer>;
  close(): void;
}

export interface QueryRange {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly stepSeconds: number;
}

export interface QueryLimits {
  /** Samples of one answer at most; 16 bytes of memory each. @default 4000000 */
  readonly samples: number;
  /** Bytes of one answer at most, after decompression. @default 1073741824 */
  readonly bytes: number;
  /** Bytes of one series at most. @default 67108864 */
  readonly seriesBytes: number;
  /** Tries of one query, with growing pauses, before it counts as failed. @default 3 */
  readonly attempts: number;
}

const QUERY_LIMITS: QueryLimits = Object.freeze({
  samples: 4_000_000,
  bytes: 1 << 30,
  seriesBytes: 1 << 26,
  attempts: 3,
});

/** Queries that may wait for a place before new ones are refused: far more than any plan makes. */
const WAITING = 10_000;

/** @param connection with its `url` present */
export function createQueryClient(
  connection: PrometheusConnection & { readonly url: string },
  given: Partial<QueryLimits> = {},
): QueryClient {
  const limits = { ...QUERY_LIMITS, ...given };
  const http = createEndpointCaller(connection, { sockets: connection.concurrency });
  const places: BulkheadPolicy = bulkhead(connection.concurrency, WAITING);
  const again = retry(
    handleWhen((error) => error instanceof QueryError && error.retryable),
    {
      maxAttempts: limits.attempts - 1,
      // Decorrelated jitter is the default: collectors that lost the server together do not return together.
      backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 5000 }),
    },
  );
  const ask = (path: string, given: Record<string, string>, signal: AbortSignal) => {
    // Thanos would otherwise leave out the series of a store that is away: they would look newly born when it is back.
    const form = { ...given, partial_response: 'false' };
    return again.execute(
      () => places.execute(() => askOnce(http, connection, limits, { path, form, signal }), signal),
      signal,
    );
  };
  const timeout = `${connection.timeoutSeconds}s`;
  return {
    query: (expression, at, signal) =>
      ask('/api/v1/query', { query: expression, time: String(at), timeout }, signal),
    queryRange: (expression, { from, to, stepSeconds }, signal) =>
      ask(
        '/api/v1/query_range',
        {
          query: expression,
          start: String(from),
          end: String(to),
          step: String(stepSeconds),
          timeout,
        },
        signal,
      ),
    close: () => http.close(),
  };
}

interface Question {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

async function askOnce(
  http: EndpointCaller,
  connection: PrometheusConnection & { readonly url: string },
  limits: QueryLimits,
  { path, form, signal }: Question,
): Promise<QueryAnswer> {
  const started = performance.now();
  const query = form['query'] ?? '';
  const wrong = (what: string, retryable: boolean, status?: number, cause?: unknown): QueryError =>
    new QueryError(`${connection.url}${path}: ${what}`, { retryable, query, status, cause });
  const scanner = createAnswerScanner({ samples: limits.samples, pieceBytes: limits.seriesBytes });
  let bytes = 0;
  let status: number;
  try {
    status = await http.call({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
      signal,
      take(chunk) {
        bytes += chunk.length;
        if (bytes > limits.bytes)
          throw new AnswerError(`the answer has over ${limits.bytes} bytes`);
        scanner.push(chunk);
      },
    });
  } catch (cause) {
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw wrong(reason, !(cause instanceof AnswerError), undefined, cause);
  }
  let answer: Answer;
  try {
    answer = scanner.end();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // A gateway's error page is not JSON either: its status says more.
    throw wrong(status === 200 ? reason : `HTTP ${status}: ${reason}`, isPassing(status), status);
  }
  if (status === 200 && answer.status === 'success')
    return { ...answer, milliseconds: performance.now() - started, bytes };
  throw wrong(
    `HTTP ${status}: ${answer.errorType ?? 'error'}: ${answer.error ?? 'no reason given'}`,
    isPassing(status),
    status,
  );
}

/** Whether the same question may be answered later: rate limits, time-outs, the server's own trouble. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429 || status === 200;
}
