// Calls Loki's query API: bounded in number, time and size, retried when that can help.
import type { LokiConnection } from '../../../slo/connection.ts';
import type { Clock } from '../../clock.ts';
import { createEndpointCaller, type EndpointCaller } from '../../http-endpoint.ts';
import {
  type CellRange,
  countQuery,
  type LineSeries,
  rangeParameters,
  readMatrix,
} from './loki-query.ts';
import { LokiError } from './loki-error.ts';

export interface LokiClient {
  /** Lines that the log query selects, by cell and group. @throws LokiError */
  count(
    logQuery: string,
    groupBy: readonly string[],
    range: CellRange,
    signal: AbortSignal,
  ): Promise<readonly LineSeries[]>;
  close(): void;
}

const PATH = '/loki/api/v1/query_range';
/** Bytes of one answer at most. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
const PAUSES_MS = [250, 1_000];
/** Words of Loki for "ask for less": series, bytes, entries, length and resolution limits, and time-outs. */
const TOO_MUCH = /limit|exceed|too many|maximum|time.?out|deadline|too large|no answer within/i;

export function createLokiClient(connection: LokiConnection, clock: Clock): LokiClient {
  const http = createEndpointCaller(connection, { sockets: connection.concurrency });
  const places = createPlaces(connection.concurrency);
  return {
    async count(logQuery, groupBy, range, signal) {
      const query = countQuery(logQuery, range.width, groupBy);
      const form = rangeParameters(query, range).toString();
      for (let attempt = 0; ; attempt += 1) {
        try {
          const text = await places.run(() => post(http, connection.url, form, signal));
          return readMatrix(text, range);
        } catch (error) {
          signal.throwIfAborted();
          const failure = asLokiError(error, `${connection.url}${PATH}`);
          const pause = PAUSES_MS[attempt];
          if (!failure.retryable || pause === undefined) throw failure;
          await clock.sleep(pause * (0.5 + Math.random()), signal);
        }
      }
    },
    close: () => http.close(),
  };
}

async function post(
  http: EndpointCaller,
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const status = await http.call({
    method: 'POST',
    path: PATH,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      // What is read again must not come out of Loki's result cache.
      'cache-control': 'no-cache',
    },
    body,
    signal,
    take(piece) {
      bytes += piece.length;
      if (bytes > LARGEST_ANSWER)
        throw new LokiError(`the answer has over ${LARGEST_ANSWER} bytes`, {
          retryable: false,
          tooMuch: true,
        });
      pieces.push(piece);
    },
  });
  const text = Buffer.concat(pieces).toString('utf8');
  if (status === 200) return text;
  throw new LokiError(`${url}${PATH}: HTTP ${status}: ${text.trim().slice(0, 300)}`, {
    retryable: status >= 500 || status === 408 || status === 429,
    tooMuch: TOO_MUCH.test(text),
  });
}

function asLokiError(cause: unknown, address: string): LokiError {
  if (cause instanceof LokiError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LokiError(`${address}: ${reason}`, {
    retryable: true,
    tooMuch: TOO_MUCH.test(reason),
    cause,
  });
}

/** Runs at most `count` pieces of work at a time, in the order in which they came. */
function createPlaces(count: number): {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
} {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    async run(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
